import Domain
import Stripe
import Testing

/// The table of outcomes where the paying of an invoice differs, or must not.
struct InvoiceVerdictTests {
  @Test func `a 200 that is paid is charged, and our own answer proves who paid`() {
    let expected = Verdict.charged(object: "in_1", amountMinor: 300, caveat: nil)

    #expect(verdicts(answer(200, invoice("paid")), .invoicesPay) == [expected, expected])
    let older = invoice("paid", ["status": "null", "paid": "true"])
    #expect(verdicts(answer(200, older), .invoicesPay) == [expected, expected])
  }

  @Test func `a 200 that is still open is processing`() {
    #expect(
      verdicts(answer(200, invoice("open")), .invoicesPay)
        == [.processing(object: "in_1"), .processing(object: "in_1")])
  }

  @Test(arguments: [
    ["amount_paid": "0"], ["amount_paid": "-1"], ["amount_paid": "null"],
    ["amount_paid": #""300""#], ["currency": #""eur""#], ["customer": #""cus_2""#],
    ["customer": "null"], ["id": #""in_2""#], ["id": "null"], ["object": #""charge""#],
    ["paid_out_of_band": "true"],
  ])
  func `a 200 that is not the invoice as it was held is looked up`(change: [String: String]) {
    #expect(
      names(answer(200, invoice("paid", change)), .invoicesPay) == ["lookUp", "lookUp"])
  }

  @Test(arguments: [299, 301] as [Int64])
  func `a 200 with another amount is charged with what was paid`(paid: Int64) {
    let reply = answer(200, invoice("paid", ["amount_paid": "\(paid)"]))

    #expect(
      verdicts(reply, .invoicesPay)
        == [
          .charged(object: "in_1", amountMinor: paid), .charged(object: "in_1", amountMinor: paid),
        ])
  }

  @Test(arguments: ["draft", "void", "uncollectible"])
  func `a 200 of an invoice that cannot be paid is looked up`(status: String) {
    #expect(names(answer(200, invoice(status)), .invoicesPay) == ["lookUp", "lookUp"])
  }

  @Test func `a 200 of the wrong mode or of no known status halts the batch`() {
    let expected = ["halt unexpected_answer", "halt unexpected_answer"]

    #expect(
      names(answer(200, invoice("paid", ["livemode": "true"])), .invoicesPay) == expected)
    #expect(names(answer(200, invoice("new_status")), .invoicesPay) == expected)
    #expect(names(answer(200, invoice("paid", ["status": "null"])), .invoicesPay) == expected)
  }

  @Test func `a decline is final at once, although it names the invoice's intent`() {
    let members = #", "decline_code": "lost_card", "payment_intent": {"id": "pi_7"}"#
    let declined = answer(402, error("card_error", code: "card_declined", members))
    let reason = Reason("no", code: "card_declined", declineCode: "lost_card", object: "pi_7")

    #expect(verdicts(declined, .invoicesPay) == [.declined(reason), .declined(reason)])
    let wantsCustomer = error(
      "invalid_request_error", code: "invoice_payment_intent_requires_action",
      #", "payment_intent": "pi_7""#)
    #expect(names(answer(402, wantsCustomer), .invoicesPay) == ["declined", "declined"])
  }

  @Test func `a 402 that is not Stripe's decline halts the batch`() {
    let expected = ["halt unexpected_answer", "halt unexpected_answer"]

    #expect(names(answer(402, error("invalid_request_error")), .invoicesPay) == expected)
    #expect(names(answer(402, "{}"), .invoicesPay) == expected)
  }

  @Test(arguments: [400, 404])
  func `an invoice that was paid already is rejected first and looked up on a re-send`(
    status: Int
  ) {
    let plain = error("invalid_request_error")
    let naming = error("invalid_request_error", #", "payment_intent": "pi_7""#)

    #expect(names(answer(status, plain), .invoicesPay) == ["rejected", "lookUp"])
    #expect(names(answer(status, naming), .invoicesPay) == ["rejected", "lookUp"])
  }
}

/// The table of outcomes for refunds.
struct RefundVerdictTests {
  private func ofIntent(_ reply: Reply) -> [Verdict] {
    [1, 2].map {
      Verdict.of(reply, to: attempt(.refundsCreate, send: $0, charge: "pi_9"), mode: .test)
    }
  }

  @Test func `a 200 that succeeded means that the money went back`() {
    let expected = Verdict.charged(object: "re_1", amountMinor: 300)

    #expect(verdicts(answer(200, refund("succeeded")), .refundsCreate) == [expected, expected])
    #expect(ofIntent(answer(200, refund("succeeded"))) == [expected, expected])
  }

  @Test(arguments: ["pending", "requires_action"])
  func `a refund that is on its way is processing`(status: String) {
    #expect(
      verdicts(answer(200, refund(status)), .refundsCreate)
        == [.processing(object: "re_1"), .processing(object: "re_1")])
  }

  @Test(arguments: ["failed", "canceled"])
  func `a refund that did not go through is declined, with Stripe's reason`(status: String) {
    let failed = refund(status, ["failure_reason": #""expired_or_canceled_card""#])
    let reason = Reason(
      "the refund re_1 did not go through", code: "expired_or_canceled_card", object: "re_1")

    #expect(
      verdicts(answer(200, failed), .refundsCreate) == [.declined(reason), .declined(reason)])
  }

  @Test(arguments: [
    ["amount": "301"], ["amount": "null"], ["currency": #""eur""#], ["charge": #""ch_8""#],
    ["charge": "null"], ["metadata": "{}"], ["id": "null"], ["object": #""charge""#],
    ["metadata": #"{"sluice_job": "overdue-20261122-7k2m#1"}"#],
  ])
  func `a 200 that is not the refund that was asked for is looked up`(change: [String: String]) {
    #expect(
      names(answer(200, refund("succeeded", change)), .refundsCreate) == ["lookUp", "lookUp"])
  }

  @Test func `a refund of an intent is told by the intent, whatever its charge`() {
    let otherCharge = refund("succeeded", ["charge": #""ch_8""#])
    let otherIntent = refund("succeeded", ["payment_intent": #""pi_8""#])

    #expect(ofIntent(answer(200, otherCharge)).map(\.name) == ["charged", "charged"])
    #expect(ofIntent(answer(200, otherIntent)).map(\.name) == ["lookUp", "lookUp"])
  }

  @Test func `a refund of the wrong mode or of no known status halts the batch`() {
    let expected = ["halt unexpected_answer", "halt unexpected_answer"]

    #expect(
      names(answer(200, refund("succeeded", ["livemode": "true"])), .refundsCreate) == expected)
    #expect(names(answer(200, refund("new_status")), .refundsCreate) == expected)
  }

  @Test(arguments: [400, 404])
  func `a charge refunded already is rejected first and looked up on a re-send`(status: Int) {
    let plain = error("invalid_request_error", code: "charge_already_refunded")
    let naming = error("invalid_request_error", code: "x", #", "payment_intent": "pi_9""#)

    #expect(names(answer(status, plain), .refundsCreate) == ["rejected", "lookUp"])
    #expect(names(answer(status, naming), .refundsCreate) == ["rejected", "lookUp"])
  }

  @Test func `a 402 that names the refunded intent never cancels it`() {
    let body = error("card_error", code: "card_declined", #", "payment_intent": "pi_9""#)

    #expect(names(answer(402, body), .refundsCreate) == ["declined", "declined"])
  }
}

/// What says nothing about the operation means the same for every one.
struct EveryOperationVerdictTests {
  @Test(arguments: Operation.allCases)
  func `every operation shares the rest of the table`(operation: Operation) {
    let unexpected = ["halt unexpected_answer", "halt unexpected_answer"]
    let invalid = error("invalid_request_error")
    for (reply, expected) in [
      (answer(200, "{"), ["sendAgain", "sendAgain"]), (answer(200, "{}"), ["lookUp", "lookUp"]),
      (
        answer(400, error("idempotency_error")),
        ["lookUp, halt integrity", "lookUp, halt integrity"]
      ),
      (answer(401, invalid), ["notExecuted credentials", "halt credentials"]),
      (answer(403, invalid), ["notExecuted credentials", "halt credentials"]),
      (answer(403, "Forbidden"), unexpected), (answer(409, invalid), ["sendAgain", "sendAgain"]),
      (
        answer(429, error("invalid_request_error", code: "rate_limit")),
        ["notExecuted rate", "sendAgain"]
      ),
      (answer(429, invalid), unexpected),
      (answer(500, error("api_error")), ["serverError", "serverError"]),
      (answer(503, ""), ["sendAgain", "sendAgain"]), (answer(302, ""), unexpected),
      (.neverSent("refused"), ["notExecuted unreachable", "sendAgain"]),
      (.lost("reset"), ["sendAgain", "sendAgain"]),
    ] {
      #expect(names(reply, operation) == expected, "\(reply)")
    }
  }
}
