package import Domain
internal import HTTP
internal import JSON

/// What came back from Stripe, before anyone says what it means.
package enum Reply: Equatable, Sendable {
  case answer(Answer)
  /// It is certain that nothing went out; the text says why.
  case neverSent(String)
  /// The request may have been executed and the answer is not known; the text says why.
  case lost(String)
}

/// An HTTP answer from Stripe, or from something that stands in front of it.
package struct Answer: Equatable, Sendable {
  package let status: Int
  /// By lower-case name.
  package let headers: [String: String]
  package let body: [UInt8]

  /// An answer of exactly these parts; header names are in lower case.
  package init(status: Int, headers: [String: String], body: [UInt8]) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// Stripe's time when it answered.
  package var date: Timestamp? {
    headers["date"].flatMap(HTTPDate.milliseconds).map(Timestamp.init(milliseconds:))
  }

  /// Stripe's name for the request (`req_...`), to ask its support about.
  package var requestID: String? { headers["request-id"] }

  /// Whether Stripe gave the saved answer of an earlier send.
  package var isReplay: Bool { headers["idempotent-replayed"] == "true" }

  /// Stripe's own advice whether to send the same request again.
  package var shouldRetry: Bool? { headers["stripe-should-retry"].flatMap(Bool.init) }

  /// How long Stripe asks to wait, at most an hour.
  package var retryAfterSeconds: Int? {
    headers["retry-after"].flatMap { Int($0) }.map { min(max($0, 0), 3600) }
  }

  /// The body, or nil when it is not one complete JSON value.
  var json: JSONNode? { try? JSONReader.read(body) }
}
