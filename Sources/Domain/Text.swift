/// A planner's text in quotes for a message: control characters shown as escapes, long text cut.
///
/// Scalars are counted, not characters: one character can carry any number of accents.
package func quoted(_ text: some StringProtocol) -> String {
  let scalars = text.unicodeScalars
  guard scalars.count > 60 else { return "\"" + printable(text) + "\"" }
  return "\"" + printable(String(String.UnicodeScalarView(scalars.prefix(57)))) + "...\""
}

/// Text that is safe on a terminal: control and formatting characters become visible escapes.
///
/// Whatever a planner or Stripe wrote passes through here before a person sees it; an escape
/// sequence could otherwise rewrite the very preview that is being approved.
package func printable(_ text: some StringProtocol) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    if isUnprintable(scalar) {
      result += "\\u{" + String(scalar.value, radix: 16) + "}"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// Whether a scalar is a control or an invisible formatting character.
package func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: true
  default: false
  }
}

/// "1 job", "2 jobs": a count with its noun.
package func counted(_ count: Int, _ noun: String) -> String {
  "\(groupedDigits(count)) \(noun)\(count == 1 ? "" : "s")"
}

/// The name of `candidates` that `text` most likely meant, if one is close.
package func closest(to text: String, among candidates: [String]) -> String? {
  let count = text.count
  let most = max(1, min(3, count / 3))
  // Texts are at least as far apart as their lengths, and a planner's may be very long.
  let ranked = candidates.filter { abs($0.count - count) <= most }
    .map { (name: $0, distance: editDistance(text, $0)) }
  guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
  return best.distance <= most ? best.name : nil
}

/// How many single-character edits, a swap of neighbours counting as one, lie between two texts.
private func editDistance(_ left: String, _ right: String) -> Int {
  let a = Array(left), b = Array(right)
  var table = [Array(0...b.count)]
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      let cost = a[i] == b[j] ? 0 : 1
      var best = min(table[i][j] + cost, table[i][j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        best = min(best, table[i - 1][j - 1] + 1)
      }
      row.append(best)
    }
    table.append(row)
  }
  return table[a.count][b.count]
}
