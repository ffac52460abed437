internal import Approval
internal import Domain
internal import JSON
internal import Journal
internal import Queue
internal import Service
internal import System

extension Command {
  static let preview = Command(
    spec: CommandSpec(
      "preview", group: .decide, summary: "show what approving a batch would let happen",
      arguments: [Words.batch],
      options: [
        Words.except,
        OptionSpec(
          "--format", value: "FORMAT", "how it is written, as text unless said otherwise",
          choices: PreviewFormat.allCases.map(\.rawValue)),
        OptionSpec("--output", value: "FILE", "write it to a file instead"),
      ],
      examples: [
        "sluice preview overdue-20261122", "sluice preview overdue-20261122 --except 12,40-44",
        "sluice preview overdue-20261122 --format html --output preview.html",
      ],
      discussion: """
        Totals, the largest jobs, what to look at in some of them (a policy's limits, duplicates, \
        accounts charged in the last days or never before, references declined before, amounts \
        far from an account's usual ones), and the forecast: which jobs would be charged, at which \
        one the cap stops the batch, and how many are not reached.

        What to look at informs and decides nothing; text names 5 jobs of each kind, JSON and HTML \
        100. On a terminal, text longer than the screen goes through $PAGER or less; PAGER=cat \
        turns that off.
        """),
    run: { session throws(Fault) in
      let format = try session.format(otherwise: PreviewFormat.text, json: .json)
      let store = try session.openStoreForAnybody()
      let preview = try store.preview(session.batchWord, except: try session.except())
      try session.write(preview, as: format, store.facts)
      return .done
    })

  static let approve = Command(
    spec: CommandSpec(
      "approve", group: .decide, summary: "approve exactly the plan that the preview shows",
      arguments: [Words.batch],
      options: [
        OptionSpec(
          "--digest", value: "DIGEST", "the plan's digest in full; needed without a terminal"),
        Words.except,
        OptionSpec("--note", value: "TEXT", "what the report shall say beside your name"),
      ],
      examples: [
        "sluice approve overdue-20261122",
        "sluice approve overdue-20261122 --except 12,40-44 --note \"Acme wires it\"",
        "sluice approve overdue-20261122 --digest 5f0c...",
      ],
      discussion: """
        On a terminal it shows the preview and asks; no answer is no. A job that is altered, added \
        or removed afterwards is not sent. The approval covers the jobs that are queued now, but \
        for those that --except leaves out, and expires (24 hours unless the job file says \
        otherwise).

        Who approves is the kernel's login or, where there is none, the holder of the token in \
        the file that $SLUICE_APPROVER_TOKEN_FILE names (see `sluice approvers add`). Where the \
        job file requires two people, the first approval leaves the batch waiting for the second.
        """),
    run: { session throws(Fault) in
      let store = try session.openStore()
      let batch = try JobQueue(store).batch(matching: session.batchWord)
      let note = try session.text("--note")
      let excluded = try session.except()
      guard let digest = try session.digest(for: batch, store) else {
        session.note("Not approved; nothing changed.")
        return .notAllowed
      }
      let approval = try Approver(store).approve(
        batch.id, digest: digest, except: excluded, note: note, by: session.person(in: store))
      let state = try JobQueue(store).batch(batch.id).state
      try session.show(
        [
          "batch": .string(batch.id.text), "state": .string(state.rawValue),
          "digest": .string(approval.digest), "approver": .string(approval.approver),
          "expires_at": .string(approval.expiresAt.description),
          "jobs": .integer(Int64(approval.jobs)), "excluded": .optional(approval.excluded),
          "note": .optional(approval.note),
        ],
        """
        \(batch.id), \(counted(approval.jobs, "job")), is approved by \(approval.approver) \
        until \(approval.expiresAt).
        \(state == .submitted
          ? "One more person has to approve it: sluice preview \(batch.id)"
          : "Run it with: sluice run \(batch.id)")
        """, of: store.facts)
      return .done
    })

  static let reject = Command(
    spec: CommandSpec(
      "reject", group: .decide, summary: "say no to a submitted batch, for a reason that is kept",
      arguments: [Words.batch],
      options: [OptionSpec("--reason", value: "TEXT", "why", isRequired: true)],
      examples: ["sluice reject overdue-20261122 --reason \"amounts of October\""]),
    run: { session throws(Fault) in
      let store = try session.openStore()
      let batch = try JobQueue(store).batch(matching: session.batchWord)
      let lock = try store.home.lock(batch.id)
      defer { lock.unlock() }
      try Approver(store).reject(batch.id, reason: try session.text("--reason") ?? "")
      try session.show(
        ["batch": .string(batch.id.text), "state": .string(BatchState.rejected.rawValue)],
        "\(batch.id) is rejected; its jobs are skipped and their references are free again.",
        of: store.facts)
      return .done
    })

  static let cancel = Command(
    spec: CommandSpec(
      "cancel", group: .decide, summary: "give a batch up: its queued jobs are skipped",
      arguments: [Words.batch], options: [OptionSpec("--reason", value: "TEXT", "why")],
      examples: ["sluice cancel overdue-20261122"],
      discussion: """
        What is charged stays charged. A job in doubt is settled first.

        A planner's draft, named in full as `sluice list --state draft` shows it, is thrown away.
        """),
    run: { session throws(Fault) in
      let store = try session.openStore()
      let reason = try session.text("--reason")
      let word = DraftID(session.batchWord)
      if let draft = try BatchDesk(store).discardDraft(word, reason: reason) {
        return try session.tellDiscarded(draft)
      }
      let batch = try JobQueue(store).batch(matching: session.batchWord)
      let lock = try store.home.lock(batch.id)
      defer { lock.unlock() }
      let skipped = try Approver(store).cancel(batch.id, reason: reason)
      try session.show(
        [
          "batch": .string(batch.id.text), "state": .string(BatchState.cancelled.rawValue),
          "skipped": .integer(Int64(skipped)),
        ],
        "\(batch.id) is cancelled; \(counted(skipped, "job")) skipped.", of: store.facts)
      return .done
    })

  static let amend = Command(
    spec: CommandSpec(
      "amend", group: .decide, summary: "give a batch another cap; it then waits for approval",
      arguments: [Words.batch],
      options: [
        OptionSpec(
          "--cap", value: "CUR=DECIMAL", "the new cap of all the batch may ever move",
          isRequired: true, repeats: true)
      ],
      examples: ["sluice amend overdue-20261122 --cap usd=900.00"],
      discussion: """
        The batch gets a new digest and goes back to submitted. Once approved, a run goes on with \
        exactly the jobs that are still queued.
        """),
    run: { session throws(Fault) in
      let store = try session.openStore()
      let batch = try JobQueue(store).batch(matching: session.batchWord)
      let caps = try session.caps()
      let lock = try store.home.lock(batch.id)
      defer { lock.unlock() }
      let amended = try Approver(store).amend(batch.id, caps: caps, by: session.person(in: store))
      try session.show(
        [
          "batch": .string(batch.id.text), "state": .string(amended.state.rawValue),
          "digest": .string(amended.digest),
          "caps": .array(amended.terms.policy.caps.map(\.json)),
        ],
        """
        \(batch.id) now has a cap of \
        \(amended.terms.policy.batchCaps.map(\.description).joined(separator: ", ")).
        It waits for approval: sluice preview \(batch.id)
        """, of: store.facts)
      return .done
    })
}

extension Session {
  fileprivate func tellDiscarded(_ draft: Draft) throws(Fault) -> ExitCode {
    try show(
      ["draft": .string(draft.id.text), "discarded": true],
      "\(draft.id), \(counted(draft.jobs, "job")) of \(printable(draft.planner)), is thrown away; "
        + "nothing of it was queued.")
    return .done
  }

  /// The word that names the batch.
  var batchWord: String { invocation.argument("BATCH") ?? "" }

  /// The jobs that `--except` names.
  fileprivate func except() throws(Fault) -> JobNumbers? { try jobNumbers("--except") }

  /// The digest that is approved: the one given, or the one of the preview that was answered yes.
  fileprivate func digest(for batch: Batch, _ store: Store) throws(Fault) -> String? {
    if let digest = invocation.value("--digest") { return digest }
    return try ask(batch, store)
  }

  /// Shows the preview and asks; returns the digest that was shown, or nil for anything but yes.
  private func ask(_ batch: Batch, _ store: Store) throws(Fault) -> String? {
    try Approver(store).expireIfDue(batch.id)
    let preview = try store.preview(batch.id.text, except: try except())
    try Approver(store).requireSubmitted(preview.batch)
    guard Terminal.canAsk, !wantsJSON else {
      throw Fault(
        .usage, "there is no terminal to ask on, so the digest is needed",
        hint: "look at `sluice preview \(batch.id)`, then add --digest with the digest it shows")
    }
    try writePaged(preview.text(store.facts, isAsking: true) + "\n")
    let answer = Terminal.ask("Approve exactly this plan? [y/N] ")
    let isYes = ["y", "yes"].contains(answer?.lowercased())
    return isYes ? preview.batch.digest : nil
  }
}

extension Store {
  /// The preview of a batch, with the room its budgets have now.
  func preview(_ prefix: String, except excluded: JobNumbers?) throws(Fault) -> Preview {
    let batch = try JobQueue(self).batch(matching: prefix)
    return try BatchDesk(self).preview(batch.id, except: excluded)
  }
}
