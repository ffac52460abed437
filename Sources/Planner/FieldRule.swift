import Domain

/// Why the text of a field cannot be taken.
struct FieldProblem: Error, Equatable {
  let message: String
}

/// What each field of a job must look like; every rule is a pure function from its text.
enum FieldRule {
  static let mostReference = 200
  static let mostDescription = 500
  static let mostReason = 500
  static let mostMetadataKey = 40
  static let mostMetadataValue = 500
  /// Stripe takes 50; two are the batch and the job.
  static let mostMetadataKeys = 48

  static func account(_ text: String) throws(FieldProblem) -> String {
    guard text.utf8.count <= 255, isIdentifier(text, prefixes: ["cus_"]) else {
      throw FieldProblem(
        message: "\(quoted(text)) is no account: write the customer's id, cus_ and what follows")
    }
    return text
  }

  static func paymentMethod(_ text: String) throws(FieldProblem) -> String {
    guard text.utf8.count <= 255, isIdentifier(text, prefixes: ["pm_", "card_", "src_"]) else {
      throw FieldProblem(
        message: "\(quoted(text)) is no payment method: write its id, which begins with pm_, "
          + "card_ or src_")
    }
    return text
  }

  static func invoice(_ text: String) throws(FieldProblem) -> String {
    guard text.utf8.count <= 255, isIdentifier(text, prefixes: ["in_"]) else {
      throw FieldProblem(
        message: "\(quoted(text)) is no invoice: write its id, in_ and what follows")
    }
    return text
  }

  /// What a refund gives back.
  static func charge(_ text: String) throws(FieldProblem) -> String {
    guard text.utf8.count <= 255, isIdentifier(text, prefixes: ["ch_", "pi_"]) else {
      throw FieldProblem(
        message: "\(quoted(text)) is no charge: write its id, which begins with ch_ or pi_")
    }
    return text
  }

  /// A reference is spelled in the one way there is: two that look alike must be one.
  static func reference(_ text: String) throws(FieldProblem) -> String {
    if let problem = Spelling.problem(in: text) {
      throw FieldProblem(message: "the reference \(problem)")
    }
    return try freeText(text, "reference", most: mostReference)
  }

  /// Text for people: not too long and without a card number.
  static func freeText(
    _ text: String, _ name: String, most: Int
  ) throws(FieldProblem) -> String {
    if text.utf8.count > most, text.unicodeScalars.count > most {
      throw FieldProblem(
        message: "the \(name) has \(groupedDigits(text.unicodeScalars.count)) characters, "
          + "\(most) is the most")
    }
    if Secrets.holdsCardNumber(text) { throw FieldProblem(message: holdsCard(name)) }
    return text
  }

  static func holdsCard(_ name: String) -> String {
    "the \(name) looks like it holds a card number, which must not be stored"
  }

  static func metadataKey(_ key: String) throws(FieldProblem) -> String {
    let subject = "the metadata key \(quoted(key))"
    if Secrets.holdsKey(key) || Secrets.holdsCardNumber(key) {
      throw FieldProblem(message: "a metadata key \(Secrets.refusal)")
    }
    if key.isEmpty { throw FieldProblem(message: "\"metadata.\" needs a key behind its dot") }
    if key.unicodeScalars.count > mostMetadataKey {
      throw FieldProblem(message: "\(subject) is longer than \(mostMetadataKey) characters")
    }
    if key.unicodeScalars.contains(where: { $0 == "[" || $0 == "]" || isUnprintable($0) }) {
      throw FieldProblem(message: "\(subject) holds a square bracket or an invisible character")
    }
    if key.lowercased().hasPrefix("sluice_") {
      throw FieldProblem(message: "\(subject) is ours: keys do not begin with sluice_")
    }
    return key
  }

  /// What holds for every field, whatever it means; checked first, so that no secret is ever
  /// quoted.
  static func anyText(_ text: String, _ name: String) throws(FieldProblem) {
    if let scalar = firstControl(in: text) {
      throw FieldProblem(
        message: "the \(name) holds the control character \(self.name(of: scalar))")
    }
    if Secrets.holdsKey(text) {
      throw FieldProblem(
        message: "the \(name) looks like it holds an API key, which must not be stored")
    }
  }

  private static func firstControl(in text: String) -> Unicode.Scalar? {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return nil }
    return text.unicodeScalars.first { scalar in
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: true
      default: false
      }
    }
  }

  static func name(of scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n", "\r": return "line break"
    case "\t": return "tab"
    default:
      let digits = String(scalar.value, radix: 16, uppercase: true)
      return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
  }

  private static func isIdentifier(_ text: String, prefixes: [String]) -> Bool {
    guard let prefix = prefixes.first(where: text.hasPrefix) else { return false }
    let rest = text.utf8.dropFirst(prefix.utf8.count)
    return !rest.isEmpty && rest.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "_") }
  }
}

extension UInt8 {
  var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

  /// Whether it is one of A-Z, a-z and 0-9.
  var isLetterOrDigit: Bool {
    isDigit || (self | 0x20 >= UInt8(ascii: "a") && self | 0x20 <= UInt8(ascii: "z"))
  }
}
