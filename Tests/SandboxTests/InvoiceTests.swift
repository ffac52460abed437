import Domain
import JSON
import Journal
import Queue
import Sandbox
import Stripe
import Support
import Testing

/// The invoices that have a behaviour of their own.
let invoiceNames = [
  "paid_meanwhile", "void_meanwhile", "changed_meanwhile", "lost_answer", "decline",
]

/// The sandbox's invoices, paid by a worker as any others.
struct SandboxInvoiceTests {
  private let test: TestHome
  private let stripe: TestStripe

  init() throws {
    test = try TestHome()
    stripe = try TestStripe(test)
  }

  /// What the list says about the invoices that were due so many days ago.
  private func listed(_ days: Int64 = 15) throws -> [JSONNode] {
    let due = test.clock.now() + .days(-days)
    let page = answerBody(stripe.ask(.overdueInvoices(dueBefore: due, after: nil)))
    return try #require(page?["data"]?.array)
  }

  /// A job that pays a listed invoice just as the list shows it.
  private func job(_ number: Int, _ id: String) throws -> PlannedJob {
    let invoice = try #require(try listed(0).first { $0["id"]?.string == id })
    let code = try #require(invoice["currency"]?.string)
    return .sample(
      number, try #require(invoice["customer"]?.string),
      try #require(invoice["amount_remaining"]?.integer),
      currency: try #require(Currency(code)), operation: .invoicesPay, paymentMethod: nil,
      invoice: id)
  }

  private func run(_ ids: String...) throws -> BatchID {
    let jobs = try ids.enumerated().map { try job($0.offset + 1, $0.element) }
    let id = try test.plan(jobs, under: .sample(operation: .invoicesPay))
    try test.run(id, over: stripe)
    return id
  }

  private func details(_ id: BatchID, _ number: Int = 1) throws -> SettlementDetails {
    try test.queue.job(JobID(batch: id, number: number)).details
  }

  private var paid: [String: Int64] {
    get throws { try SandboxLedger(path: test.home.sandboxPath).invoices }
  }

  @Test func `most invoices are over 15 days past due, in three currencies`() throws {
    let all = try listed(0)
    let currencies = all.compactMap { $0["currency"]?.string }

    #expect(all.count == 24)
    #expect(try listed().count == 21)
    #expect(Set(all.compactMap { $0["id"]?.string }).count == 24)
    #expect(currencies.filter { $0 == "eur" }.count == 2)
    #expect(currencies.filter { $0 == "jpy" }.count == 1)
    #expect(currencies.filter { $0 == "usd" }.count == 21)
  }

  @Test func `a list goes on after an invoice with nothing, for all fit on one page`() throws {
    let due = test.clock.now()
    let rest = answerBody(stripe.ask(.overdueInvoices(dueBefore: due, after: "in_sandbox_01")))
    let missing = stripe.ask(.overdueInvoices(dueBefore: due, after: "in_other"))

    #expect(rest?["data"]?.array?.isEmpty == true)
    #expect(rest?["has_more"]?.bool == false)
    #expect(answerBody(missing)?["error"]?["code"]?.string == "resource_missing")
  }

  @Test func `an invoice that is paid is listed no more, and is read as paid`() throws {
    let id = try run("in_sandbox_01")

    #expect(try test.states(id) == [.charged])
    #expect(try paid == ["in_sandbox_01": 1900])
    #expect(try listed().contains { $0["id"]?.string == "in_sandbox_01" } == false)
    let read = answerBody(stripe.ask(.invoice("in_sandbox_01")))
    #expect(read?["status"]?.string == "paid")
    #expect(read?["amount_paid"]?.integer == 1900)
    #expect(read?["amount_remaining"]?.integer == 0)
  }

  @Test func `what a turn did to an invoice is seen before it is paid`() throws {
    let id = try run(
      "in_sandbox_paid_meanwhile", "in_sandbox_void_meanwhile", "in_sandbox_changed_meanwhile")

    #expect(try test.states(id) == [.skipped, .skipped, .skipped])
    #expect(stripe.sends.isEmpty)
    #expect(try paid == [:])
  }

  @Test func `an invoice that is paid already cannot be paid again`() throws {
    let paying = try job(1, "in_sandbox_01")
    let open = stripe.ask(.invoice("in_sandbox_01"))
    _ = try run("in_sandbox_01")
    let again = try test.plan(
      [
        .sample(
          1, paying.account, 1900, operation: .invoicesPay, reference: "again",
          paymentMethod: nil, invoice: "in_sandbox_01")
      ], under: .sample(operation: .invoicesPay))
    stripe.onQuestion = { $0 == .invoice("in_sandbox_01") ? open : nil }

    try test.run(again, over: stripe)

    #expect(try test.states(again) == [.rejected])
    #expect(try details(again).message == "Invoice is already paid")
    #expect(try paid == ["in_sandbox_01": 1900])
  }

  @Test func `an invoice whose answer is lost is asked again and paid once`() throws {
    let id = try run("in_sandbox_lost_answer")

    #expect(stripe.sends.count == 2)
    #expect(try test.states(id) == [.charged])
    #expect(try details(id).code == nil)
    #expect(try paid == ["in_sandbox_lost_answer": 4900])
  }

  @Test func `an invoice that is declined stays open`() throws {
    let id = try run("in_sandbox_decline")

    #expect(try test.states(id) == [.declined])
    #expect(try details(id).declineCode == "insufficient_funds")
    #expect(try listed().contains { $0["id"]?.string == "in_sandbox_decline" })
    #expect(try paid == [:])
  }

  @Test func `a customer's behaviour holds for their invoices`() throws {
    let id = try run("in_sandbox_13", "in_sandbox_14", "in_sandbox_15", "in_sandbox_16")

    #expect(try test.states(id) == [.declined, .declined, .charged, .processing])
    #expect(try details(id, 1).declineCode == "expired_card")
    #expect(try details(id, 2).code == "invoice_payment_intent_requires_action")
    #expect(try paid == ["in_sandbox_15": 1900])
  }

  @Test func `a payment that was processing is paid once it is looked up`() throws {
    let id = try run("in_sandbox_16")

    try test.settle(id, over: stripe)

    #expect(try test.states(id) == [.charged])
    #expect(try details(id).code == "payer_not_proven")
    #expect(try paid == ["in_sandbox_16": 2900])
  }

  @Test func `an invoice that nobody made is not there`() throws {
    let read = answerBody(stripe.ask(.invoice("in_other")))

    #expect(read?["error"]?["code"]?.string == "resource_missing")
  }
}
