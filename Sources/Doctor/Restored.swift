package import Domain
internal import JSON
package import Journal
internal import Queue
package import Stripe
internal import System
internal import Vault

/// Looks at Stripe for what a home restored from a backup does not know it has sent.
///
/// Idempotency keys are the same in a restored home, but Stripe forgets them after 24 hours: a job
/// that was charged after the backup and is queued again would then be charged twice.
package struct Restored {
  private let store: Store
  private let queue: JobQueue
  private let connection: any StripeConnection
  /// Where the connection leads.
  private let apiURL: String

  /// How often one job is looked for before Stripe's silence counts.
  private static let maximumAsks = 4

  /// The restored home, and the Stripe it charged at.
  package init(_ store: Store, over connection: any StripeConnection, apiURL: String) {
    self.store = store
    self.connection = connection
    self.apiURL = apiURL
    queue = JobQueue(store)
  }

  /// Looks up every queued job, and stops each batch of which Stripe knows one already.
  ///
  /// Only reads are sent. Throws `storage` when the journal itself is wrong, and `busy` while a
  /// process works on one of the batches.
  package func examine() throws(Fault) -> [Diagnosis] {
    _ = try store.verifyChain()
    let isDisputed = (try? store.checkHead()) == nil
    if isDisputed { store.writeBehindHead() }
    var tally = Tally()
    for batch in try queue.batches().reversed() where batch.state.mayRun {
      try examine(batch, &tally)
    }
    guard tally.isComplete else { return tally.findings }
    try journal(tally)
    return tally.findings + [conclusion(tally, isDisputed)]
  }

  private struct Tally {
    var looked = 0
    var found = 0
    var isComplete = true
    var findings: [Diagnosis] = []
  }

  private func examine(_ batch: Batch, _ tally: inout Tally) throws(Fault) {
    let lock = try store.home.lock(batch.id)
    defer { lock.unlock() }
    guard batch.apiURL == apiURL else {
      tally.isComplete = false
      tally.findings.append(
        .problem(
          "restored", .configuration,
          "\(batch.id) is for the Stripe at \(batch.apiURL), not the one at \(apiURL)",
          hint: "name \(batch.apiURL) with --stripe-url or $SLUICE_STRIPE_URL"))
      return
    }
    var known: [Int] = []
    var next = 1
    while tally.isComplete, let job = try queue.nextQueued(of: batch.id, from: next) {
      next = job.id.number + 1
      // An invoice is read again before it is paid, and one that is paid is skipped.
      guard job.planned.operation != .invoicesPay else { continue }
      tally.looked += 1
      switch try sight(job, of: batch) {
      case .nothing: break
      case .shown(let sentences):
        known.append(job.id.number)
        tally.findings += sentences.map { sentence in
          .problem(
            "restored", .needsPerson,
            "\(job.id), queued here, is at Stripe already: \(sentence)", hint: nil)
        }
      case .untold(let reason):
        tally.isComplete = false
        tally.findings.append(
          .problem(
            "restored", .unreachable, "Stripe does not tell of \(job.id): \(reason.message)",
            hint: "run `sluice doctor --restored` again later; let nothing run before"))
      }
    }
    guard !known.isEmpty else { return }
    tally.found += known.count
    try stop(batch, known)
    tally.findings.append(decision(about: batch, known))
  }

  /// Looks for one job through everything its account ever had: no local time is believed.
  private func sight(_ job: Job, of batch: Batch) throws(Fault) -> Sighting {
    guard store.seal(of: job.planned, in: batch.id) == job.seal else {
      throw .untrusted("\(job.id) is not what was submitted")
    }
    let epoch = Timestamp(milliseconds: 0) + .hours(1)
    let attempt = Attempt(
      job: job.id, movement: job.planned.movement, idempotencyKey: "", body: [],
      apiVersion: batch.apiVersion, stripeAccount: store.facts.stripeAccount, sendNumber: 0,
      firstSentAt: epoch, lastSentAt: epoch)
    let settler = Settler(attempt, mode: store.facts.mode, over: connection)
    var pause = Milliseconds.seconds(1)
    for _ in 1..<Self.maximumAsks {
      let sighting = settler.sight()
      guard case .untold = sighting else { return sighting }
      store.clock.sleep(pause)
      pause = Milliseconds(pause.count * 2)
    }
    return settler.sight()
  }

  private func stop(_ batch: Batch, _ numbers: [Int]) throws(Fault) {
    let (first, more) = (numbers[0], numbers.count - 1)
    _ = try StopSwitch(store, of: batch.id).stop(
      reason: "Stripe has #\(first)" + (more > 0 ? " and \(counted(more, "other job"))" : "")
        + " already, which this restored home has not sent")
  }

  private func decision(about batch: Batch, _ numbers: [Int]) -> Diagnosis {
    .problem(
      "restored", .needsPerson,
      "\(batch.id) is stopped: \(counted(numbers.count, "job")) of it would be sent twice",
      hint: "leave it stopped, so that no list charges its references again; or `sluice amend` it, "
        + "approve it with --except \(Self.list(numbers)) and `sluice unstop \(batch.id)`; jobs "
        + "left out and batches cancelled free their references, so take them off every later list")
  }

  /// The numbers as `--except` takes them: "1-3,7".
  private static func list(_ numbers: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = ranges.last, last.upperBound + 1 == number {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ",")
  }

  private func journal(_ tally: Tally) throws(Fault) {
    let transaction = try store.begin()
    try transaction.append(
      .restoredChecked, subject: store.facts.id,
      ["looked_up": .integer(Int64(tally.looked)), "found": .integer(Int64(tally.found))])
    _ = try transaction.commit()
  }

  private func conclusion(_ tally: Tally, _ isDisputed: Bool) -> Diagnosis {
    let next =
      isDisputed
      ? "`sluice journal head --accept --reason TEXT` lets the home go on from here"
      : "the file head agrees with the journal, so the home may go on as it is"
    let others = tally.looked - tally.found
    let message =
      if tally.found == 0 {
        "Stripe shows nothing of \(counted(tally.looked, "queued job"))"
      } else if others > 0 {
        "Stripe shows nothing of \(counted(others, "other queued job"))"
      } else {
        "no other job is queued"
      }
    return .ok("restored", message, hint: next)
  }
}

extension BatchState {
  /// Whether its queued jobs may still be sent.
  fileprivate var mayRun: Bool {
    switch self {
    case .submitted, .approved, .running, .halted: true
    case .draft, .finished, .rejected, .cancelled: false
    }
  }
}
