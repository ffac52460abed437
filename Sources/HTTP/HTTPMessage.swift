/// What is asked: Stripe's API needs no other method.
package enum HTTPMethod: String, Sendable {
  case get = "GET"
  case post = "POST"
}

/// One request, complete before anything is sent.
package struct HTTPRequest: Sendable {
  package let method: HTTPMethod
  /// Absolute, query included.
  package let url: String
  /// Sent in this order; a value may be a secret, so it is never shown.
  package let headers: [(name: String, value: String)]
  /// What a POST carries; a GET has none.
  package let body: [UInt8]?

  /// A request of exactly these parts.
  package init(
    method: HTTPMethod, url: String, headers: [(name: String, value: String)], body: [UInt8]? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }

  /// Why it must not be sent, or nil.
  ///
  /// libcurl sends a POST without a body again by itself when a kept connection fails, so there is
  /// no such POST.
  var problem: String? {
    switch (method, body) {
    case (.get, .some): return "a GET with a body"
    case (.post, .none): return "a POST without a body"
    case (.post, .some(let body)) where body.isEmpty: return "a POST with an empty body"
    case (.get, .none), (.post, .some): break
    }
    guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return "a URL that is not ASCII" }
    for header in headers {
      guard !header.name.isEmpty, header.name.utf8.allSatisfy(Self.isToken), !header.value.isEmpty,
        header.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
      else { return "a header that cannot be sent" }
    }
    return nil
  }

  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

extension HTTPRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Method and URL; the headers may hold a secret.
  package var description: String { "\(method.rawValue) \(url)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// An answer as it came; whether it is complete is for its reader to judge.
///
/// A connection that is cut in the headers, or in a body without a length, looks just like this.
package struct HTTPResponse: Equatable, Sendable {
  package let status: Int
  /// By lower-case name; the first of a name counts.
  package let headers: [String: String]
  package let body: [UInt8]

  /// An answer of exactly these parts.
  package init(status: Int, headers: [String: String], body: [UInt8]) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// What became of a request.
package enum HTTPResult: Equatable, Sendable {
  /// An answer came.
  case response(HTTPResponse)
  /// It is certain that not one byte of the request went out.
  case neverSent(String)
  /// The request may have been executed; the answer is not known.
  case lost(String)
}
