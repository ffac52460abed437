import Domain
import JSON
import Journal
import Queue
import Sandbox
import Stripe
import Support
import Testing

/// Refunds of what the sandbox charged, made by a worker as any others.
struct SandboxRefundTests {
  private let test: TestHome
  private let stripe: TestStripe

  init() throws {
    test = try TestHome()
    stripe = try TestStripe(test)
  }

  /// Charges an account ten dollars, and returns what Stripe calls it.
  private func charge(
    _ account: String, _ operation: Operation = .paymentIntentsCreate
  ) throws -> String {
    let job = PlannedJob.sample(
      1, account, 1000, operation: operation, reference: "charge",
      paymentMethod: operation == .chargesCreate ? nil : "pm_card")
    let id = try test.plan([job], under: .sample("charges", operation: operation))
    try test.run(id, over: stripe)
    try test.settle(id, over: stripe)
    return try #require(try test.queue.job(JobID(batch: id, number: 1)).details.object)
  }

  private func refund(_ account: String, _ object: String, _ amounts: Int64...) throws -> BatchID {
    let jobs = amounts.enumerated().map { index, amount in
      PlannedJob.sample(
        index + 1, account, amount, operation: .refundsCreate, paymentMethod: nil, charge: object)
    }
    let id = try test.plan(jobs, under: .sample("refunds", operation: .refundsCreate))
    try test.run(id, over: stripe)
    return id
  }

  private var ledger: SandboxLedger {
    get throws { try SandboxLedger(path: test.home.sandboxPath) }
  }

  @Test(arguments: [Operation.paymentIntentsCreate, .chargesCreate])
  func `a charge is refunded in parts, never above what is left`(operation: Operation) throws {
    let object = try charge("cus_a", operation)

    let id = try refund("cus_a", object, 300, 800, 700)

    #expect(try test.states(id) == [.charged, .skipped, .charged])
    #expect(try ledger.refunds == ["\(id)#1": 1, "\(id)#3": 1])
    #expect(try ledger.refunded == 1000)
    let read: Question =
      operation == .chargesCreate ? .charge(object) : .latestCharge(paymentIntent: object)
    let now = try #require(answerBody(stripe.ask(read)))
    #expect((now["latest_charge"] ?? now)["amount_refunded"]?.integer == 1000)
  }

  @Test func `a refund of more than is left is refused, whatever was read`() throws {
    let object = try charge("cus_a", .chargesCreate)
    let untouched = stripe.ask(.charge(object))
    _ = try refund("cus_a", object, 600)
    stripe.onQuestion = { $0 == .charge(object) ? untouched : nil }

    let id = try test.plan(
      [
        .sample(
          1, "cus_a", 500, operation: .refundsCreate, reference: "again", paymentMethod: nil,
          charge: object)
      ], under: .sample("refunds", operation: .refundsCreate))
    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.rejected])
    let details = try test.queue.job(JobID(batch: id, number: 1)).details
    #expect(details.code == "charge_already_refunded")
    #expect(try ledger.refunded == 600)
  }

  @Test func `refunds are listed by what they are of, newest first, with their metadata`() throws {
    let object = try charge("cus_a", .chargesCreate)
    let other = try charge("cus_b")
    let id = try refund("cus_a", object, 100, 200)
    _ = try refund("cus_b", other, 300)

    let since = Timestamp(milliseconds: 0)
    let page = try #require(
      answerBody(stripe.ask(.list(.refunds(.charge(object)), since: since, after: nil))))
    let first = try #require(page["data"]?.array?.first)
    let rest = answerBody(
      stripe.ask(
        .list(.refunds(.charge(object)), since: since, after: first["id"]?.string)))

    #expect(page["data"]?.array?.compactMap { $0["amount"]?.integer } == [200, 100])
    #expect(first["metadata"]?["sluice_job"]?.string == "\(id)#2")
    #expect(first["metadata"]?["plan"]?.string == "gold")
    #expect(rest?["data"]?.array?.compactMap { $0["amount"]?.integer } == [100])
  }

  @Test func `a refund whose answer is lost is asked again and made once`() throws {
    let object = try charge("cus_lost_answer_1")
    let sent = stripe.sends.count

    let id = try refund("cus_lost_answer_1", object, 400)

    #expect(stripe.sends.count == sent + 2)
    #expect(try test.states(id) == [.charged])
    #expect(try ledger.refunds == ["\(id)#1": 1])
  }

  @Test func `a refund behind a 500 is found by a look-up`() throws {
    let object = try charge("cus_error_500_charged_1")

    let id = try refund("cus_error_500_charged_1", object, 400)

    #expect(try test.states(id) == [.charged])
    #expect(try ledger.refunds == ["\(id)#1": 1])
  }

  @Test func `a refund that is pending is done once it is looked up`() throws {
    let object = try charge("cus_processing_1")

    let id = try refund("cus_processing_1", object, 400)
    #expect(try test.states(id) == [.processing])
    try test.settle(id, over: stripe)

    #expect(try test.states(id) == [.charged])
    #expect(try ledger.refunded == 400)
  }

  @Test func `what was declined or never made is not refunded`() throws {
    let declined = try charge("cus_decline_lost_card", .chargesCreate)

    let first = try refund("cus_decline_lost_card", declined, 100)
    let second = try refund("cus_a", "ch_sandbox_99", 100)

    #expect(try test.states(first) == [.skipped])
    #expect(try test.states(second) == [.skipped])
    #expect(try ledger.refunds == [:])
  }
}
