internal import CCurl

/// How long to wait, how much to take and whom to trust.
package struct HTTPOptions: Sendable {
  package var connectTimeoutMilliseconds = 10_000
  package var totalTimeoutMilliseconds = 85_000
  package var maximumHeaderBytes = 64 << 10
  package var maximumBodyBytes = 4 << 20
  /// Whether http is spoken beside https: only ever to a server on this machine.
  package var allowsPlainHTTP = false
  /// The only certificates to trust, in PEM, instead of the system's.
  package var authorityFile: String?

  /// The options for Stripe itself.
  package init() {}
}

/// A client that sends one request at a time and never sends one twice.
///
/// It keeps its connection open between requests. The first client of a process makes the process
/// ignore SIGPIPE.
package final class HTTPClient {
  private let options: HTTPOptions
  private let curl: CurlHandle?
  private let setUpError: CurlError?

  /// A client with these options; one that cannot be set up sends nothing.
  package init(_ options: HTTPOptions = HTTPOptions()) {
    self.options = options
    curl = CurlHandle()
    do {
      try curl?.setUp(options)
      setUpError = nil
    } catch {
      setUpError = error
    }
  }

  /// Sends a request and waits for what becomes of it.
  package func perform(_ request: HTTPRequest) -> HTTPResult {
    guard let curl else { return .neverSent("libcurl could not be started") }
    if let setUpError { return .neverSent(setUpError.message) }
    if let problem = request.problem { return .neverSent("not sent: " + problem) }
    let exchange = HTTPExchange(
      outgoing: request.body ?? [], maximumHeaderBytes: options.maximumHeaderBytes,
      maximumBodyBytes: options.maximumBodyBytes)
    do {
      try curl.prepare(request, exchange)
    } catch {
      return .neverSent(error.message)
    }
    let code = withExtendedLifetime(exchange) { curl.perform() }
    return result(of: code, exchange, curl)
  }

  /// Tells apart what was answered, what was never sent and what nobody knows.
  ///
  /// libcurl's error code cannot: 28 is a connection that timed out as well as an answer that did.
  private func result(
    of code: CURLcode, _ exchange: HTTPExchange, _ curl: CurlHandle
  ) -> HTTPResult {
    let status = curl.status
    if code == CURLE_OK, status >= 200 {
      return .response(
        HTTPResponse(status: status, headers: exchange.headers, body: exchange.body))
    }
    let reason = exchange.refusal ?? curl.reason(code)
    return exchange.bodyWasTaken || curl.mayHaveSent ? .lost(reason) : .neverSent(reason)
  }
}
