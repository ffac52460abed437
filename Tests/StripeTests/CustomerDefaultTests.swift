import Stripe
import Testing

struct CustomerDefaultTests {
  private func read(_ reply: Reply) -> CustomerDefault {
    CustomerDefault.read("cus_1", over: ScriptedConnection(reply))
  }

  private func customer(_ members: String) -> Reply {
    answer(200, #"{"id": "cus_1", "object": "customer"\#(members)}"#)
  }

  @Test func `the invoice default comes before the default source`() {
    let settings = #", "invoice_settings": {"default_payment_method": "pm_1"}"#
    let whole = #", "invoice_settings": {"default_payment_method": {"id": "pm_2"}}"#
    let none = #", "invoice_settings": {"default_payment_method": null}"#
    let source = #", "default_source": "card_1""#

    #expect(read(customer(settings + source)) == .paymentMethod("pm_1"))
    #expect(read(customer(whole)) == .paymentMethod("pm_2"))
    #expect(read(customer(none + source)) == .paymentMethod("card_1"))
    #expect(read(customer(none)) == .none)
    #expect(read(customer("")) == .none)
  }

  @Test func `a customer that is deleted or unknown is no customer`() {
    #expect(read(customer(#", "deleted": true"#)) == .noSuchCustomer)
    #expect(read(answer(404, error("invalid_request_error"))) == .noSuchCustomer)
  }

  @Test func `what is refused or not told is said as it is`() {
    #expect(read(answer(401, error("x"))) == .credentials(Reason("no")))
    #expect(read(answer(403, error("x"))) == .credentials(Reason("no")))
    #expect(
      read(answer(429, error("x"), ["retry-after": "3"])) == .rateLimited(retryAfterSeconds: 3))
    #expect(read(.lost("reset")) == .unreachable(Reason("reset")))
    #expect(read(.neverSent("refused")) == .unreachable(Reason("refused")))
    for reply in [answer(200, "{"), answer(404, "<html>"), answer(503, ""), answer(200, "{}")] {
      guard case .unreachable = read(reply) else {
        Issue.record("\(reply)")
        continue
      }
    }
  }
}
