internal import Domain
internal import Journal
internal import Queue
internal import Stripe
internal import Vault

/// The drain of one batch: claims its queued jobs one by one until none is left or it halts.
final class Drain {
  let worker: Worker
  let running: Running
  /// A settlement that the next claim's commit takes along.
  var pending: Settlement?

  private let limit: Int?
  /// How many jobs this run has claimed.
  private(set) var claimed = 0
  /// The number of claims after which the file is seen to.
  private var nextRest = 100
  /// The number from which the next queued job is looked for.
  private var next = 1
  private var unreachableInARow = 0
  private var backoff = Backoff()

  init(_ worker: Worker, _ running: Running, limit: Int?) {
    self.worker = worker
    self.running = running
    self.limit = limit
  }

  /// Settles what an earlier run left, then drains.
  func drain() throws(Fault) {
    guard try recover() else { return }
    do throws(Fault) {
      while try step() {}
    } catch {
      // An answer is never lost to a fault of what comes next: it commits alone, if it still can.
      try? commitPending()
      throw error
    }
  }

  /// Keeps a pending answer that could not be written as evidence, once.
  func keep(
    _ settlement: Settlement, _ fault: Fault, rollingBack transaction: consuming Transaction
  ) -> Fault {
    pending = nil
    return worker.keep(settlement, fault, rollingBack: transaction)
  }

  /// One job; false when the drain is over.
  private func step() throws(Fault) -> Bool {
    guard let job = try worker.queue.nextQueued(of: running.batch.id, from: next) else {
      try finish()
      return false
    }
    if worker.signals.isInterrupted {
      try halt(.interrupted, at: nil, "the worker was interrupted")
      return false
    }
    if let limit, claimed >= limit {
      try commitPending()
      return false
    }
    if claimed >= nextRest { try rest() }
    switch try prepare(job) {
    case .again: return true
    case .over: return false
    case .ready(let body): return try charge(job, body)
    }
  }

  /// Once in a hundred claims: tidies the file up, and keeps the journal's end outside of it.
  private func rest() throws(Fault) {
    nextRest = claimed + 100
    try commitPending()
    try worker.store.checkpointIfLarge()
    try worker.store.writeHead()
  }

  private func charge(_ job: Job, _ body: [UInt8]) throws(Fault) -> Bool {
    switch try claim(job, body: body) {
    case .refused: return false
    case .permitted(let permit):
      claimed += 1
      let attempt = permit.attempt
      let reply = worker.connection.send(permit)
      return try take(worker.judge(reply, attempt), attempt)
    }
  }

  /// Takes a verdict on a first send.
  private func take(_ verdict: Verdict, _ attempt: Attempt) throws(Fault) -> Bool {
    let settlement = Settlement(verdict, attempt, from: .sending)
    switch verdict {
    case .charged, .declined, .rejected, .processing:
      pending = settlement
      next = attempt.job.number + 1
      reached()
      guard let halt = try worker.overCharge(settlement) else { return true }
      try self.halt(halt.reason, at: halt.number, halt.message)
      return false
    case .notExecuted(let pause, let reason):
      try worker.commit(settlement)
      claimed -= 1
      next = attempt.job.number
      return try wait(out: pause, reason, at: attempt.job.number)
    case .inDoubt(let doubt, let reason):
      pending = settlement
      next = attempt.job.number + 1
      reached()
      return try pursue(attempt.job, after: doubt, reason)
    }
  }

  /// Waits before the same job is claimed again, or halts when waiting does not help.
  func wait(out pause: Pause, _ reason: Reason, at number: Int) throws(Fault) -> Bool {
    switch pause {
    case .credentials:
      try halt(.credentials, at: number, "Stripe does not take the key: \(reason.message)")
      return false
    case .rateLimited(let seconds):
      let wait = max(backoff.next(using: &worker.random), .seconds(Int64(seconds ?? 0)))
      worker.wait(wait, because: "Stripe asks to slow down")
      return true
    case .unreachable:
      unreachableInARow += 1
      guard unreachableInARow < running.batch.terms.halt.unreachableInARow else {
        try halt(.unreachable, at: number, "Stripe cannot be reached: \(reason.message)")
        return false
      }
      worker.wait(backoff.next(using: &worker.random), because: reason.message)
      return true
    }
  }

  private func reached() {
    unreachableInARow = 0
    backoff.reset()
  }

  /// Ends a batch of which no job is queued, sending or in doubt.
  private func finish() throws(Fault) {
    let transaction = try pending == nil ? worker.store.begin() : worker.beginSettling()
    if let pending, let fault = worker.write(pending, in: transaction) {
      throw keep(pending, fault, rollingBack: transaction)
    }
    try worker.queue.finish(running.batch.id, in: transaction)
    _ = try transaction.commit()
    tellPending()
  }

  /// Halts the batch, together with a settlement that waits.
  func halt(_ reason: HaltReason, at number: Int?, _ message: String) throws(Fault) {
    let transaction = try pending == nil ? worker.store.begin() : worker.beginSettling()
    if let pending, let fault = worker.write(pending, in: transaction) {
      throw keep(pending, fault, rollingBack: transaction)
    }
    try worker.queue.halt(
      running.batch.id, Halt(reason: reason, number: number, message: message), in: transaction)
    _ = try transaction.commit()
    tellPending()
  }

  /// Commits a settlement that waits, before a read, a pause or the end.
  func commitPending() throws(Fault) {
    guard let pending else { return }
    try worker.commit(pending)
    self.pending = nil
  }

  /// The pending settlement is durable: tell it and forget it.
  func tellPending() {
    guard let pending else { return }
    worker.tell(pending)
    self.pending = nil
  }
}

extension Worker {
  /// What a reply means; every answer tells the time as well.
  func judge(_ reply: Reply, _ attempt: Attempt) -> Verdict {
    if case .answer(let answer) = reply { stripeClock.observe(answer.date) }
    return Verdict.of(reply, to: attempt, mode: store.facts.mode)
  }

  /// Waits, and says so.
  func wait(_ wait: Milliseconds, because reason: String) {
    guard !signals.isInterrupted else { return }
    signals.waiting(wait, because: reason)
    // In slices, so that a signal that comes between the check and the sleep is not slept through.
    var left = wait.count
    while left > 0, !signals.isInterrupted {
      store.clock.sleep(Milliseconds(min(left, 1000)))
      left -= 1000
    }
  }
}
