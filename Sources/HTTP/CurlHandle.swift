internal import CCurl

/// What libcurl would not accept; no secret is ever in it.
struct CurlError: Error {
  let message: String
}

/// One easy handle of libcurl with its error text and the headers of the request under way.
final class CurlHandle {
  private let handle: UnsafeMutableRawPointer
  private let errorText: UnsafeMutablePointer<CChar>
  private var headers: UnsafeMutablePointer<curl_slist>?

  /// libcurl wants to be started once per process, before its first handle.
  private static let started = sluice_curl_start()

  /// A handle, or nil when libcurl cannot make one.
  init?() {
    guard Self.started == CURLE_OK, let handle = curl_easy_init() else { return nil }
    self.handle = handle
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    curl_easy_cleanup(handle)
    curl_slist_free_all(headers)
    errorText.deallocate()
  }

  /// Sets what is the same for every request.
  func setUp(_ options: HTTPOptions) throws(CurlError) {
    try check(sluice_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText))
    try setUpTransport(options)
    try setUpTrust(options)
    try check(sluice_curl_set_callback(handle, CURLOPT_READFUNCTION, HTTPExchange.take))
    try check(sluice_curl_set_callback(handle, CURLOPT_HEADERFUNCTION, HTTPExchange.keepHeader))
    try check(sluice_curl_set_callback(handle, CURLOPT_WRITEFUNCTION, HTTPExchange.keepBody))
  }

  private func setUpTransport(_ options: HTTPOptions) throws(CurlError) {
    try set(CURLOPT_NOSIGNAL, 1)
    try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    try set(CURLOPT_HTTP09_ALLOWED, 0)
    try set(CURLOPT_FOLLOWLOCATION, 0)
    try set(CURLOPT_PROTOCOLS_STR, options.allowsPlainHTTP ? "http,https" : "https")
    try set(CURLOPT_REDIR_PROTOCOLS_STR, "https")
    try set(CURLOPT_DEFAULT_PROTOCOL, "https")
    try set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
    try set(CURLOPT_PATH_AS_IS, 1)
    try set(CURLOPT_PROXY, "")
    try set(CURLOPT_NOPROXY, "*")
    try set(CURLOPT_NETRC, 0)
    try set(CURLOPT_CONNECTTIMEOUT_MS, options.connectTimeoutMilliseconds)
    try set(CURLOPT_TIMEOUT_MS, options.totalTimeoutMilliseconds)
    try check(
      sluice_curl_set_large(
        handle, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(options.maximumBodyBytes)))
    // Load balancers forget idle connections after a minute; a forgotten one costs a re-send.
    try set(CURLOPT_MAXAGE_CONN, 50)
  }

  private func setUpTrust(_ options: HTTPOptions) throws(CurlError) {
    try set(CURLOPT_SSL_VERIFYPEER, 1)
    try set(CURLOPT_SSL_VERIFYHOST, 2)
    try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    guard let authorityFile = options.authorityFile else { return }
    try set(CURLOPT_CAINFO, authorityFile)
    try check(sluice_curl_set_string(handle, CURLOPT_CAPATH, nil))
  }

  /// Sets what is this request's own.
  func prepare(_ request: HTTPRequest, _ exchange: HTTPExchange) throws(CurlError) {
    errorText.pointee = 0
    try set(CURLOPT_URL, request.url)
    switch request.method {
    case .get: try set(CURLOPT_HTTPGET, 1)
    case .post:
      try set(CURLOPT_POST, 1)
      try check(
        sluice_curl_set_large(
          handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body?.count ?? 0)))
    }
    try check(sluice_curl_set_pointer(handle, CURLOPT_READDATA, exchange.context))
    try check(sluice_curl_set_pointer(handle, CURLOPT_HEADERDATA, exchange.context))
    try check(sluice_curl_set_pointer(handle, CURLOPT_WRITEDATA, exchange.context))
    try setHeaders(request.headers)
  }

  private func setHeaders(_ fields: [(name: String, value: String)]) throws(CurlError) {
    try check(sluice_curl_set_list(handle, CURLOPT_HTTPHEADER, nil))
    curl_slist_free_all(headers)
    headers = nil
    for line in fields.map({ $0.name + ": " + $0.value }) + ["Expect:"] {
      guard let longer = curl_slist_append(headers, line) else {
        throw CurlError(message: "not sent: out of memory")
      }
      headers = longer
    }
    try check(sluice_curl_set_list(handle, CURLOPT_HTTPHEADER, headers))
  }

  /// Sends what was prepared and waits for the end of it.
  func perform() -> CURLcode { curl_easy_perform(handle) }

  /// The status of the last answer, 0 when there was none.
  var status: Int { number(CURLINFO_RESPONSE_CODE) ?? 0 }

  /// Whether a byte of the request may have left; what cannot be read counts as a yes.
  var mayHaveSent: Bool {
    var microseconds: curl_off_t = 0
    let code = sluice_curl_get_large(handle, CURLINFO_PRETRANSFER_TIME_T, &microseconds)
    return code != CURLE_OK || microseconds != 0 || number(CURLINFO_REQUEST_SIZE) != 0
  }

  /// libcurl's own words for a code, in printable ASCII.
  func reason(_ code: CURLcode) -> String {
    guard code != CURLE_OK else { return "the answer has no final status" }
    let detail = String(cString: errorText)
    let text = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
    let shown = text.unicodeScalars.filter { $0.value >= 0x20 && $0.value < 0x7F }
    return String(String.UnicodeScalarView(shown)) + " (curl \(code.rawValue))"
  }

  private func number(_ info: CURLINFO) -> Int? {
    var value = 0
    guard sluice_curl_get_long(handle, info, &value) == CURLE_OK else { return nil }
    return value
  }

  private func set(_ option: CURLoption, _ value: Int) throws(CurlError) {
    try check(sluice_curl_set_long(handle, option, value))
  }

  private func set(_ option: CURLoption, _ value: String) throws(CurlError) {
    try check(sluice_curl_set_string(handle, option, value))
  }

  private func check(_ code: CURLcode) throws(CurlError) {
    guard code == CURLE_OK else {
      let text = String(cString: curl_easy_strerror(code))
      throw CurlError(message: "not sent: libcurl refused an option: " + text)
    }
  }
}
