import HTTP
import Support

/// Options with which a test does not wait long.
let quick: HTTPOptions = {
  var options = HTTPOptions()
  options.connectTimeoutMilliseconds = 500
  options.totalTimeoutMilliseconds = 1500
  options.allowsPlainHTTP = true
  return options
}()

/// A charge of one dollar.
func post(_ server: StripeServer) -> HTTPRequest {
  HTTPRequest(
    method: .post, url: server.url + "/v1/charges",
    headers: [
      ("Authorization", "Bearer rk_test_1"), ("Idempotency-Key", "key"),
      ("Content-Type", "application/x-www-form-urlencoded"),
    ], body: Array("amount=100&currency=usd&customer=cus_1".utf8))
}

/// A look at a customer.
func get(_ server: StripeServer) -> HTTPRequest {
  HTTPRequest(
    method: .get, url: server.url + "/v1/customers/cus_1",
    headers: [("Authorization", "Bearer rk_test_1")])
}

extension HTTPResult {
  var response: HTTPResponse? {
    if case .response(let response) = self { response } else { nil }
  }

  var reason: String? {
    switch self {
    case .response: nil
    case .neverSent(let reason), .lost(let reason): reason
    }
  }

  var isNeverSent: Bool {
    if case .neverSent = self { true } else { false }
  }

  var isLost: Bool {
    if case .lost = self { true } else { false }
  }
}

extension HTTPResponse {
  var text: String { String(decoding: body, as: UTF8.self) }
}
