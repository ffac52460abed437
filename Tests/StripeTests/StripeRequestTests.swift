import Domain
import Stripe
import Testing

struct StripeRequestTests {
  private func body(
    _ movement: Movement, method: String? = nil, description: String? = "Overdue & co",
    customerDefault: String? = nil
  ) -> String {
    let job = planned(
      movement, method: method, description: description,
      metadata: [MetadataEntry(key: "plan", value: "a/b")])
    let body = StripeRequest.body(
      of: job, batch: BatchID("overdue-20261122-7k2m"), paymentMethod: customerDefault)
    return String(decoding: body, as: UTF8.self)
  }

  private let metadata =
    "metadata%5Bplan%5D=a%2Fb&metadata%5Bsluice_batch%5D=overdue-20261122-7k2m"
    + "&metadata%5Bsluice_job%5D=overdue-20261122-7k2m%2312"

  @Test func `a payment intent is confirmed at once, off session`() {
    #expect(
      body(movement(.paymentIntentsCreate), method: "pm_1")
        == "amount=300&currency=usd&customer=cus_1&payment_method=pm_1&confirm=true"
        + "&off_session=true&error_on_requires_action=true&payment_method_types%5B%5D=card"
        + "&description=Overdue%20%26%20co&" + metadata)
    #expect(StripeRequest.path(of: movement(.paymentIntentsCreate)) == "/v1/payment_intents")
  }

  @Test func `the approved payment method comes before the customer's default`() {
    #expect(
      body(movement(.paymentIntentsCreate), method: "pm_1", customerDefault: "pm_2").contains(
        "=pm_1&"))
    #expect(body(movement(.paymentIntentsCreate), customerDefault: "pm_2").contains("=pm_2&"))
  }

  @Test func `a charge carries its account and never a payment method`() {
    #expect(
      body(movement(.chargesCreate), description: nil, customerDefault: "card_1")
        == "amount=300&currency=usd&customer=cus_1&" + metadata)
    #expect(StripeRequest.path(of: movement(.chargesCreate)) == "/v1/charges")
  }

  @Test func `the paying of an invoice says neither amount nor metadata, and is never empty`() {
    #expect(body(movement(.invoicesPay)) == "off_session=true")
    #expect(
      body(movement(.invoicesPay), method: "pm_1") == "off_session=true&payment_method=pm_1")
    #expect(StripeRequest.path(of: movement(.invoicesPay)) == "/v1/invoices/in_1/pay")
    let odd = Movement(
      operation: .invoicesPay, account: "cus_1", amount: threeDollars, invoice: "in_1/../a?b")
    #expect(StripeRequest.path(of: odd) == "/v1/invoices/in_1%2F..%2Fa%3Fb/pay")
  }

  @Test func `a refund names what is refunded by its kind, and carries our name`() {
    #expect(body(movement(.refundsCreate)) == "charge=ch_9&amount=300&" + metadata)
    #expect(
      body(movement(.refundsCreate, charge: "pi_9")) == "payment_intent=pi_9&amount=300&" + metadata
    )
    #expect(StripeRequest.path(of: movement(.refundsCreate)) == "/v1/refunds")
  }

  @Test func `a question says its method, path, query and body`() {
    let since = Timestamp(milliseconds: 1_795_341_000_999)
    let page = Question.list(
      .paymentIntents(customer: "cus_1"), since: since, after: "pi_1")

    #expect(page.method == .get)
    #expect(page.path == "/v1/payment_intents")
    #expect(
      page.query
        == "customer=cus_1&created%5Bgte%5D=1795341000&limit=100&starting_after=pi_1")
    #expect(Question.time.path + "?" + Question.time.query == "/v1/customers?limit=1")
    #expect(Question.customer("a/b?c").path == "/v1/customers/a%2Fb%3Fc")
    #expect(Question.charge("ch_1").path == "/v1/charges/ch_1")
    let cancel = Question.cancel(paymentIntent: "pi_1")
    #expect(cancel.method == .post)
    #expect(cancel.path == "/v1/payment_intents/pi_1/cancel")
    #expect(cancel.body == Array("cancellation_reason=abandoned".utf8))
  }

  @Test func `a question about an invoice or a refund says its path and query`() {
    let since = Timestamp(milliseconds: 1_795_341_000_999)
    func target(_ question: Question) -> String {
      question.path + (question.query.isEmpty ? "" : "?" + question.query)
    }

    #expect(target(.invoice("in/1")) == "/v1/invoices/in%2F1")
    #expect(target(.refund("re/1")) == "/v1/refunds/re%2F1")
    #expect(
      target(.latestCharge(paymentIntent: "pi/1"))
        == "/v1/payment_intents/pi%2F1?expand%5B%5D=latest_charge")
    #expect(
      target(.list(.refunds(.charge("ch_1")), since: since, after: nil))
        == "/v1/refunds?charge=ch_1&created%5Bgte%5D=1795341000&limit=100")
    #expect(
      target(.list(.refunds(.paymentIntent("pi_1")), since: since, after: "re_1"))
        == "/v1/refunds?payment_intent=pi_1&created%5Bgte%5D=1795341000&limit=100"
        + "&starting_after=re_1")
    #expect(
      target(.overdueInvoices(dueBefore: since, after: "in_1"))
        == "/v1/invoices?status=open&due_date%5Blte%5D=1795341000&limit=100&starting_after=in_1")
    #expect(Question.invoice("in_1").method == .get && Question.invoice("in_1").body == nil)
  }

  @Test func `an answer knows its date, its request and Stripe's advice`() {
    let headers = [
      "date": "Sun, 22 Nov 2026 10:00:00 GMT", "request-id": "req_1",
      "idempotent-replayed": "true", "stripe-should-retry": "false", "retry-after": "99999",
    ]
    let full = Answer(status: 200, headers: headers, body: [])
    let bare = Answer(status: 200, headers: [:], body: [])

    #expect(full.date == Timestamp(milliseconds: 1_795_341_600_000))
    #expect(full.requestID == "req_1")
    #expect(full.isReplay)
    #expect(full.shouldRetry == false)
    #expect(full.retryAfterSeconds == 3600)
    #expect(bare.date == nil && bare.requestID == nil && !bare.isReplay)
    #expect(bare.shouldRetry == nil && bare.retryAfterSeconds == nil)
  }

  @Test func `Stripe's words are cleaned of keys, of escapes and of length`() {
    let reason = Reason(
      "Invalid API Key: rk_test_51abcDEF! \u{1B}[2J" + String(repeating: "x", count: 900),
      code: "a\nb")

    #expect(reason.message.hasPrefix(#"Invalid API Key: rk_test_...! \u{1b}[2J"#))
    #expect(reason.message.count == 500)
    #expect(reason.code == #"a\u{a}b"#)
  }

  @Test(arguments: [
    "key_rk_live_51abcDEF", "Nosk_test_51abcDEF", "é\u{600}rk_live_51abcDEF\u{20D0}",
    "a rk_live_51abcDEF,rk_live_51abcDEF",
  ])
  func `a key is cut wherever it begins`(text: String) {
    #expect(!Reason(text).message.contains("51abcDEF"))
  }
}
