import Domain
import Stripe
import Testing

struct CancelTests {
  private func cancel(_ connection: ScriptedConnection) -> Finding {
    Settler(attempt(send: 2), mode: .test, over: connection).cancel(paymentIntent: "pi_1")
  }

  @Test func `a canceled intent is declined, with the bank's codes`() {
    let error = #"{"code": "card_declined", "decline_code": "lost_card", "message": "no"}"#
    let connection = ScriptedConnection(
      answer(200, intent("canceled", ["last_payment_error": error]), ["request-id": "req_1"]))

    let reason = Reason(
      "no", code: "card_declined", declineCode: "lost_card", object: "pi_1", requestID: "req_1")
    #expect(cancel(connection) == .settled(.declined(reason)))
    #expect(connection.asked == [.cancel(paymentIntent: "pi_1")])
  }

  @Test func `an intent that succeeded before it could be cancelled is charged`() {
    let refused = answer(400, error("invalid_request_error", #", "payment_intent": "pi_1""#))
    let connection = ScriptedConnection(refused, answer(200, intent("succeeded")))

    #expect(cancel(connection) == .settled(.charged(object: "pi_1", amountMinor: 300)))
    #expect(connection.asked == [.cancel(paymentIntent: "pi_1"), .paymentIntent("pi_1")])
  }

  @Test(arguments: [Reply.lost("reset"), .neverSent("refused"), answer(500, ""), answer(200, "{")])
  func `when the cancel is not answered the intent itself decides`(reply: Reply) {
    let connection = ScriptedConnection(reply, answer(200, intent("processing")))

    #expect(cancel(connection) == .settled(.processing(object: "pi_1")))
  }

  @Test(arguments: [
    answer(200, intent("requires_action")), answer(401, error("x")), .lost("reset"),
    answer(500, ""), answer(200, "{"),
  ])
  func `an intent that is still open or not told about is asked for later`(reply: Reply) {
    #expect(cancel(ScriptedConnection(reply, reply)).isFailed)
  }

  @Test(arguments: [
    answer(200, intent("succeeded", ["amount": "1"])),
    answer(200, intent("canceled", ["id": #""pi_2""#])),
    answer(404, error("invalid_request_error")),
  ])
  func `nothing is concluded from an intent that is another or not there`(reply: Reply) {
    #expect(cancel(ScriptedConnection(reply, reply)).isOdd)
  }
}

struct LookUpTests {
  private func lookUp(
    _ connection: ScriptedConnection, _ operation: Operation = .chargesCreate,
    object: String? = nil
  ) -> Finding {
    Settler(attempt(operation, send: 2), mode: .test, over: connection).lookUp(object: object)
  }

  private let other = charge(
    "succeeded", ["id": #""ch_2""#, "metadata": #"{"sluice_job": "x#1"}"#])

  @Test func `the one match of every page decides`() {
    let connection = ScriptedConnection(
      answer(200, list([other], more: true)), answer(200, list([charge("succeeded")])))

    #expect(lookUp(connection) == .settled(.charged(object: "ch_1", amountMinor: 300)))
    let since = Timestamp(milliseconds: 1_795_341_000_000)
    #expect(
      connection.asked == [
        .list(.charges(customer: "cus_1"), since: since, after: nil),
        .list(.charges(customer: "cus_1"), since: since, after: "ch_2"),
      ])
  }

  @Test func `the status of the one match decides`() {
    #expect(
      lookUp(ScriptedConnection(answer(200, list([charge("pending")]))))
        == .settled(.processing(object: "ch_1")))
    let failed = lookUp(ScriptedConnection(answer(200, list([charge("failed")]))))
    guard case .settled(.declined) = failed else {
      Issue.record("a failed charge is declined, not \(failed)")
      return
    }
  }

  @Test func `a match that someone could still confirm is cancelled first`() {
    let connection = ScriptedConnection(
      answer(200, list([intent("requires_action")])), answer(200, intent("succeeded")))

    #expect(
      lookUp(connection, .paymentIntentsCreate)
        == .settled(.charged(object: "pi_1", amountMinor: 300)))
    #expect(connection.asked.last == .cancel(paymentIntent: "pi_1"))
  }

  @Test func `nothing found is absent, never declined`() {
    #expect(lookUp(ScriptedConnection(answer(200, list([])))) == .absent)
    #expect(lookUp(ScriptedConnection(answer(200, list([other])))) == .absent)
    let dearer = charge("succeeded", ["amount": "301"])
    #expect(lookUp(ScriptedConnection(answer(200, list([dearer])))) == .absent)
  }

  @Test func `two matches are several, whatever their status`() {
    let twice = [charge("failed"), charge("succeeded", ["id": #""ch_3""#])]

    #expect(lookUp(ScriptedConnection(answer(200, list(twice)))) == .several)
  }

  @Test(arguments: [
    .lost("reset"), .neverSent("refused"), answer(401, error("x")), answer(429, error("x")),
    answer(200, "{"), answer(200, "{}"), answer(200, list([], more: true)), answer(500, ""),
  ])
  func `what is not told is asked again later`(reply: Reply) {
    #expect(lookUp(ScriptedConnection(reply)).isFailed)
  }

  @Test(arguments: [
    answer(200, list([charge("succeeded", ["livemode": "true"])])),
    answer(400, error("invalid_request_error")), answer(302, ""),
  ])
  func `what will never be told otherwise is odd, and proves nothing`(reply: Reply) {
    #expect(lookUp(ScriptedConnection(reply)).isOdd)
  }

  @Test func `a second page that fails fails the whole look-up`() {
    let connection = ScriptedConnection(
      answer(200, list([charge("succeeded")], more: true)), .lost("reset"))

    #expect(lookUp(connection).isFailed)
  }

  @Test func `a list without an end is given up`() {
    let connection = EndlessConnection(answer(200, list([other], more: true)))

    #expect(Settler(attempt(.chargesCreate), mode: .test, over: connection).lookUp().isFailed)
    #expect(connection.count == 100)
  }

  @Test func `an object of a known id is read and must match`() {
    #expect(
      lookUp(ScriptedConnection(answer(200, charge("succeeded"))), object: "ch_1")
        == .settled(.charged(object: "ch_1", amountMinor: 300)))
    #expect(lookUp(ScriptedConnection(answer(200, other)), object: "ch_2") == .absent)
    let missing = answer(404, error("invalid_request_error", code: "resource_missing"))
    let found = ScriptedConnection(missing, answer(200, list([charge("succeeded")])))
    #expect(
      lookUp(found, object: "ch_9") == .settled(.charged(object: "ch_1", amountMinor: 300)))
    let gone = ScriptedConnection(missing, answer(200, list([])))
    #expect(lookUp(gone, object: "ch_9") == .absent)
    #expect(lookUp(ScriptedConnection(answer(404, "<html>")), object: "ch_1").isOdd)
    #expect(lookUp(ScriptedConnection(.lost("reset")), object: "ch_1").isFailed)
  }
}
