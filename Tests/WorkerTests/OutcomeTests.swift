import Domain
import Journal
import Queue
import Stripe
import Support
import Testing
import Vault

struct OutcomeTests {
  @Test(arguments: [
    ("cus_plain", JobState.charged), ("cus_decline_insufficient_funds_1", .declined),
    ("cus_authentication_required_1", .declined), ("cus_requires_action_1", .declined),
    ("cus_processing_1", .processing), ("cus_rate_limit_1", .charged),
    ("cus_unavailable_1", .charged), ("cus_unreachable_1", .charged),
    ("cus_error_500_charged_1", .charged), ("cus_error_500_1", .unknown),
    ("cus_lost_answer_1", .charged), ("cus_missing_1", .rejected),
  ])
  func `each behaviour of the sandbox ends where it should, charged at most once`(
    account: String, state: JobState
  ) throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan([.sample(1, account)])

    try test.run(id, over: stripe)

    #expect(try test.states(id) == [state])
    let ledger = try SandboxLedger(path: test.home.sandboxPath)
    #expect(ledger.charges["\(id)#1", default: 0] == (state == .charged ? 1 : 0))
    #expect(Set(stripe.sends.map(\.idempotencyKey)).count == 1)
    #expect(Set(stripe.sends.map(\.body)).count == 1)
  }

  @Test(arguments: [
    ("cus_plain", JobState.charged), ("cus_decline_expired_card_1", .declined),
    ("cus_authentication_required_1", .declined), ("cus_processing_1", .processing),
    ("cus_error_500_charged_1", .charged), ("cus_lost_answer_1", .charged),
  ])
  func `charges go the same way as intents`(account: String, state: JobState) throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let job = PlannedJob.sample(
      1, account, operation: .chargesCreate, paymentMethod: nil)
    let id = try test.plan([job], under: .sample(operation: .chargesCreate))

    try test.run(id, over: stripe)

    #expect(try test.states(id) == [state])
  }

  @Test func `the customer's default payment method is read first and fixed in the body`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan([.sample(1, "cus_rate_limit_1", paymentMethod: nil)])

    try test.run(id, over: stripe)

    let body = String(decoding: try #require(stripe.sends.first).body, as: UTF8.self)
    #expect(body.contains("payment_method=pm_sandbox_cus_rate_limit_1"))
    #expect(stripe.questions.filter { $0 == .customer("cus_rate_limit_1") }.count == 1)
    #expect(stripe.sends.count == 2)
    #expect(stripe.sends[0].body == stripe.sends[1].body)
  }

  @Test(arguments: [
    ("cus_no_payment_method_1", SkipReason.noPaymentMethod),
    ("cus_missing_1", SkipReason.noSuchCustomer),
  ])
  func `an account that cannot be charged is skipped with the reason`(
    account: String, reason: SkipReason
  ) throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan([.sample(1, account, paymentMethod: nil), .sample(2, "cus_b")])

    try test.run(id, over: stripe)

    let job = try test.queue.job(JobID(batch: id, number: 1))
    #expect(job.state == .skipped)
    #expect(job.skipReason == reason)
    #expect(try test.states(id) == [.skipped, .charged])
  }

  @Test func `a 500 that did not charge is unknown, keeps its hold and needs a person`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan([.sample(1, "cus_error_500_1"), .sample(2, "cus_b")])

    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.unknown, .queued])
    #expect(try test.queue.batch(id).halt?.reason == .unsettled)
    #expect(try test.budget(of: id).held == 100)
    #expect(stripe.sends.count == 2)
    #expect(try test.queue.summary(of: id).exit == .needsPerson)
  }

  @Test func `an unknown job does not keep the rest from being charged by the next run`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan([.sample(1, "cus_error_500_1"), .sample(2, "cus_b")])
    try test.run(id, over: stripe)

    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.unknown, .charged])
    #expect(try test.queue.batch(id).state == .finished)
    #expect(try test.queue.summary(of: id).exit == .needsPerson)
  }

  @Test func `settle charges a processing job once Stripe has finished it`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan([.sample(1, "cus_processing_1"), .sample(2, "cus_processing_fails_1")])
    try test.run(id, over: stripe)
    #expect(try test.states(id) == [.processing, .processing])

    try test.settle(id, over: stripe)

    #expect(try test.states(id) == [.charged, .declined])
    #expect(try test.budget(of: id).spent == 100)
    #expect(try test.budget(of: id).held == 0)
  }

  @Test func `declines in a row halt the batch, and a run by name goes on`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let rule = HaltRule(declinedInARow: 2, rejectedInARow: 3, unreachableInARow: 5)
    let jobs = (1...5).map { PlannedJob.sample($0, "cus_decline_lost_card_\($0)") }
    let id = try test.plan(jobs, under: .sample(halt: rule))

    try test.run(id, over: stripe)
    #expect(try test.queue.batch(id).halt?.reason == .declinedInARow)
    #expect(stripe.sends.count == 2)
    try test.run(id, over: stripe)

    #expect(stripe.sends.count == 4)
  }

  @Test func `rejections in a row halt the batch`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let jobs = (1...5).map { PlannedJob.sample($0, "cus_missing_\($0)") }
    let id = try test.plan(jobs)

    try test.run(id, over: stripe)

    #expect(try test.queue.batch(id).halt?.reason == .rejectedInARow)
    #expect(stripe.sends.count == 3)
  }

  @Test func `a Stripe that cannot be reached halts after several tries, nothing held`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2))
    stripe.onSend = { _ in .instead(.neverSent("refused")) }

    try test.run(id, over: stripe)

    #expect(try test.queue.batch(id).halt?.reason == .unreachable)
    #expect(try test.states(id) == [.queued, .queued])
    #expect(stripe.sends.count == 5)
    #expect(try test.budget(of: id).held == 0)
    #expect(test.clock.slept > .seconds(2))
  }

  @Test(arguments: [401, 403])
  func `a key that Stripe does not take halts the batch, nothing held`(status: Int) throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2))
    stripe.onSend = { _ in
      .instead(TestStripe.answer(status, type: "invalid_request_error", at: test.clock))
    }

    try test.run(id, over: stripe)

    #expect(try test.queue.batch(id).halt?.reason == .credentials)
    #expect(try test.states(id) == [.queued, .queued])
    #expect(try test.budget(of: id).held == 0)
  }

  @Test(arguments: [302, 418, 200])
  func `an answer that fits no row leaves the job in doubt and halts`(status: Int) throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2))
    let body = status == 200 ? "{\"id\":\"pi_1\",\"object\":\"payment_intent\"}" : "moved"
    stripe.onSend = { _ in
      .instead(
        .answer(
          Answer(
            status: status, headers: ["date": test.clock.now().httpDate], body: Array(body.utf8))))
    }

    try test.run(id, over: stripe)

    let halt = try test.queue.batch(id).halt
    #expect(halt?.reason == (status == 200 ? .unsettled : .unexpectedAnswer))
    #expect(try test.states(id) == [status == 200 ? .unknown : .inDoubt, .queued])
    #expect(try test.budget(of: id).held == 100)
    #expect(try test.queue.summary(of: id).exit == .needsPerson)
  }
}
