import Domain
import Queue
import Stripe
import Support
import Testing
import Vault
import Worker

/// A worker that dies right after a settlement is durable: what was to halt the batch still does.
struct KilledTests {
  @Test func `an over-charge found by a re-send halts in its own commit`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(4), under: .sample(cap: 5000))
    stripe.onSend = { attempt in
      guard attempt.job.number == 1 else { return .pass }
      return attempt.sendNumber == 1
        ? .instead(.lost("cut")) : .instead(moved(900, for: attempt, at: test.clock))
    }
    try runAndDie(test, stripe, id)

    #expect(try test.states(id) == [.charged, .queued, .queued, .queued])
    #expect(try test.queue.batch(id).halt?.reason == .overCharged)
  }

  @Test func `a job that stays unknown halts in its own commit`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan([.sample(1, "cus_error_500"), .sample(2), .sample(3)])
    try runAndDie(test, stripe, id)

    #expect(try test.states(id) == [.unknown, .queued, .queued])
    #expect(try test.queue.batch(id).halt?.reason == .unsettled)
  }

  @Test func `an idempotency error halts in the commit that notes the doubt`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(3))
    stripe.onSend = { _ in
      .executed(TestStripe.answer(400, type: "idempotency_error", at: test.clock))
    }
    // The worker dies at its first look-up.
    stripe.onQuestion = { question in
      guard question != .time else { return nil }
      try? test.block()
      return nil
    }
    #expect(throws: Fault.self) { try test.run(id, over: stripe) }
    try test.unblock()
    try test.reopen()

    #expect(try test.states(id) == [.inDoubt, .queued, .queued])
    #expect(try test.queue.batch(id).halt?.reason == .integrity)
  }

  @Test func `an over-charge found by settle halts a batch that would go on`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(
      [.sample(1, "cus_processing"), .sample(2), .sample(3)], under: .sample(cap: 5000))
    try test.run(id, over: stripe, limit: 1)
    let attempt = try #require(stripe.sends.first)
    stripe.onQuestion = { question in
      guard case .paymentIntent(let intent) = question else { return nil }
      return moved(900, for: attempt, at: test.clock, object: intent)
    }

    try test.settle(id, over: stripe)

    #expect(try test.states(id) == [.charged, .queued, .queued])
    #expect(try test.queue.batch(id).halt?.reason == .overCharged)
  }

  @Test func `an approval given meanwhile is no reason to distrust the file`() throws {
    let test = try TestHome()
    let id = try test.submit(PlannedJob.samples(1))
    let before = try test.queue.batch(id)
    try test.approve(id)

    let fault = #expect(throws: Fault.self) { try test.queue.journalAgrees(with: before) }

    #expect(fault?.exit == .busy)
    #expect(try test.queue.journalAgrees(with: try test.queue.batch(id)))
  }

  /// Runs a batch until its first job is settled for good; from then on every write fails.
  private func runAndDie(_ test: TestHome, _ stripe: TestStripe, _ id: BatchID) throws {
    let worker = Worker(
      store: test.store, connection: stripe, signals: Killer(test), random: SeededRandom(seed: 7))
    _ = try? worker.run(id, limit: nil)
    try test.unblock()
    try test.reopen()
  }
}

/// Signals that make every write fail once a job is settled.
private final class Killer: Signals {
  private let test: TestHome

  init(_ test: TestHome) { self.test = test }

  var isInterrupted: Bool { false }

  func started(_ batch: BatchID) {}

  func settled(_ job: JobID, _ outcome: JobOutcome, _ amount: Money, because code: String?) {
    if outcome.isSettled || outcome == .unknown { try? test.block() }
  }

  func skipped(_ job: JobID, _ amount: Money, because reason: SkipReason) {}

  func lookedUp(_ job: JobID) {}

  func waiting(_ wait: Milliseconds, because reason: String) {}
}

/// Stripe's answer that it moved this much for an attempt, whatever was asked.
func moved(
  _ received: Int64, for attempt: Attempt, at clock: TestClock, object: String = "pi_1"
) -> Reply {
  let json =
    "{\"id\":\"\(object)\",\"object\":\"payment_intent\",\"amount\":100,"
    + "\"amount_received\":\(received),\"currency\":\"usd\",\"customer\":\"\(attempt.account)\","
    + "\"status\":\"succeeded\",\"livemode\":false,"
    + "\"metadata\":{\"sluice_job\":\"\(attempt.job)\"}}"
  return .answer(
    Answer(status: 200, headers: ["date": clock.now().httpDate], body: Array(json.utf8)))
}
