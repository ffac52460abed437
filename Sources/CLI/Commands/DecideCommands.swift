internal import Approval
internal import Domain
internal import JSON
internal import Journal
internal import Queue
internal import System
internal import Vault

extension Command {
  static let preview = Command(
    spec: CommandSpec(
      "preview", group: .decide, summary: "show what approving a batch would let happen",
      arguments: [Words.batch], examples: ["sluice preview overdue-20261122"],
      discussion: """
        Totals, the largest jobs, duplicates, and the forecast: which jobs would be charged, at \
        which one the cap stops the batch, and how many are not reached.
        """),
    run: { session throws(Fault) in
      let store = try session.openStore()
      let preview = try store.preview(session.batchWord)
      try session.show(preview.json, preview.text(store.facts))
      return .done
    })

  static let approve = Command(
    spec: CommandSpec(
      "approve", group: .decide, summary: "approve exactly the plan that the preview shows",
      arguments: [Words.batch],
      options: [
        OptionSpec(
          "--digest", value: "DIGEST", "the plan's digest in full; needed without a terminal")
      ],
      examples: [
        "sluice approve overdue-20261122", "sluice approve overdue-20261122 --digest 5f0c...",
      ],
      discussion: """
        On a terminal it shows the preview and asks; no answer is no. A job that is altered, added \
        or removed afterwards is not sent. The approval expires (24 hours unless the job file says \
        otherwise).
        """),
    run: { session throws(Fault) in
      let store = try session.openStore()
      let batch = try JobQueue(store).batch(matching: session.batchWord)
      guard let digest = try session.digest(for: batch, store) else {
        session.note("Not approved; nothing changed.")
        return .notAllowed
      }
      let approval = try Approver(store).approve(batch.id, digest: digest, by: session.person)
      try session.show(
        [
          "batch": .string(batch.id.text), "state": .string(BatchState.approved.rawValue),
          "digest": .string(approval.digest), "approver": .string(approval.approver),
          "expires_at": .string(approval.expiresAt.description),
        ],
        """
        \(batch.id) is approved by \(approval.approver) until \(approval.expiresAt).
        Run it with: sluice run \(batch.id)
        """)
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
      try Approver(store).reject(batch.id, reason: session.invocation.value("--reason") ?? "")
      try session.show(
        ["batch": .string(batch.id.text), "state": .string(BatchState.rejected.rawValue)],
        "\(batch.id) is rejected; its jobs are skipped and their references are free again.")
      return .done
    })

  static let cancel = Command(
    spec: CommandSpec(
      "cancel", group: .decide, summary: "give a batch up: its queued jobs are skipped",
      arguments: [Words.batch], options: [OptionSpec("--reason", value: "TEXT", "why")],
      examples: ["sluice cancel overdue-20261122"],
      discussion: "What is charged stays charged. A job in doubt is settled first."),
    run: { session throws(Fault) in
      let store = try session.openStore()
      let batch = try JobQueue(store).batch(matching: session.batchWord)
      let lock = try store.home.lock(batch.id)
      defer { lock.unlock() }
      let reason = session.invocation.value("--reason")
      let skipped = try Approver(store).cancel(batch.id, reason: reason)
      try session.show(
        [
          "batch": .string(batch.id.text), "state": .string(BatchState.cancelled.rawValue),
          "skipped": .integer(Int64(skipped)),
        ],
        "\(batch.id) is cancelled; \(counted(skipped, "job")) skipped.")
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
      let amended = try Approver(store).amend(batch.id, caps: caps, by: session.person)
      try session.show(
        [
          "batch": .string(batch.id.text), "state": .string(amended.state.rawValue),
          "digest": .string(amended.digest),
          "caps": .array(
            amended.terms.policy.caps.map { ["amount": $0.minorJSON, "currency": $0.codeJSON] }),
        ],
        """
        \(batch.id) now has a cap of \
        \(amended.terms.policy.caps.map(\.description).joined(separator: ", ")).
        It waits for approval: sluice preview \(batch.id)
        """)
      return .done
    })
}

extension Session {
  /// The word that names the batch.
  var batchWord: String { invocation.argument("BATCH") ?? "" }

  /// The digest that is approved: the one given, or the one of the preview that was answered yes.
  fileprivate func digest(for batch: Batch, _ store: Store) throws(Fault) -> String? {
    if let digest = invocation.value("--digest") { return digest }
    return try ask(batch, store)
  }

  /// Shows the preview and asks; returns the digest that was shown, or nil for anything but yes.
  private func ask(_ batch: Batch, _ store: Store) throws(Fault) -> String? {
    try Approver(store).expireIfDue(batch.id)
    let preview = try store.preview(batch.id.text)
    try Approver(store).requireSubmitted(preview.batch)
    guard Terminal.canAsk, !wantsJSON else {
      throw Fault(
        .usage, "there is no terminal to ask on, so the digest is needed",
        hint: "look at `sluice preview \(batch.id)`, then add --digest with the digest it shows")
    }
    try write(preview.text(store.facts, isAsking: true) + "\n")
    let answer = Terminal.ask("Approve exactly this plan? [y/N] ")
    let isYes = ["y", "yes"].contains(answer?.lowercased())
    return isYes ? preview.batch.digest : nil
  }

  fileprivate func caps() throws(Fault) -> [Money] {
    var caps: [Money] = []
    for word in invocation.values("--cap") {
      let cap = try Self.money(word)
      guard !caps.contains(where: { $0.currency == cap.currency }) else {
        throw Fault(.usage, "two caps in \(cap.currency)", hint: "give one per currency")
      }
      caps.append(cap)
    }
    return caps
  }

  /// Reads `usd=900.00`.
  private static func money(_ word: String) throws(Fault) -> Money {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      throw Fault(.usage, "\(quoted(word)) is no cap", hint: "write it like --cap usd=900.00")
    }
    guard let currency = Currency(String(parts[0])) else {
      throw Fault(
        .usage, "unknown currency \(quoted(parts[0]))", hint: "write it like --cap usd=900.00")
    }
    do {
      return try Money(limit: String(parts[1]), currency: currency)
    } catch {
      throw Fault(.usage, error.message, hint: "write it like --cap usd=900.00")
    }
  }
}

extension Store {
  /// The preview of a batch, with the room its budgets have now.
  func preview(_ prefix: String) throws(Fault) -> Preview {
    let batch = try JobQueue(self).batch(matching: prefix)
    let budgets = try KeyVault(self).budgets(of: batch.id)
    let room = Dictionary(uniqueKeysWithValues: budgets.map { ($0.currency, $0.room) })
    return try Approver(self).preview(batch.id, budgets: room)
  }
}
