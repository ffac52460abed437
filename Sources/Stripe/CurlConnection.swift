package import Domain
internal import HTTP
package import Vault

/// Stripe over the network.
package struct CurlConnection: StripeConnection {
  private let client: HTTPClient
  private let url: StripeURL
  private let key: StripeKey
  private let stripeAccount: String?
  private let userAgent: String

  /// How long to wait for the connection, and for the whole answer.
  package struct Timeouts: Equatable, Sendable {
    package var connect: Milliseconds
    package var total: Milliseconds

    /// Waits of these lengths; the usual ones are longer than Stripe's own.
    package init(connect: Milliseconds = .seconds(10), total: Milliseconds = .seconds(85)) {
      self.connect = connect
      self.total = total
    }
  }

  /// A connection to `url` with `key`; `authorityFile` is the only authority to trust, when given.
  package init(
    url: StripeURL, key: StripeKey, stripeAccount: String?, programVersion: String,
    timeouts: Timeouts = Timeouts(), authorityFile: String? = nil
  ) {
    var options = HTTPOptions()
    options.connectTimeoutMilliseconds = Int(timeouts.connect.count)
    options.totalTimeoutMilliseconds = Int(timeouts.total.count)
    options.allowsPlainHTTP = url.isPlainHTTP
    options.authorityFile = authorityFile
    client = HTTPClient(options)
    self.url = url
    self.key = key
    self.stripeAccount = stripeAccount
    userAgent = "sluice/" + programVersion
  }

  package func send(_ permit: consuming Permit) -> Reply {
    let attempt = permit.attempt
    return exchange(
      .post, StripeRequest.path(of: attempt.movement), body: attempt.body,
      version: attempt.apiVersion, account: attempt.stripeAccount,
      idempotencyKey: attempt.idempotencyKey)
  }

  package func ask(_ question: Question) -> Reply {
    let query = question.query.isEmpty ? "" : "?" + question.query
    let method: HTTPMethod =
      switch question.method {
      case .get: .get
      case .post: .post
      }
    return exchange(
      method, question.path + query, body: question.body, version: StripeAPI.version,
      account: stripeAccount, idempotencyKey: nil)
  }

  private func exchange(
    _ method: HTTPMethod, _ target: String, body: [UInt8]?, version: String, account: String?,
    idempotencyKey: String?
  ) -> Reply {
    var headers = [
      (name: "Authorization", value: "Bearer " + key.secret),
      (name: "Stripe-Version", value: version),
      (name: "User-Agent", value: userAgent),
    ]
    if let account { headers.append((name: "Stripe-Account", value: account)) }
    if let idempotencyKey { headers.append((name: "Idempotency-Key", value: idempotencyKey)) }
    if body != nil {
      headers.append((name: "Content-Type", value: "application/x-www-form-urlencoded"))
    }
    let request = HTTPRequest(method: method, url: url.text + target, headers: headers, body: body)
    return switch client.perform(request) {
    case .response(let response):
      .answer(
        Answer(status: response.status, headers: response.headers, body: response.body))
    case .neverSent(let why): .neverSent(why)
    case .lost(let why): .lost(why)
    }
  }
}
