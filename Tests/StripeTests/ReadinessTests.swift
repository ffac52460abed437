import Domain
import Stripe
import Testing

/// What is read before a claim, and what it says about a job.
struct ReadinessTests {
  @Test func `what must be read follows from the operation and what it names`() {
    #expect(
      Readiness.read(neededFor: planned(movement(.paymentIntentsCreate))) == .customersRetrieve)
    #expect(
      Readiness.read(neededFor: planned(movement(.paymentIntentsCreate), method: "pm_1")) == nil)
    #expect(Readiness.read(neededFor: planned(movement(.chargesCreate))) == nil)
    #expect(
      Readiness.read(neededFor: planned(movement(.invoicesPay), method: "pm_1"))
        == .invoicesRetrieve)
    #expect(Readiness.read(neededFor: planned(movement(.refundsCreate))) == .chargesRetrieve)
    #expect(
      Readiness.read(neededFor: planned(movement(.refundsCreate, charge: "pi_9")))
        == .paymentIntentsRetrieve)
  }

  @Test func `exactly what is needed is asked, and nothing where nothing is`() {
    func asked(_ job: PlannedJob) -> [Question] {
      let connection = ScriptedConnection()
      _ = Readiness.read(job, over: connection)
      return connection.asked
    }

    #expect(asked(planned(movement(.paymentIntentsCreate))) == [.customer("cus_1")])
    #expect(asked(planned(movement(.paymentIntentsCreate), method: "pm_1")) == [])
    #expect(asked(planned(movement(.chargesCreate))) == [])
    #expect(asked(planned(movement(.invoicesPay))) == [.invoice("in_1")])
    #expect(asked(planned(movement(.refundsCreate))) == [.charge("ch_9")])
    #expect(
      asked(planned(movement(.refundsCreate, charge: "pi_9")))
        == [.latestCharge(paymentIntent: "pi_9")])
  }

  @Test func `a job about which nothing is read is ready`() {
    #expect(
      Readiness.read(planned(movement(.chargesCreate)), over: ScriptedConnection())
        == .ready(paymentMethod: nil))
  }

  @Test(arguments: [
    movement(.paymentIntentsCreate), movement(.invoicesPay), movement(.refundsCreate),
    movement(.refundsCreate, charge: "pi_9"),
  ])
  func `what is refused or not told is said as it is`(movement: Movement) {
    func read(_ reply: Reply) -> Readiness {
      Readiness.read(planned(movement), over: ScriptedConnection(reply))
    }

    #expect(read(answer(401, error("x"))) == .credentials(Reason("no")))
    #expect(read(answer(403, error("x"))) == .credentials(Reason("no")))
    #expect(
      read(answer(429, error("x"), ["retry-after": "3"])) == .rateLimited(retryAfterSeconds: 3))
    #expect(read(.lost("reset")) == .unreachable(Reason("reset")))
    #expect(read(.neverSent("refused")) == .unreachable(Reason("refused")))
    for reply in [
      answer(200, "{"), answer(404, "<html>"), answer(503, ""), answer(200, "{}"),
      answer(200, #"{"id": "other_1", "object": "invoice", "status": "open"}"#),
    ] {
      guard case .unreachable = read(reply) else {
        Issue.record("\(reply)")
        continue
      }
    }
  }
}

struct CustomerReadinessTests {
  private func read(_ reply: Reply) -> Readiness {
    Readiness.read(planned(movement(.paymentIntentsCreate)), over: ScriptedConnection(reply))
  }

  private func customer(_ members: String) -> Reply {
    answer(200, #"{"id": "cus_1", "object": "customer"\#(members)}"#)
  }

  @Test func `the invoice default comes before the default source`() {
    let settings = #", "invoice_settings": {"default_payment_method": "pm_1"}"#
    let whole = #", "invoice_settings": {"default_payment_method": {"id": "pm_2"}}"#
    let none = #", "invoice_settings": {"default_payment_method": null}"#
    let source = #", "default_source": "card_1""#

    #expect(read(customer(settings + source)) == .ready(paymentMethod: "pm_1"))
    #expect(read(customer(whole)) == .ready(paymentMethod: "pm_2"))
    #expect(read(customer(none + source)) == .ready(paymentMethod: "card_1"))
  }

  @Test(arguments: ["", #", "invoice_settings": {"default_payment_method": null}"#])
  func `a customer without a default is skipped`(members: String) {
    #expect(
      read(customer(members))
        == .skip(.noPaymentMethod, "the customer has no default payment method"))
  }

  @Test func `a customer that is deleted or unknown is no customer`() {
    let expected = Readiness.skip(.noSuchCustomer, "Stripe knows no customer cus_1")

    #expect(read(customer(#", "deleted": true"#)) == expected)
    #expect(read(answer(404, error("invalid_request_error"))) == expected)
  }
}

struct InvoiceReadinessTests {
  private func read(_ reply: Reply) -> Readiness {
    Readiness.read(planned(movement(.invoicesPay)), over: ScriptedConnection(reply))
  }

  private func read(_ invoice: String) -> Readiness { read(answer(200, invoice)) }

  @Test func `an open invoice that is as planned is ready`() {
    #expect(read(invoice("open")) == .ready(paymentMethod: nil))
    #expect(
      read(invoice("open", ["customer": #"{"id": "cus_1"}"#])) == .ready(paymentMethod: nil))
  }

  @Test func `an invoice that is not there is skipped`() {
    let expected = Readiness.skip(.noSuchInvoice, "Stripe knows no invoice in_1")

    #expect(read(answer(404, error("invalid_request_error"))) == expected)
    #expect(read(#"{"id": "in_1", "object": "invoice", "deleted": true}"#) == expected)
  }

  @Test func `an invoice that was paid meanwhile is skipped`() {
    let expected = Readiness.skip(.invoicePaid, "in_1 is paid already; 3.00 usd was planned")

    #expect(read(invoice("paid")) == expected)
    #expect(read(invoice("paid", ["status": "null", "paid": "true"])) == expected)
  }

  @Test(arguments: ["draft", "void", "uncollectible", "new_status"])
  func `an invoice that is not open is skipped`(status: String) {
    #expect(
      read(invoice(status))
        == .skip(.invoiceNotOpen, "in_1 is \(status), not open; 3.00 usd was planned"))
  }

  @Test(arguments: [
    (["customer": #""cus_2""#], "in_1 is of cus_2, not of cus_1"),
    (["customer": "null"], "in_1 is of no customer, not of cus_1"),
    (["currency": #""eur""#], "in_1 is in eur, not in usd"),
    (["amount_remaining": "301"], "in_1 asks for 3.01 usd; 3.00 usd was planned"),
    (["amount_remaining": "299"], "in_1 asks for 2.99 usd; 3.00 usd was planned"),
    (["amount_paid": "1"], "in_1 is paid in part, by 0.01 usd; 3.00 usd was planned"),
  ])
  func `an invoice that changed is skipped, and the message says how`(
    change: [String: String], message: String
  ) {
    #expect(read(invoice("open", change)) == .skip(.invoiceChanged, message))
  }

  @Test(arguments: [
    ["amount_remaining": "null"], ["amount_paid": "null"], ["amount_remaining": "300.0"],
    ["currency": "null"], ["status": "null"], ["id": #""in_2""#], ["object": #""charge""#],
  ])
  func `an invoice that is not whole or another tells nothing`(change: [String: String]) {
    guard case .unreachable = read(invoice("open", change)) else {
      Issue.record("\(change)")
      return
    }
  }
}

struct RefundReadinessTests {
  private func read(_ reply: Reply, _ charge: String) -> Readiness {
    Readiness.read(
      planned(movement(.refundsCreate, charge: charge)), over: ScriptedConnection(reply))
  }

  private func ofCharge(_ status: String, _ changes: [String: String] = [:]) -> Readiness {
    let base = ["id": #""ch_9""#, "amount": "1000", "amount_refunded": "0", "metadata": "{}"]
    return read(answer(200, charge(status, base.merging(changes) { $1 })), "ch_9")
  }

  private func ofIntent(_ status: String, _ changes: [String: String] = [:]) -> Readiness {
    let base = [
      "id": #""pi_9""#, "amount": "1000", "amount_received": "1000",
      "latest_charge": #"{"id": "ch_9", "object": "charge", "amount_refunded": 0}"#,
    ]
    return read(answer(200, intent(status, base.merging(changes) { $1 })), "pi_9")
  }

  private let ready = Readiness.ready(paymentMethod: nil)

  @Test func `a charge of which enough is left is ready, to the last cent`() {
    #expect(ofCharge("succeeded") == ready)
    #expect(ofCharge("succeeded", ["amount_refunded": "700"]) == ready)
    #expect(ofIntent("succeeded") == ready)
    #expect(
      ofIntent("succeeded", ["latest_charge": #"{"id": "ch_9", "amount_refunded": 700}"#]) == ready)
  }

  @Test func `a charge of which too little is left is skipped`() {
    #expect(
      ofCharge("succeeded", ["amount_refunded": "701"])
        == .skip(.chargeRefunded, "2.99 usd of ch_9 is left; a refund of 3.00 usd was planned"))
    #expect(
      ofCharge("succeeded", ["amount_captured": "299"])
        == .skip(.chargeRefunded, "2.99 usd of ch_9 is left; a refund of 3.00 usd was planned"))
    #expect(
      ofIntent("succeeded", ["latest_charge": #"{"id": "ch_9", "amount_refunded": 1000}"#])
        == .skip(.chargeRefunded, "0.00 usd of pi_9 is left; a refund of 3.00 usd was planned"))
  }

  @Test func `a charge that is not there is skipped`() {
    let missing = answer(404, error("invalid_request_error"))

    #expect(read(missing, "ch_9") == .skip(.noSuchCharge, "Stripe knows no charge ch_9"))
    #expect(read(missing, "pi_9") == .skip(.noSuchCharge, "Stripe knows no payment intent pi_9"))
  }

  @Test(arguments: [
    (["customer": #""cus_2""#], "is of cus_2, not of cus_1"),
    (["customer": "null"], "is of no customer, not of cus_1"),
    (["currency": #""eur""#], "is in eur, not in usd"),
  ])
  func `a charge of another customer or currency is skipped`(
    change: [String: String], message: String
  ) {
    #expect(ofCharge("succeeded", change) == .skip(.chargeMismatch, "ch_9 " + message))
    #expect(ofIntent("succeeded", change) == .skip(.chargeMismatch, "pi_9 " + message))
  }

  @Test func `a charge that took no money is skipped`() {
    for (readiness, id, status) in [
      (ofCharge("failed"), "ch_9", "failed"), (ofCharge("pending"), "ch_9", "pending"),
      (ofCharge("succeeded", ["captured": "false"]), "ch_9", "succeeded"),
      (ofCharge("succeeded", ["paid": "false"]), "ch_9", "succeeded"),
      (ofIntent("canceled"), "pi_9", "canceled"),
      (ofIntent("requires_capture"), "pi_9", "requires_capture"),
    ] {
      #expect(
        readiness == .skip(.chargeMismatch, "\(id) took no money: its status is \(status)"))
    }
  }

  @Test func `what does not tell how much is left tells nothing`() {
    for readiness in [
      ofCharge("succeeded", ["amount_refunded": "null"]),
      ofCharge("succeeded", ["amount_refunded": "-1"]), ofCharge("succeeded", ["amount": "null"]),
      ofCharge("succeeded", ["id": #""ch_8""#]),
      ofIntent("succeeded", ["latest_charge": #""ch_9""#]),
      ofIntent("succeeded", ["amount_received": "null"]),
    ] {
      guard case .unreachable = readiness else {
        Issue.record("\(readiness)")
        continue
      }
    }
  }
}
