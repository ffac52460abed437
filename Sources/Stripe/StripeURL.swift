package import Domain

/// Where Stripe's API is reached: https, or http on this very machine.
package struct StripeURL: Equatable, Sendable {
  /// Without a slash at its end.
  package let text: String
  package let isPlainHTTP: Bool

  /// Reads a base URL; throws a configuration fault for one that a key must not be sent to.
  package init(_ text: String, mode: Mode) throws(Fault) {
    let text = text.hasSuffix("/") ? String(text.dropLast()) : text
    guard let (scheme, authority, path) = Self.parts(of: text), path.utf8.allSatisfy(Self.isPath)
    else { throw Self.fault(text, "is no URL of the form https://host[:port][/path]") }
    guard let host = Self.host(of: authority) else {
      throw Self.fault(text, "has no plain host and port")
    }
    switch scheme {
    case "https": isPlainHTTP = false
    case "http":
      guard mode != .live else { throw Self.fault(text, "must be https in live mode") }
      guard Self.isLoopback(host) else {
        throw Self.fault(text, "may only be http on this machine, such as http://127.0.0.1:8420")
      }
      isPlainHTTP = true
    default: throw Self.fault(text, "must be https")
    }
    self.text = text
  }

  private static func fault(_ text: String, _ problem: String) -> Fault {
    // What stands before an @ may be a password.
    let shown = text.contains("@") ? "the Stripe URL (not shown: it holds an @)" : quoted(text)
    return Fault(
      .configuration, "\(shown) \(problem)",
      hint: "check --stripe-url and $SLUICE_STRIPE_URL; Stripe itself is \(StripeAPI.url)")
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
    byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
      || isNameByte(byte) && byte != UInt8(ascii: "_")
  }

  private static func isPath(_ byte: UInt8) -> Bool {
    isNameByte(byte) || [0x2D, 0x2E, 0x2F, 0x7E].contains(byte)
  }
}
