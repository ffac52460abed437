/// A base URL that a secret may be sent to: https, or http on this very machine.
package struct SecureURL: Equatable, Sendable {
  /// Without a slash at its end.
  package let text: String
  package let isPlainHTTP: Bool

  /// What is wrong with a URL, as the end of a sentence that names it.
  package struct Problem: Error, Equatable, Sendable {
    package let message: String
  }

  /// Reads a URL of scheme, plain host, port and path.
  package init(_ text: String) throws(Problem) {
    let text = text.hasSuffix("/") ? String(text.dropLast()) : text
    guard let (scheme, authority, path) = Self.parts(of: text), path.utf8.allSatisfy(Self.isPath)
    else { throw Problem(message: "is no URL of the form https://host[:port][/path]") }
    guard let host = Self.host(of: authority) else {
      throw Problem(message: "has no plain host and port")
    }
    switch scheme {
    case "https": isPlainHTTP = false
    case "http":
      guard Self.isLoopback(host) else {
        throw Problem(
          message: "may only be http on this machine, such as http://127.0.0.1:8420")
      }
      isPlainHTTP = true
    default: throw Problem(message: "must be https")
    }
    self.text = text
  }

  private static func parts(
    of text: String
  ) -> (scheme: String, authority: Substring, path: Substring)? {
    let halves = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
    guard halves.count == 2 else { return nil }
    let cut = halves[1].firstIndex(of: "/") ?? halves[1].endIndex
    return (halves[0].lowercased(), halves[1][..<cut], halves[1][cut...])
  }

  /// The host, when it is a plain name or address, with a port or without.
  private static func host(of authority: Substring) -> String? {
    let host: Substring
    let port: Substring
    if authority.hasPrefix("[") {
      guard authority.hasPrefix("[::1]") else { return nil }
      host = authority.prefix(5)
      port = authority.dropFirst(5)
    } else {
      let cut = authority.firstIndex(of: ":") ?? authority.endIndex
      host = authority[..<cut]
      port = authority[cut...]
      guard !host.isEmpty, host.utf8.allSatisfy(isHost) else { return nil }
    }
    guard port.isEmpty || isPort(port) else { return nil }
    return host.lowercased()
  }

  private static func isPort(_ text: Substring) -> Bool {
    let digits = text.dropFirst()
    guard text.first == ":", (1...5).contains(digits.utf8.count),
      digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = Int(digits)
    else { return false }
    return (1...65535).contains(number)
  }

  private static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127"
      && parts.allSatisfy { part in
        UInt8(part).map { String($0) == part } ?? false
      }
  }

  private static func isHost(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || [0x2D, 0x2E].contains(byte)
  }

  private static func isPath(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || [0x2D, 0x2E, 0x2F, 0x5F, 0x7E].contains(byte)
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}
