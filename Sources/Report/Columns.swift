/// Cells in columns, two spaces apart, as wide as the widest cell of each.
struct Columns {
  private var rows: [[String]]
  private let isRightAligned: [Bool]

  /// A heading that begins with ">" is right-aligned, and its column with it.
  init(_ headings: [String]) {
    isRightAligned = headings.map { $0.hasPrefix(">") }
    rows = [headings.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 }]
  }

  mutating func add(_ cells: [String]) { rows.append(cells) }

  var lines: [String] {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.indices.map { column in
        padded(row[column], widths[column], toTheRight: isRightAligned[column])
      }
      return trimmed(cells.joined(separator: "  "))
    }
  }
}

/// Text filled up with spaces to a width.
func padded(_ text: String, _ width: Int, toTheRight isRightAligned: Bool = false) -> String {
  let space = String(repeating: " ", count: max(0, width - text.count))
  return isRightAligned ? space + text : text + space
}

/// Text on lines of at most 80 columns, the first as well as the others indented.
///
/// Lines break at spaces; a word wider than a line is cut into pieces. Runs of spaces inside a line
/// stay as they are.
func wrapped(_ text: String, indent: Int = 0) -> [String] {
  let width = 80 - indent
  var lines: [String] = []
  var line = ""
  for word in text.split(separator: " ", omittingEmptySubsequences: false) {
    var word = word
    let joined = line.isEmpty ? String(word) : line + " " + word
    if joined.count <= width {
      line = joined
      continue
    }
    lines.append(line)
    while word.count > width {
      lines.append(String(word.prefix(width)))
      word = word.dropFirst(width)
    }
    line = String(word)
  }
  lines.append(line)
  let margin = String(repeating: " ", count: indent)
  return lines.map(trimmed).filter { !$0.isEmpty }.map { margin + $0 }
}

/// Text of at most 40 columns.
func shortened(_ text: String) -> String {
  text.count > 40 ? text.prefix(37) + "..." : text
}

/// Text without the spaces at its end.
func trimmed(_ line: String) -> String {
  String(line.reversed().drop { $0 == " " }.reversed())
}
