import Domain

/// Finds what must never be stored: keys that move money, and card numbers.
enum Secrets {
  /// How Stripe's secret keys, its webhook secrets, our vault keys and approvers' tokens begin; a
  /// publishable key is no secret, nor is a public id.
  ///
  /// Fewer characters behind the prefix are an example in a sentence, not a key. An approver's
  /// token has 32 of them, and many a reference in accounts payable begins as it does.
  private static let keyBeginnings = [
    ("sk_live_", 8), ("sk_test_", 8), ("rk_live_", 8), ("rk_test_", 8), ("whsec_", 8), ("vk_", 8),
    ("ap_", 32),
  ].map { (prefix: Array($0.0.utf8), fewestCharacters: $0.1) }

  static let refusal =
    "looks like it holds an API key or a card number, which must not be stored"

  /// Text in quotes for a message, or a remark in its place when it holds a secret.
  static func quotedOrCut(_ text: String) -> String {
    holdsKey(text) || holdsCardNumber(text) ? "(a secret, not shown)" : quoted(text)
  }

  /// Text with a remark in the place of each word that is a key.
  static func cuttingKeys(_ text: String) -> String {
    guard holdsKey(text) else { return text }
    var rest = text.utf8[...]
    var result = ""
    while let first = rest.first {
      let isWord = isOfWord(first)
      let piece = String(decoding: rest.prefix { isOfWord($0) == isWord }, as: UTF8.self)
      result += holdsKey(piece) ? "(a secret, not shown)" : piece
      rest = rest.dropFirst(piece.utf8.count)
    }
    return result
  }

  private static func isOfWord(_ byte: UInt8) -> Bool {
    byte.isLetterOrDigit || byte == UInt8(ascii: "_")
  }

  /// A line of somebody's output, or a remark in its place when it holds a secret.
  static func lineOrRemark(_ line: String) -> String {
    holdsKey(line) || holdsCardNumber(line)
      ? "(a line that \(refusal.prefix { $0 != "," }), not shown)" : line
  }

  /// Whether a word of the text begins as a key does and goes on like one.
  static func holdsKey(_ text: String) -> Bool {
    guard text.utf8.contains(UInt8(ascii: "_")) else { return false }
    let bytes = Array(text.utf8)
    return bytes.indices.contains { index in
      if index > 0, bytes[index - 1].isLetterOrDigit { return false }
      return keyBeginnings.contains { prefix, fewestCharacters in
        let rest = bytes[index...]
        return rest.starts(with: prefix)
          && rest.dropFirst(prefix.count).prefix { $0.isLetterOrDigit }.count >= fewestCharacters
      }
    }
  }

  /// Whether the text holds 13 to 19 digits, alone or in groups, that a card could have.
  static func holdsCardNumber(_ text: String) -> Bool {
    guard text.utf8.count >= 13 else { return false }
    let gaps = " -".utf8
    var digits: [UInt8] = []
    var isBehindGap = false
    for byte in text.utf8 {
      if byte.isDigit {
        digits.append(byte - UInt8(ascii: "0"))
        isBehindGap = false
      } else if !digits.isEmpty, !isBehindGap, gaps.contains(byte) {
        isBehindGap = true
      } else {
        if isCardNumber(digits) { return true }
        digits.removeAll(keepingCapacity: true)
        isBehindGap = false
      }
    }
    return isCardNumber(digits)
  }

  /// Whether the digits have a length and beginning that cards have, and the right check digit.
  ///
  /// The beginning matters: one in ten long invoice numbers has the right check digit by chance.
  private static func isCardNumber(_ digits: [UInt8]) -> Bool {
    guard digits.count >= 13, digits.count <= 19 else { return false }
    let beginning = digits.prefix(4).reduce(0) { $0 * 10 + Int($1) }
    let isIssued =
      switch beginning {
      case 2221...2720, 5100...5599: digits.count == 16
      case 3000...3999: (14...19).contains(digits.count)
      case 4000...4999: [13, 16, 19].contains(digits.count)
      case 5000...5099, 5600...6999: true
      default: false
      }
    return isIssued && hasLuhnDigit(digits)
  }

  private static func hasLuhnDigit(_ digits: [UInt8]) -> Bool {
    var sum = 0
    for (index, digit) in digits.reversed().enumerated() {
      let weighted = index.isMultiple(of: 2) ? Int(digit) : Int(digit) * 2
      sum += weighted > 9 ? weighted - 9 : weighted
    }
    return sum.isMultiple(of: 10)
  }
}
