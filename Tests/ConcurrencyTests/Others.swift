import Foundation
import Support
import Synchronization

/// Everybody else at a home while a worker drains a long batch: they plan, decide, look and brake.
///
/// What a command acknowledged with 0 is kept, to be found again at the end.
final class Others: Sendable {
  enum Act: CaseIterable {
    case submit, approve, reject, cancel, stopBatch, unstopBatch, stopLong, stopAll, revoke, budget
    case runOther, amendOther, amendLong, checkpoint, verify, report, preview, list, jobs
  }

  /// What has been acknowledged, and what has gone wrong.
  struct Record {
    /// What every batch of theirs was told to be last.
    var states: [String: String] = [:]
    /// Those of them that are stopped.
    var stopped: Set<String> = []
    /// How many entries of an event have to be in the journal for it.
    var entries: [String: Int] = [:]
    var mistakes: [String] = []
    var acts = 0
    var submissions = 0
    var revoked: Set<String> = []
    /// How often somebody else than the worker has moved the log.
    var checkpoints = 0
    /// The process that drains the long batch.
    var worker: Int32?
  }

  private let kept = Mutex(Record())
  private let home: ProgramHome
  private let batch: String

  init(_ home: ProgramHome, beside batch: String) {
    self.home = home
    self.batch = batch
  }

  var record: Record { kept.withLock { $0 } }

  /// Does one thing; whatever does not end as it should is a mistake.
  func perform(_ act: Act) {
    kept.withLock { $0.acts += 1 }
    do {
      switch act {
      case .submit: try submit()
      case .approve: try approve()
      case .reject: try decide("rejected", ["reject"], ["--reason", "not now"])
      case .cancel: try decide("cancelled", ["cancel"], [])
      case .amendOther: try decide("submitted", ["amend"], ["--cap", "usd=9.00"], "amended")
      case .runOther: try runOne()
      case .stopBatch: try stopOne()
      case .unstopBatch: try unstopOne()
      case .stopLong: try stop([batch])
      case .stopAll: try stop([])
      case .checkpoint: try checkpoint()
      case .revoke: try revoke()
      case .budget: try setBudget()
      case .amendLong: try amendLong()
      case .verify: try home.succeed(["journal", "verify"])
      case .report: try expectSums()
      case .preview: try home.succeed(["preview", batch])
      case .list: try home.succeed(["list", "--json"])
      case .jobs: try home.succeed(["show", batch, "--jobs", "--outcome", "charged"])
      }
    } catch {
      kept.withLock { $0.mistakes.append("\(act): \(error)") }
    }
  }

  /// Says who drains the long batch from now on.
  func watch(_ worker: Int32) { kept.withLock { $0.worker = worker } }

  /// Counts an entry that has to be in the journal.
  func note(_ event: String) { kept.withLock { $0.entries[event, default: 0] += 1 } }

  private func submit() throws {
    let number = kept.withLock { record in
      record.submissions += 1
      return record.submissions
    }
    let name = "other\(number)"
    let queued = try home.submit(
      plan([100, 200, 300], of: name), under: jobFile(name, cap: 6), as: name)
    put(queued.batch, "submitted", "submitted")
  }

  private func approve() throws {
    let batch = try taken("submitted")
    let preview = try home.succeed(["preview", batch, "--json"])
    let digest = try JSONDecoder().decode(Submitted.self, from: Data(preview.utf8)).digest
    try home.succeed(["approve", batch, "--digest", digest])
    put(batch, "approved", "approved")
  }

  /// Decides about a batch that waits, and keeps what it then is.
  private func decide(
    _ state: String, _ command: [String], _ rest: [String], _ event: String? = nil
  ) throws {
    let batch = try taken(state == "submitted" ? "approved" : "submitted")
    try home.succeed(command + [batch] + rest)
    put(batch, state, event ?? state)
  }

  /// Drains a batch beside the long one, up to a stop of everything.
  private func runOne() throws {
    let batch = try taken("approved")
    let outcome = try home.sluice(["run", batch, "--quiet"])
    guard outcome.status == 0 || outcome.status == 12 else {
      throw TestServerError(message: "\(outcome)")
    }
    let state = try home.report(batch).state
    kept.withLock { $0.states[batch] = state }
    if outcome.status == 0 { note("finished") }
  }

  private func stopOne() throws {
    let batch = try taken("approved")
    try home.succeed(["stop", batch, "--reason", "wrong list"])
    put(batch, "approved", "stopped")
    kept.withLock { _ = $0.stopped.insert(batch) }
  }

  private func unstopOne() throws {
    guard let batch = kept.withLock({ $0.stopped.popFirst() }) else { return }
    try home.succeed(["unstop", batch])
    note("unstopped")
  }

  /// Stops the long batch, or every worker; whoever runs the long batch lifts it.
  private func stop(_ what: [String]) throws {
    let said = try home.succeed(["stop"] + what + ["--reason", "wait", "--json"])
    guard said.contains(#""changed":true"#) else { return }
    note("stopped")
  }

  /// Revokes the key of the run that is under way.
  private func revoke() throws {
    let key = try home.report(batch).keys.last ?? ""
    try home.succeed(["keys", "revoke", key, "--reason", "wrong cap"])
    if kept.withLock({ $0.revoked.insert(key).inserted }) { note("key_revoked") }
  }

  private func setBudget() throws {
    let dollars = kept.withLock { 90_000 + ($0.entries["budget_set"] ?? 0) }
    try home.succeed(["budget", "set", "usd=\(dollars).00", "--per", "month"])
    note("budget_set")
  }

  /// Amends the long batch: refused while a worker is at it and once it is
  /// finished; else it waits for approval again.
  private func amendLong() throws {
    let outcome = try home.sluice(["amend", batch, "--cap", "usd=99999.00"])
    guard [0, 75, 77].contains(outcome.status) else {
      throw TestServerError(message: "\(outcome)")
    }
    if outcome.status == 0 { note("amended") }
  }

  /// Submits while the log is large and the worker stands still: whoever submits moves it then.
  ///
  /// Nobody waits for a lock, so that another of them can be in the way: then it is tried again.
  private func checkpoint() throws {
    for _ in 0..<20 {
      guard let worker = record.worker, let paused = try PausedWorker(worker, of: home) else {
        Thread.sleep(forTimeInterval: 0.05)
        continue
      }
      let before = try home.logSize()
      try submit()
      let after = try home.logSize()
      _ = consume paused
      if after < before { return kept.withLock { $0.checkpoints += 1 } }
    }
    throw TestServerError(message: "nobody but the worker moves the log")
  }

  private func expectSums() throws {
    let mistakes = try home.report(batch).mistakes
    if !mistakes.isEmpty { throw TestServerError(message: "\(mistakes)") }
  }

  /// A batch in a state, made when there is none, which nobody else decides about meanwhile.
  private func taken(_ state: String) throws -> String {
    if let batch = take(state) { return batch }
    if state == "approved" { try approve() } else { try submit() }
    return try taken(state)
  }

  private func take(_ state: String) -> String? {
    kept.withLock { record in
      let batch = record.states.first { $0.value == state && !record.stopped.contains($0.key) }?.key
      if let batch { record.states[batch] = "being decided" }
      return batch
    }
  }

  private func put(_ batch: String, _ state: String, _ event: String) {
    kept.withLock { $0.states[batch] = state }
    note(event)
  }
}
