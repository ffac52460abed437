package import Domain
import Worker

/// What a test tells a worker, and what the worker told.
package final class TestSignals: Signals {
  package var isInterrupted = false
  package private(set) var outcomes: [JobOutcome] = []
  package private(set) var waits: [Milliseconds] = []

  /// Signals that interrupt nothing.
  package init() {}

  package func started(_ batch: BatchID) {}

  package func settled(
    _ job: JobID, _ outcome: JobOutcome, _ amount: Money, because code: String?
  ) {
    outcomes.append(outcome)
  }

  package func skipped(_ job: JobID, _ amount: Money, because reason: SkipReason) {}

  package func lookedUp(_ job: JobID) {}

  package func waiting(_ wait: Milliseconds, because reason: String) { waits.append(wait) }
}
