import Domain
import Stripe
import Testing

/// The table of outcomes, row by row: to a first send, and to a re-send.
struct VerdictTests {
  @Test func `a 200 that matches and succeeded is charged with what moved`() {
    for verdict in verdicts(answer(200, intent("succeeded", ["amount_received": "299"]))) {
      #expect(verdict == .charged(object: "pi_1", amountMinor: 299))
    }
    for verdict in verdicts(answer(200, charge("succeeded")), .chargesCreate) {
      #expect(verdict == .charged(object: "ch_1", amountMinor: 300))
    }
  }

  @Test func `a replay is judged by its own body`() {
    let replayed = ["idempotent-replayed": "true"]

    #expect(
      names(answer(200, intent("succeeded"), replayed)) == ["charged", "charged"])
    #expect(
      names(answer(200, intent("succeeded", ["amount": "400"]), replayed))
        == ["lookUp", "lookUp"])
  }

  @Test func `a customer that is given whole is the same customer`() {
    let whole = intent("succeeded", ["customer": #"{"id": "cus_1", "object": "customer"}"#])

    #expect(names(answer(200, whole)) == ["charged", "charged"])
  }

  @Test func `processing and pending are not final`() {
    #expect(
      verdicts(answer(200, intent("processing")))
        == [.processing(object: "pi_1"), .processing(object: "pi_1")])
    #expect(
      verdicts(answer(200, charge("pending")), .chargesCreate)
        == [.processing(object: "ch_1"), .processing(object: "ch_1")])
  }

  @Test(arguments: [
    "requires_action", "requires_capture", "requires_payment_method", "requires_confirmation",
  ])
  func `an intent that someone could still confirm is cancelled`(status: String) {
    #expect(names(answer(200, intent(status))) == ["cancel pi_1", "cancel pi_1"])
  }

  @Test func `a 200 that is canceled or failed is declined`() {
    #expect(names(answer(200, intent("canceled"))) == ["declined", "declined"])
    #expect(names(answer(200, charge("failed")), .chargesCreate) == ["declined", "declined"])
  }

  @Test(arguments: [
    ["amount": "301"], ["currency": #""eur""#], ["customer": #""cus_2""#], ["customer": "null"],
    ["metadata": "{}"], ["metadata": #"{"sluice_job": "overdue-20261122-7k2m#1"}"#],
    ["object": #""charge""#], ["id": "null"], ["id": #""pi_1/../x""#], ["amount": #""300""#],
    ["amount": "300.0"],
  ])
  func `a 200 that is not what was asked for is looked up`(change: [String: String]) {
    #expect(names(answer(200, intent("succeeded", change))) == ["lookUp", "lookUp"])
  }

  @Test func `a 200 of the wrong mode halts the batch`() {
    let live = answer(200, intent("succeeded", ["livemode": "true"]))
    let test = answer(200, intent("succeeded"))
    let expected = ["halt unexpected_answer", "halt unexpected_answer"]

    #expect(names(live, mode: .test) == expected)
    #expect(names(live, mode: .sandbox) == expected)
    #expect(names(test, mode: .live) == expected)
    #expect(names(live, mode: .live) == ["charged", "charged"])
  }

  @Test func `a 200 that succeeded without moving money halts the batch`() {
    let expected = ["halt unexpected_answer", "halt unexpected_answer"]

    #expect(names(answer(200, intent("succeeded", ["amount_received": "0"]))) == expected)
    #expect(names(answer(200, intent("succeeded", ["amount_received": "null"]))) == expected)
    for change in [["captured": "false"], ["paid": "false"], ["captured": "null"]] {
      #expect(names(answer(200, charge("succeeded", change)), .chargesCreate) == expected)
    }
    #expect(names(answer(200, intent("new_status"))) == expected)
  }

  @Test(arguments: ["", "{", #"{"id": "pi_1""#, "<html>", "{}{}"])
  func `a 200 that is cut or is not JSON is asked again`(body: String) {
    #expect(names(answer(200, body)) == ["sendAgain", "sendAgain"])
  }

  @Test func `a 200 that is JSON but no object of ours is looked up`() {
    #expect(names(answer(200, "{}")) == ["lookUp", "lookUp"])
    #expect(names(answer(200, "[]")) == ["lookUp", "lookUp"])
  }

  @Test func `a decline that names no intent is declined, its codes kept`() {
    let members = #", "decline_code": "insufficient_funds", "charge": "ch_9""#
    let body = error("card_error", code: "card_declined", members)

    for verdict in verdicts(answer(402, body, ["request-id": "req_1"]), .chargesCreate) {
      #expect(
        verdict
          == .declined(
            Reason(
              "no", code: "card_declined", declineCode: "insufficient_funds", object: "ch_9",
              requestID: "req_1")))
    }
    let untyped = error("invalid_request_error", code: "card_declined")
    #expect(names(answer(402, untyped), .chargesCreate) == ["declined", "declined"])
  }

  @Test(arguments: [400, 402])
  func `a refusal that names an intent cancels it`(status: Int) {
    let whole = error("card_error", code: "card_declined", #", "payment_intent": {"id": "pi_7"}"#)
    let byID = error("invalid_request_error", #", "payment_intent": "pi_7""#)

    #expect(names(answer(status, whole)) == ["cancel pi_7", "cancel pi_7"])
    #expect(names(answer(status, byID)) == ["cancel pi_7", "cancel pi_7"])
  }

  @Test func `a 402 of any other kind halts the batch`() {
    let expected = ["halt unexpected_answer", "halt unexpected_answer"]

    #expect(names(answer(402, error("invalid_request_error"))) == expected)
    #expect(names(answer(402, "{}")) == expected)
  }

  @Test(arguments: [400, 404])
  func `an invalid request is rejected first and looked up on a re-send`(status: Int) {
    let body = error("invalid_request_error", code: "amount_too_small")

    #expect(names(answer(status, body)) == ["rejected", "lookUp"])
    #expect(
      names(answer(status, "<html>")) == ["halt unexpected_answer", "halt unexpected_answer"])
    #expect(
      names(answer(status, error("api_error")))
        == ["halt unexpected_answer", "halt unexpected_answer"])
  }

  @Test func `a key used with other parameters is looked up and halts the batch`() {
    #expect(
      names(answer(400, error("idempotency_error")))
        == ["lookUp, halt integrity", "lookUp, halt integrity"])
  }

  @Test(arguments: [401, 403])
  func `a refused key was not executed first and halts in doubt on a re-send`(status: Int) {
    #expect(
      names(answer(status, error("invalid_request_error")))
        == ["notExecuted credentials", "halt credentials"])
    #expect(
      names(answer(status, "Forbidden")) == ["halt unexpected_answer", "halt unexpected_answer"])
  }

  @Test func `a conflict is asked again`() {
    let body = error("idempotency_error", code: "idempotency_key_in_use")

    #expect(names(answer(409, body)) == ["sendAgain", "sendAgain"])
  }

  @Test(arguments: ["rate_limit", "lock_timeout"])
  func `a rate limit was not executed first and is asked again on a re-send`(code: String) {
    let body = error("invalid_request_error", code: code)

    #expect(
      names(answer(429, body, ["retry-after": "7"])) == ["notExecuted rate 7", "sendAgain"])
    #expect(names(answer(429, body)) == ["notExecuted rate", "sendAgain"])
  }

  @Test(arguments: [
    error("invalid_request_error"), error("invalid_request_error", code: "other"),
    #"{"error": "spend cap reached", "cap_usd": 500.0}"#, "",
  ])
  func `a 429 that is not Stripe's rate limit halts the batch in doubt`(body: String) {
    #expect(
      names(answer(429, body)) == ["halt unexpected_answer", "halt unexpected_answer"])
  }

  @Test(arguments: [500, 424])
  func `a server error is sent once more and then looked up`(status: Int) {
    #expect(
      names(answer(status, error("api_error"))) == ["serverError", "serverError"])
  }

  @Test(arguments: [502, 503, 504])
  func `a gateway error is asked again`(status: Int) {
    #expect(names(answer(status, "<html>")) == ["sendAgain", "sendAgain"])
  }

  @Test(arguments: [409, 424, 500, 502, 503, 504])
  func `what Stripe advises not to retry is looked up`(status: Int) {
    #expect(
      names(answer(status, "", ["stripe-should-retry": "false"])) == ["lookUp", "lookUp"])
    #expect(
      names(answer(status, "", ["stripe-should-retry": "true"])) == names(answer(status, "")))
  }

  @Test(arguments: [100, 201, 204, 301, 302, 307, 405, 408, 413, 418, 501, 505, 520, 599, 0])
  func `every other answer halts the batch in doubt`(status: Int) {
    #expect(
      names(answer(status, intent("succeeded")))
        == ["halt unexpected_answer", "halt unexpected_answer"])
  }

  @Test func `what was never sent was not executed first and is in doubt on a re-send`() {
    #expect(names(.neverSent("refused")) == ["notExecuted unreachable", "sendAgain"])
  }

  @Test func `what was lost is asked again`() {
    #expect(names(.lost("reset")) == ["sendAgain", "sendAgain"])
  }
}
