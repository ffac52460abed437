internal import Domain
internal import JSON
internal import Journal
internal import Notice
internal import Queue
internal import Stripe
internal import System
internal import Worker

extension Command {
  static let run = Command(
    spec: CommandSpec(
      "run", group: .run, summary: "drain one approved batch, or every approved one in order",
      arguments: [Words.optionalBatch],
      options: [
        OptionSpec("--limit", value: "N", "claim at most N jobs, then stop"),
        Words.logFormat, Words.stripeKeyFile, Words.stripeURL,
      ],
      examples: [
        "sluice run overdue-20261122", "sluice run", "sluice run overdue-20261122 --limit 10",
        "sluice run --log-format json 2>> run.log",
      ],
      discussion: """
        One job at a time: the claim is made durable, then the request is sent, then the answer is \
        made durable together with the next claim. The first job that would pass the cap halts the \
        batch. Ctrl-C finishes and settles the request in flight. After a crash, run it again.

        On a terminal a bar says how far it is, what is charged of the cap, and how long the rest \
        takes if no cap ends it before. --log-format writes a line for each job and event instead, \
        with --quiet too.

        A halted batch must be named. Exit 0: every job charged; 10: some not; 11: the cap; 12: \
        halted for another reason; 13: a person is needed.
        """),
    run: { session throws(Fault) in
      let limit = try session.limit()
      let store = try session.openStore()
      let ids = try session.batchesToRun(store)
      guard !ids.isEmpty else {
        try session.show(["reports": []], "Nothing to run: no batch is approved.")
        return .done
      }
      try session.requireSameStripe(ids, store)
      Interrupt.install()
      let progress = Progress(session, store)
      let worker = Worker(
        store: store, connection: try session.connect(store), signals: progress,
        random: SystemRandomNumberGenerator())
      return try session.drain(ids, worker, progress, store, limit: limit)
    })

  static let settle = Command(
    spec: CommandSpec(
      "settle", group: .run, summary: "look up what is in doubt, processing or unknown",
      arguments: [Words.optionalBatch],
      options: [Words.logFormat, Words.stripeKeyFile, Words.stripeURL],
      examples: ["sluice settle", "sluice settle overdue-20261122"],
      discussion: """
        It reads and cancels only; nothing that moves money is sent, so it works under a stop. \
        What Stripe shows nothing of stays unknown: absence is no proof.
        """),
    run: { session throws(Fault) in
      let store = try session.openStoreForAnybody()
      let ids = try session.batchesToSettle(store)
      guard !ids.isEmpty else {
        try session.show(["batches": []], "Nothing to settle.")
        return .done
      }
      try session.requireSameStripe(ids, store)
      Interrupt.install()
      let progress = Progress(session, store)
      let worker = Worker(
        store: store, connection: try session.connect(store), signals: progress,
        random: SystemRandomNumberGenerator())
      return try session.settle(ids, worker, progress, store)
    })
}

extension Session {
  fileprivate func limit() throws(Fault) -> Int? {
    guard let word = invocation.value("--limit") else { return nil }
    guard let limit = Int(word), limit > 0 else {
      throw Fault(.usage, "\(quoted(word)) is no number of jobs", hint: "sluice run --limit 10")
    }
    return limit
  }

  /// The batch that was named, or nil.
  private func namedBatch(_ store: Store) throws(Fault) -> BatchID? {
    guard let word = invocation.argument("BATCH") else { return nil }
    return try JobQueue(store).batch(matching: word).id
  }

  fileprivate func batchesToRun(_ store: Store) throws(Fault) -> [BatchID] {
    if let named = try namedBatch(store) { return [named] }
    return try JobQueue(store).runnable()
  }

  fileprivate func batchesToSettle(_ store: Store) throws(Fault) -> [BatchID] {
    if let named = try namedBatch(store) { return [named] }
    return try JobQueue(store).unsettled()
  }

  /// A batch goes to the Stripe it was approved for, whose URL is in the digest, and to no other.
  func requireSameStripe(_ ids: [BatchID], _ store: Store) throws(Fault) {
    let url = try apiURL(of: store.facts)
    for id in ids {
      let batch = try JobQueue(store).batch(id)
      guard batch.apiURL != url else { continue }
      throw Fault(
        .configuration, "\(id) is for the Stripe at \(batch.apiURL), not the one at \(url)",
        hint: "name \(batch.apiURL) with --stripe-url or $SLUICE_STRIPE_URL")
    }
  }

  /// Drains the batch that was named, or every one in order.
  fileprivate func drain(
    _ ids: [BatchID], _ worker: Worker, _ progress: Progress, _ store: Store, limit: Int?
  ) throws(Fault) -> ExitCode {
    if invocation.argument("BATCH") != nil {
      _ = try drainOne(ids[0], worker, progress, limit)
      let summary = try tellReport(ids[0], store)
      try notify(summary, store)
      return summary.exit
    }
    guard wantsJSON else { return try drainAll(ids, worker, progress, store, limit) }
    try write("{\"reports\":[")
    do throws(Fault) {
      let exit = try drainAll(ids, worker, progress, store, limit)
      try write("]}\n")
      return exit
    } catch {
      try? write("]}\n")
      throw error
    }
  }

  /// A batch that is locked, no longer approved or stopped by itself is left out; a stop of all,
  /// the credentials or an unreachable Stripe end them all, and never hide what is to be said of
  /// those before.
  private func drainAll(
    _ ids: [BatchID], _ worker: Worker, _ progress: Progress, _ store: Store, _ limit: Int?
  ) throws(Fault) -> ExitCode {
    var exit: ExitCode?
    var leftOut: ExitCode?
    var left = limit
    for id in ids where left != 0 {
      if Interrupt.isRequested { return (exit ?? .done).worse(.halted) }
      do throws(Fault) {
        let claimed = try drainOne(id, worker, progress, left)
        left = left.map { $0 - claimed }
      } catch {
        if try store.leavesOut(id, after: error) {
          warn("\(id) is left out: \(error.message)")
          leftOut = error.exit
          continue
        }
        guard let exit, error.exit != .storage else { throw error }
        warn("the run ends before \(id): \(error.message)")
        return exit.worse(.halted)
      }
      if wantsJSON, exit != nil { try write(",") }
      let summary = try tellReport(id, store)
      try notify(summary, store)
      exit = (exit ?? .done).worse(summary.exit)
      if try store.endsRun(summary.batch.halt?.reason) { break }
    }
    let reached = exit ?? .done
    return reached == .done ? leftOut ?? .done : reached
  }

  /// Drains one batch under a progress line; returns how many jobs were claimed.
  func drainOne(
    _ id: BatchID, _ worker: Worker, _ progress: Progress, _ limit: Int? = nil
  ) throws(Fault) -> Int {
    try progress.begin(id)
    defer { progress.end() }
    let claimed = try worker.run(id, limit: limit)
    try progress.tellEnd(of: id)
    return claimed
  }

  /// Tells the batch's webhook how its run ended.
  private func notify(_ summary: Summary, _ store: Store) throws(Fault) {
    guard let notice = Notice.ended(summary, mode: store.facts.mode) else { return }
    try messenger.tell(notice, at: summary.batch.terms.webhookVariable, store)
  }

  private func tellReport(_ id: BatchID, _ store: Store) throws(Fault) -> Summary {
    if wantsJSON {
      try store.writeJSONReport(id) { text throws(Fault) in try write(text) }
    } else if !isQuiet {
      try write(try store.textReport(id))
    }
    return try JobQueue(store).summary(of: id)
  }

  private func settleOne(
    _ id: BatchID, _ worker: Worker, _ progress: Progress
  ) throws(Fault) {
    try progress.begin(id, lookingUp: true)
    defer { progress.end() }
    try worker.settle(id)
    try progress.tellEnd(of: id)
  }

  fileprivate func settle(
    _ ids: [BatchID], _ worker: Worker, _ progress: Progress, _ store: Store
  ) throws(Fault) -> ExitCode {
    var exit = ExitCode.done
    var rows: [JSONValue] = []
    var lines: [String] = []
    var failure: ExitCode?
    for id in ids where !Interrupt.isRequested {
      do throws(Fault) {
        try settleOne(id, worker, progress)
      } catch {
        guard error.exit != .storage, ids.count > 1 else { throw error }
        warn("\(id) is left out: \(error.message)")
        failure = error.exit
        guard error.exit == .busy else { break }
        continue
      }
      let summary = try JobQueue(store).summary(of: id)
      let processing = summary.jobs(.processing)
      if summary.needPerson > 0 { exit = exit.worse(.needsPerson) }
      if processing > 0 { exit = exit.worse(.someNotCharged) }
      rows.append([
        "batch": .string(id.text), "in_doubt": .integer(Int64(summary.jobs(.inDoubt))),
        "unknown": .integer(Int64(summary.jobs(.unknown))),
        "processing": .integer(Int64(processing)),
      ])
      lines.append(
        "\(id): \(summary.jobs(.inDoubt)) in doubt, \(summary.jobs(.unknown)) unknown, "
          + "\(processing) processing")
      if summary.jobs(.inDoubt) > 0 {
        lines += [
          "  The next run asks again about what is in doubt; under a stop it is looked up only:",
          "    sluice run \(id)",
        ]
      }
      if summary.jobs(.unknown) > 0 {
        lines += [
          "  Look for what is unknown at Stripe, then say what you have found:",
          "    sluice show \(id) --jobs --outcome unknown",
          "    sluice resolve \(id) NUMBER --charged ID",
          "    sluice resolve \(id) NUMBER --not-charged --evidence TEXT",
        ]
      }
    }
    try show(
      ["batches": .array(rows)], lines.joined(separator: "\n"), of: store.facts)
    return exit == .done ? failure ?? .done : exit
  }
}
