internal import Approval
package import Domain
package import Journal
internal import Queue
package import Stripe
internal import System
internal import Vault

/// Drains approved batches, one job at a time, on one thread.
///
/// The money moves in one order only: save the intent, commit, call Stripe, save the answer,
/// commit. A crash anywhere between is taken up by the next run, with the same idempotency key and
/// bytes.
package final class Worker {
  let store: Store
  let queue: JobQueue
  let vault: KeyVault
  let approver: Approver
  let connection: any StripeConnection
  let signals: any Signals
  var random: any RandomNumberGenerator
  var stripeClock: StripeClock
  /// What the journal says of the batch that is worked on.
  var ledger = Ledger(of: BatchID(""), jobFile: "")

  /// A worker of a home over a connection; randomness is for names and jitter only.
  package init(
    store: Store, connection: any StripeConnection, signals: any Signals,
    random: any RandomNumberGenerator
  ) {
    self.store = store
    self.connection = connection
    self.signals = signals
    self.random = random
    queue = JobQueue(store)
    vault = KeyVault(store)
    approver = Approver(store)
    stripeClock = StripeClock(store.clock)
  }

  /// Drains one batch until it is finished, halted, or `limit` jobs are claimed.
  ///
  /// Returns how many jobs were claimed.
  @discardableResult
  package func run(_ id: BatchID, limit: Int?) throws(Fault) -> Int {
    let lock = try store.home.lock(id)
    defer { lock.unlock() }
    let batch = try runnable(id)
    try checkFile(of: batch)
    try requireNoStop(on: id)
    try requireStripe()
    store.writesHead = .whenTold
    defer { store.writesHead = .afterEveryCommit }
    let running = try begin(batch)
    signals.started(id)
    // Before the first claim: a run whose progress cannot be witnessed sends nothing.
    try store.writeHead()
    guard let running else { return 0 }
    let drain = Drain(self, running, limit: limit)
    do throws(Fault) {
      try drain.drain()
      try store.checkpointIfLarge()
      try store.writeHead()
    } catch {
      try? store.writeHead()
      throw error.inMidRun
    }
    return drain.claimed
  }
}

extension Fault {
  /// The same in a run that has begun: busy and not allowed are what a run is that has not, and is
  /// left out for it.
  package var inMidRun: Fault {
    guard exit == .busy || exit == .notAllowed else { return self }
    return Fault(.storage, message, hint: hint, details: details)
  }
}

/// What reaches a worker from outside while it runs, and what it tells.
package protocol Signals {
  /// Whether the worker is asked to end: it settles the request in flight and stops.
  var isInterrupted: Bool { get }
  /// The worker has a batch to itself and begins with it.
  func started(_ batch: BatchID)
  /// A job was settled; the code is Stripe's word for why, if it had one.
  func settled(_ job: JobID, _ outcome: JobOutcome, _ amount: Money, because code: String?)
  /// A job was left out before anything was sent for it.
  func skipped(_ job: JobID, _ amount: Money, because reason: SkipReason)
  /// A job was looked up, whether that settled it or not.
  func lookedUp(_ job: JobID)
  /// The worker waits before it tries again.
  func waiting(_ wait: Milliseconds, because reason: String)
}
