package import Domain
internal import System

/// The secret key that Stripe knows this home by; it is sent, and never shown or stored.
package struct StripeKey: Sendable {
  /// Only the connection may read it.
  let secret: String
  /// What is wrong with a key that is taken all the same; to be told once.
  package let warning: String?

  /// Takes a key if it may be used in `mode`; `source` is how messages name where it came from.
  package init(_ text: String, mode: Mode, source: String) throws(Fault) {
    let text = text.trimmingSpace
    guard let prefix = Self.prefix(of: text) else {
      throw Self.fault("\(source) holds no Stripe key", "a restricted key begins with rk_")
    }
    guard text.utf8.allSatisfy(isNameByte), text.utf8.count > prefix.utf8.count else {
      throw Self.fault(
        "the key in \(source) is damaged: it holds more or less than letters and digits",
        "copy it from the Stripe dashboard again")
    }
    warning = try Self.check(prefix, mode, source)
    secret = text
  }

  /// The warning that a key of this kind earns; throws when it may not be used at all.
  private static func check(
    _ prefix: String, _ mode: Mode, _ source: String
  ) throws(Fault) -> String? {
    switch (mode, prefix) {
    case (.sandbox, _):
      throw fault("a sandbox home takes no Stripe key", "unset it, or `sluice init --mode test`")
    case (_, "sk_live_"):
      throw fault(
        "\(source) holds an unrestricted live key (sk_live_), which Sluice never uses",
        "make a restricted key (rk_live_) in the Stripe dashboard")
    case (.test, "rk_test_"), (.live, "rk_live_"): return nil
    case (.test, "sk_test_"):
      return "\(source) holds an unrestricted key (sk_test_); a restricted one (rk_test_) limits "
        + "what can go wrong"
    case (_, "pk_test_"), (_, "pk_live_"), (_, "whsec_"):
      throw fault(
        "\(source) holds a \(prefix) key, which cannot charge", "use a restricted key (rk_)")
    case (.test, _), (.live, _):
      throw fault(
        "the key in \(source) (\(prefix)) is not for \(mode.rawValue) mode, which this home is in",
        "use a key that begins with rk_\(mode.rawValue)_, or another home")
    }
  }

  /// The prefix by which a text shows that it is a key of Stripe's.
  static func prefix(of text: String) -> String? {
    prefixes.first { text.hasPrefix($0) }
  }

  /// The prefix of a key that begins with the first of these bytes.
  static func prefix(beginning bytes: Substring.UTF8View) -> String? {
    prefixes.first { bytes.starts(with: $0.utf8) }
  }

  private static let prefixes = [
    "rk_test_", "rk_live_", "sk_test_", "sk_live_", "pk_test_", "pk_live_", "whsec_",
  ]

  private static func fault(_ message: String, _ hint: String) -> Fault {
    Fault(.configuration, message, hint: hint)
  }
}

extension StripeKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// What may be shown of it: "rk_test_…".
  package var description: String { (Self.prefix(of: secret) ?? "") + "…" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension StripeKey {
  /// Finds the key: the file that is named, `$SLUICE_STRIPE_KEY_FILE`, systemd's credential
  /// `stripe-key` if there is one, `$STRIPE_API_KEY`.
  package static func find(
    file: String?, environment: [String: String], mode: Mode
  ) throws(Fault) -> StripeKey {
    if let path = file ?? environment["SLUICE_STRIPE_KEY_FILE"].nonEmpty {
      let file = SecretFile(path: path, holding: "key", namedBy: "--stripe-key-file")
      return try StripeKey(file.readPrivate(), mode: mode, source: printable(path))
    }
    // systemd keeps that folder to the service; with an ACL its files look group-readable.
    if let folder = environment["CREDENTIALS_DIRECTORY"].nonEmpty {
      let path = folder + "/stripe-key"
      let file = SecretFile(path: path, holding: "key", namedBy: "the unit's LoadCredential")
      if try file.exists() {
        return try StripeKey(file.read(), mode: mode, source: printable(path))
      }
    }
    if let text = environment["STRIPE_API_KEY"].nonEmpty {
      return try StripeKey(text, mode: mode, source: "$STRIPE_API_KEY")
    }
    throw fault(
      "there is no Stripe key",
      "name a file with --stripe-key-file or $SLUICE_STRIPE_KEY_FILE, or set $STRIPE_API_KEY")
  }
}

extension String? {
  fileprivate var nonEmpty: String? { self?.isEmpty == true ? nil : self }
}

extension String {
  fileprivate var trimmingSpace: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }
}
