internal import CCurl

/// Form bodies and queries: `application/x-www-form-urlencoded`.
package enum HTTPForm {
  /// The pairs in their order, every name and value escaped.
  package static func encode(_ pairs: [(name: String, value: String)]) -> String {
    pairs.map { escape($0.name) + "=" + escape($0.value) }.joined(separator: "&")
  }

  /// A text of which only letters, digits, `-`, `.`, `_` and `~` stand for themselves.
  package static func escape(_ text: String) -> String {
    if text.utf8.allSatisfy(isUnreserved) { return text }
    guard let escaped = curl_easy_escape(nil, text, Int32(text.utf8.count)) else {
      preconditionFailure("out of memory")
    }
    defer { curl_free(escaped) }
    return String(cString: escaped)
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      true
    default: false
    }
  }
}

/// Dates as HTTP writes them: "Sun, 22 Nov 2026 10:00:00 GMT".
package enum HTTPDate {
  /// Milliseconds since the Unix epoch, or nil when the text is no such date.
  package static func milliseconds(_ text: String) -> Int64? {
    guard text.hasSuffix(" GMT") else { return nil }
    let seconds = curl_getdate(text, nil)
    return seconds < 0 ? nil : Int64(seconds) * 1000
  }
}
