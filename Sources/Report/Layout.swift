internal import Domain

/// Text fitted to a terminal; widths are columns as a terminal counts them, not characters.
package enum Layout {
  /// The widest a line of columns may be.
  package static let most = 100

  /// How many columns a text takes: wide characters and emoji take two.
  package static func width(of text: some StringProtocol) -> Int {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.reduce(0) { $0 + width(of: $1) }
  }

  /// Text of at most so many columns; what is cut off is shown as "...".
  package static func shortened(_ text: String, to most: Int = 40) -> String {
    guard width(of: text) > most else { return text }
    var kept = ""
    var used = 3
    for character in text {
      used += width(of: character)
      if used > most { break }
      kept.append(character)
    }
    return kept + "..."
  }

  /// A planner's text for one cell of a listing.
  ///
  /// Nothing in it reaches the terminal as a control, and nothing is stacked up on one character.
  package static func cell(_ text: some StringProtocol, to most: Int = 1000) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
      return shortened(String(text), to: most)
    }
    let shown = String(printable(text).map { $0.unicodeScalars.count > 4 ? "\u{FFFD}" : $0 })
    return shortened(shown, to: most)
  }

  /// Text filled up with spaces to a width.
  package static func padded(
    _ text: String, _ width: Int, toTheRight isRightAligned: Bool = false
  ) -> String {
    let space = String(repeating: " ", count: max(0, width - Layout.width(of: text)))
    return isRightAligned ? space + text : text + space
  }

  /// Text on lines of at most 80 columns, the first as well as the others indented.
  ///
  /// Lines break at spaces; a word wider than a line is cut into pieces. Runs of spaces inside a
  /// line stay as they are.
  package static func wrapped(_ text: String, indent: Int = 0) -> [String] {
    let most = 80 - indent
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      var word = word
      let joined = line.isEmpty ? String(word) : line + " " + word
      if width(of: joined) <= most {
        line = joined
        continue
      }
      lines.append(line)
      while width(of: word) > most {
        let piece = beginning(of: word, most)
        lines.append(piece)
        word = word.dropFirst(piece.count)
      }
      line = String(word)
    }
    lines.append(line)
    let margin = String(repeating: " ", count: indent)
    return lines.map(trimmed).filter { !$0.isEmpty }.map { margin + $0 }
  }

  /// A label, and its text wrapped beside it.
  package static func labeled(
    _ label: String, _ text: String, indent: Int = 0, width: Int = 14
  ) -> [String] {
    let lines = wrapped(text, indent: indent + width)
    let margin = String(repeating: " ", count: indent)
    let first = padded(margin + label, indent + width)
    return [trimmed(first + (lines.first ?? "").dropFirst(indent + width))] + lines.dropFirst()
  }

  /// Text without the spaces at its end.
  static func trimmed(_ line: String) -> String {
    var rest = line[...]
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }

  /// As many characters as fit, but one at least.
  private static func beginning(of word: Substring, _ most: Int) -> String {
    var piece = ""
    var used = 0
    for character in word {
      used += width(of: character)
      if used > most, !piece.isEmpty { break }
      piece.append(character)
    }
    return piece
  }

  private static func width(of character: Character) -> Int {
    let scalars = character.unicodeScalars
    if scalars.contains("\u{FE0F}") { return 2 }
    return scalars.reduce(0) { max($0, width(of: $1)) }
  }

  private static func width(of scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    return scalar.properties.isEmojiPresentation || wide.contains { $0.contains(scalar.value) }
      ? 2 : 1
  }

  /// What Unicode calls wide or full-width: Hangul, CJK, and their symbols.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
    0x16FE0...0x18CFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F2FF, 0x1F300...0x1F64F,
    0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD,
  ]
}
