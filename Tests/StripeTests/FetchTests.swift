import Domain
import Stripe
import Testing

/// Looking up what an invoice or a refund came to.
struct InvoiceLookUpTests {
  private func lookUp(_ reply: Reply, object: String? = nil) -> Finding {
    Settler(attempt(.invoicesPay, send: 2), mode: .test, over: ScriptedConnection(reply))
      .lookUp(object: object)
  }

  @Test func `a paid invoice is charged, and the finding says that the payer is not proven`() {
    let expected = Finding.settled(
      .charged(object: "in_1", amountMinor: 300, caveat: .payerNotProven))

    #expect(lookUp(answer(200, invoice("paid"))) == expected)
    #expect(lookUp(answer(200, invoice("paid")), object: "in_1") == expected)
    #expect(Reason.payerNotProven.code == "payer_not_proven")
  }

  @Test(arguments: ["open", "void", "uncollectible", "draft"])
  func `an invoice that is not paid proves nothing`(status: String) {
    #expect(lookUp(answer(200, invoice(status))) == .absent)
  }

  @Test(arguments: [
    ["amount_paid": "0"], ["customer": #""cus_2""#], ["currency": #""eur""#],
    ["paid_out_of_band": "true"], ["id": #""in_2""#],
  ])
  func `a paid invoice that is another proves nothing`(change: [String: String]) {
    #expect(lookUp(answer(200, invoice("paid", change))) == .absent)
  }

  @Test func `an invoice paid with another amount is told with what was paid`() {
    let reply = answer(200, invoice("paid", ["amount_paid": "299"]))

    #expect(
      lookUp(reply)
        == .settled(.charged(object: "in_1", amountMinor: 299, caveat: .payerNotProven)))
  }

  @Test func `the invoice itself is read, never a list`() {
    let connection = ScriptedConnection(answer(404, error("invalid_request_error")))
    let finding = Settler(attempt(.invoicesPay), mode: .test, over: connection).lookUp()

    #expect(finding == .odd(Reason("no")))
    #expect(connection.asked == [.invoice("in_1")])
    #expect(lookUp(.lost("reset")).isFailed)
    #expect(lookUp(answer(429, error("x"))).isFailed)
  }
}

struct RefundLookUpTests {
  private func lookUp(
    _ connection: ScriptedConnection, charge: String = "ch_9", object: String? = nil
  ) -> Finding {
    Settler(attempt(.refundsCreate, send: 2, charge: charge), mode: .test, over: connection)
      .lookUp(object: object)
  }

  @Test func `a refund is searched for among those of its charge`() {
    let since = Timestamp(milliseconds: 1_795_341_000_000)
    let ofCharge = ScriptedConnection(answer(200, list([refund("succeeded")])))
    let ofIntent = ScriptedConnection(answer(200, list([refund("pending")])))

    #expect(lookUp(ofCharge) == .settled(.charged(object: "re_1", amountMinor: 300)))
    #expect(lookUp(ofIntent, charge: "pi_9") == .settled(.processing(object: "re_1")))
    #expect(ofCharge.asked == [.list(.refunds(.charge("ch_9")), since: since, after: nil)])
    #expect(
      ofIntent.asked == [.list(.refunds(.paymentIntent("pi_9")), since: since, after: nil)])
  }

  @Test func `only the refund of this very job counts`() {
    let other = refund(
      "succeeded", ["id": #""re_2""#, "metadata": #"{"sluice_job": "overdue-20261122-7k2m#1"}"#])
    let twice = [refund("succeeded"), refund("failed", ["id": #""re_3""#])]

    #expect(lookUp(ScriptedConnection(answer(200, list([other])))) == .absent)
    #expect(
      lookUp(ScriptedConnection(answer(200, list([other, refund("succeeded")]))))
        == .settled(.charged(object: "re_1", amountMinor: 300)))
    #expect(lookUp(ScriptedConnection(answer(200, list(twice)))) == .several)
  }

  @Test func `a refund of a known id is read`() {
    let connection = ScriptedConnection(answer(200, refund("succeeded")))

    #expect(
      lookUp(connection, object: "re_1") == .settled(.charged(object: "re_1", amountMinor: 300)))
    #expect(connection.asked == [.refund("re_1")])
  }
}

/// Fetching exactly the object that a person names.
struct FetchTests {
  private func fetch(
    _ id: String, _ operation: Operation, _ connection: ScriptedConnection
  ) -> Finding {
    Settler(attempt(operation, send: 2), mode: .test, over: connection).fetch(id)
  }

  private func fetch(_ id: String, _ operation: Operation, _ object: String) -> Finding {
    fetch(id, operation, ScriptedConnection(answer(200, object)))
  }

  @Test func `what matches and moved money is proof`() {
    #expect(
      fetch("pi_1", .paymentIntentsCreate, intent("succeeded"))
        == .settled(.charged(object: "pi_1", amountMinor: 300)))
    #expect(
      fetch("ch_1", .chargesCreate, charge("succeeded"))
        == .settled(.charged(object: "ch_1", amountMinor: 300)))
    #expect(
      fetch("re_1", .refundsCreate, refund("succeeded"))
        == .settled(.charged(object: "re_1", amountMinor: 300)))
    #expect(
      fetch("in_1", .invoicesPay, invoice("paid"))
        == .settled(.charged(object: "in_1", amountMinor: 300, caveat: .payerNotProven)))
  }

  @Test func `processing and declined are told as they are`() {
    #expect(
      fetch("ch_1", .chargesCreate, charge("pending")) == .settled(.processing(object: "ch_1")))
    guard
      case .settled(.declined) = fetch("pi_1", .paymentIntentsCreate, intent("canceled"))
    else {
      Issue.record("a canceled intent is declined")
      return
    }
  }

  @Test(arguments: [
    (Operation.paymentIntentsCreate, "ch_1", "payment_intent"),
    (.chargesCreate, "pi_1", "charge"), (.invoicesPay, "pi_1", "invoice"),
    (.refundsCreate, "ch_9", "refund"),
  ])
  func `an id of another kind is refused before Stripe is asked`(
    operation: Operation, id: String, kind: String
  ) {
    let connection = ScriptedConnection()

    #expect(
      fetch(id, operation, connection).oddity
        == "\(id) is no \(kind), which \(job) makes")
    #expect(connection.asked == [])
  }

  @Test func `an id that Stripe does not know is said so, and nothing else is looked for`() {
    let connection = ScriptedConnection(
      answer(404, error("invalid_request_error")), answer(200, list([charge("succeeded")])))

    #expect(
      fetch("ch_7", .chargesCreate, connection).oddity == "Stripe knows no such object: ch_7")
    #expect(connection.asked == [.charge("ch_7")])
  }

  @Test(arguments: [
    (charge("succeeded", ["amount": "301"]), "another amount"),
    (charge("succeeded", ["currency": #""eur""#]), "another currency"),
    (charge("succeeded", ["customer": #""cus_2""#]), "another customer"),
    (charge("succeeded", ["metadata": "{}"]), "another job"),
    (charge("succeeded", ["object": #""payment_intent""#]), "another object"),
  ])
  func `what does not match says in what it differs`(object: String, difference: String) {
    #expect(
      fetch("ch_1", .chargesCreate, object).oddity == "ch_1 is not of \(job): it has \(difference)")
  }

  @Test func `an invoice or a refund that does not match says in what it differs`() {
    #expect(
      fetch("in_2", .invoicesPay, invoice("paid", ["id": #""in_2""#])).oddity
        == "in_2 is not of \(job): it has another invoice")
    #expect(
      fetch("in_1", .invoicesPay, invoice("paid", ["amount_paid": "0"])).oddity
        == "in_1 is not of \(job): it has no amount that was paid")
    #expect(
      fetch("re_1", .refundsCreate, refund("succeeded", ["charge": #""ch_8""#])).oddity
        == "re_1 is not of \(job): it has another charge")
  }

  @Test func `an answer about another object proves nothing`() {
    #expect(
      fetch("ch_2", .chargesCreate, charge("succeeded")).oddity
        == "Stripe's answer is another object than ch_2")
  }

  @Test func `what took no money is no proof, and an open intent is not cancelled for it`() {
    let connection = ScriptedConnection(answer(200, intent("requires_action")))

    #expect(
      fetch("pi_1", .paymentIntentsCreate, connection).oddity
        == "pi_1 waits for its customer, so nothing is charged")
    #expect(connection.asked == [.paymentIntent("pi_1")])
    #expect(
      fetch("in_1", .invoicesPay, invoice("open")).oddity == "in_1 is open, so it is not paid")
  }

  @Test(arguments: [.lost("reset"), .neverSent("refused"), answer(500, ""), answer(200, "{")])
  func `what Stripe does not tell is asked again later`(reply: Reply) {
    #expect(fetch("ch_1", .chargesCreate, ScriptedConnection(reply)).isFailed)
  }
}
