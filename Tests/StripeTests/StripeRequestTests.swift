import Domain
import Stripe
import Testing

struct StripeRequestTests {
  private func body(
    _ operation: Operation, method: String? = nil, description: String? = "Overdue & co",
    customerDefault: String? = nil
  ) -> String {
    let planned = PlannedJob(
      number: 12, line: 13, account: "cus_1", amount: threeDollars, operation: operation,
      reference: "in_1", description: description, paymentMethod: method, reason: "never sent",
      metadata: [MetadataEntry(key: "plan", value: "a/b")])
    return String(
      decoding: StripeRequest.body(of: planned, batch: job.batch, paymentMethod: customerDefault),
      as: UTF8.self)
  }

  private let metadata =
    "metadata%5Bplan%5D=a%2Fb&metadata%5Bsluice_batch%5D=overdue-20261122-7k2m"
    + "&metadata%5Bsluice_job%5D=overdue-20261122-7k2m%2312"

  @Test func `a payment intent is confirmed at once, off session`() {
    #expect(
      body(.paymentIntentsCreate, method: "pm_1")
        == "amount=300&currency=usd&customer=cus_1&payment_method=pm_1&confirm=true"
        + "&off_session=true&error_on_requires_action=true&payment_method_types%5B%5D=card"
        + "&description=Overdue%20%26%20co&" + metadata)
    #expect(StripeRequest.path(of: .paymentIntentsCreate) == "/v1/payment_intents")
  }

  @Test func `the approved payment method comes before the customer's default`() {
    #expect(
      body(.paymentIntentsCreate, method: "pm_1", customerDefault: "pm_2").contains("=pm_1&"))
    #expect(body(.paymentIntentsCreate, customerDefault: "pm_2").contains("=pm_2&"))
  }

  @Test func `a charge carries its account and, if named, its source`() {
    #expect(
      body(.chargesCreate, description: nil)
        == "amount=300&currency=usd&customer=cus_1&" + metadata)
    #expect(
      body(.chargesCreate, method: "card_1", description: nil)
        == "amount=300&currency=usd&customer=cus_1&source=card_1&" + metadata)
    #expect(StripeRequest.path(of: .chargesCreate) == "/v1/charges")
  }

  @Test func `a question says its method, path, query and body`() {
    let since = Timestamp(milliseconds: 1_795_341_000_999)
    let page = Question.list(.paymentIntentsCreate, customer: "cus_1", since: since, after: "pi_1")

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
}
