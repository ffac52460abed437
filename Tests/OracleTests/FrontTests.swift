import Foundation
import HTTP
import Support
import Testing

/// The layer itself: an oracle that were too kind would prove nothing.
@Suite struct FrontTests {
  private let stripe: LocalStripe
  private let front: Front
  private let wire: Wire
  private let customer: String

  init() throws {
    stripe = try LocalStripe()
    front = try Front(before: stripe)
    wire = Wire(front.url, key: "sk_test_case_1")
    customer = try stripe.makeCustomer(card: "pm_card_visa")
  }

  private func charge(_ amount: Int, under key: String?) throws -> HTTPResponse {
    try wire.send(
      ["customer": customer, "amount": "\(amount)", "currency": "usd"], to: "/v1/charges",
      under: key)
  }

  @Test func `without a key, or under two, the same request is two charges`() throws {
    let statuses = try [nil, nil, "a", "b"].map { try charge(100, under: $0).status }

    #expect(statuses == [200, 200, 200, 200])
    #expect(try stripe.charges(of: customer).count == 4)
  }

  @Test func `under one key a request is executed once, and another one is refused`() throws {
    let first = try charge(100, under: "a")
    let second = try charge(100, under: "a")
    let other = try charge(101, under: "a")

    #expect(second.body == first.body)
    #expect(second.headers["idempotent-replayed"] == "true")
    #expect(other.status == 400)
    #expect(String(decoding: other.body, as: UTF8.self).contains("idempotency_error"))
    #expect(try stripe.charges(of: customer).count == 1)
  }

  @Test func `a refusal is not kept, a 500 is`() throws {
    try Wire(front.url).post(
      "/_cases/1", json: Schedule(faults: ["2": "error"], process: ""))

    let first = [try charge(-1, under: "a"), try charge(100, under: "b")]
    let again = [try charge(100, under: "a"), try charge(100, under: "b")]

    #expect(first.map(\.status) == [400, 500])
    #expect(again.map(\.status) == [200, 500])
    #expect(try stripe.charges(of: customer).count == 1)
  }
}
