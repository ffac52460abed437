import Domain
import Stripe
import Support
import Testing

struct CurlConnectionTests {
  let server: StripeServer
  let connection: CurlConnection

  init() throws {
    server = try StripeServer()
    connection = try CurlConnectionTests.connection(to: server)
  }

  private static func connection(
    to server: StripeServer, key: String = "rk_test_1aB"
  ) throws -> CurlConnection {
    CurlConnection(
      url: try StripeURL(server.url, mode: .test),
      key: try StripeKey(key, mode: .test, source: "the test"), stripeAccount: "acct_1",
      programVersion: "1.2.3",
      timeouts: .init(connect: .seconds(1), total: .seconds(2)))
  }

  private func answer(_ question: Question) throws -> Answer {
    guard case .answer(let answer) = connection.ask(question) else {
      throw TestServerError(message: "no answer to \(question)")
    }
    return answer
  }

  @Test func `a question carries the key, the version and the connected account`() throws {
    let answer = try answer(.time)

    #expect(answer.status == 200)
    #expect(answer.date != nil)
    #expect(answer.requestID == "req_1")
    let request = try #require(server.requests().first)
    #expect(request.method + " " + request.path == "GET /v1/customers?limit=1")
    #expect(request.headers["authorization"] == "Bearer rk_test_1aB")
    #expect(request.headers["stripe-version"] == "2026-10-28.endive")
    #expect(request.headers["stripe-account"] == "acct_1")
    #expect(request.headers["user-agent"] == "sluice/1.2.3")
    #expect(request.headers["idempotency-key"] == nil)
  }

  @Test func `a customer's default payment method is read`() throws {
    func read(_ account: String, _ connection: CurlConnection) -> Readiness {
      let movement = Movement(
        operation: .paymentIntentsCreate, account: account, amount: threeDollars)
      return Readiness.read(planned(movement), over: connection)
    }

    #expect(read("cus_1", connection) == .ready(paymentMethod: "pm_of_cus_1"))
    guard case .skip(.noPaymentMethod, _) = read("cus_none_1", connection),
      case .skip(.noSuchCustomer, _) = read("cus_missing_1", connection),
      case .credentials = read("cus_1", try Self.connection(to: server, key: "rk_test_bad_1"))
    else {
      Issue.record("a customer who cannot be charged is not ready")
      return
    }
  }

  @Test func `invoices are read one by one and as the lines of a plan`() throws {
    try server.add(
      invoices: #"""
        [{"id": "in_1", "customer": "cus_1", "amount": 300},
         {"id": "in_2", "customer": "cus_2", "amount": 500, "due_date": 99999999999}]
        """#)
    let clock = TestClock()
    var overdue = OverdueInvoices(
      overdueDays: 15, now: clock.now(), over: connection, clock: clock)

    let lines = String(decoding: try overdue.next(), as: UTF8.self)

    #expect(lines.contains("in_1") && !lines.contains("in_2"))
    #expect(try overdue.next().isEmpty)
    #expect(
      Readiness.read(planned(movement(.invoicesPay)), over: connection)
        == .ready(paymentMethod: nil))
  }

  @Test func `a cancel is a POST with a body`() throws {
    #expect(try answer(.cancel(paymentIntent: "pi_1")).status == 404)

    let request = try #require(server.requests().first)
    #expect(request.method + " " + request.path == "POST /v1/payment_intents/pi_1/cancel")
    #expect(request.body == "cancellation_reason=abandoned")
    #expect(request.headers["content-type"] == "application/x-www-form-urlencoded")
  }

  @Test func `a list is asked for by customer and time`() throws {
    let since = Timestamp(milliseconds: 1_795_341_000_000)

    let answer = try answer(.list(.charges(customer: "cus_1"), since: since, after: nil))

    #expect(answer.status == 200)
    #expect(
      try server.requests().first?.path
        == "/v1/charges?customer=cus_1&created%5Bgte%5D=1795341000&limit=100")
  }

  @Test func `what goes wrong on the way is told apart`() throws {
    try server.script(fault: "reset")
    guard case .lost = connection.ask(.cancel(paymentIntent: "pi_1")) else {
      Issue.record("a reset answer is lost")
      return
    }
    server.stop()
    _ = connection.ask(.time)
    guard case .neverSent(let why) = connection.ask(.time) else {
      Issue.record("a refused connection sent nothing")
      return
    }
    #expect(!why.contains("1aB"))
  }
}
