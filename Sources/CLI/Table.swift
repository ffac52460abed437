/// Columns of text for a terminal, as wide as their widest cell.
struct Table {
  private var rows: [[String]] = []
  private let isRightAligned: [Bool]

  /// A table whose columns are headed so; a heading that begins with a space is right-aligned.
  init(_ headings: [String]) {
    isRightAligned = headings.map { $0.hasPrefix(" ") }
    rows = [headings.map { $0.hasPrefix(" ") ? String($0.dropFirst()) : $0 }]
  }

  /// Adds a row.
  mutating func add(_ cells: [String]) { rows.append(cells) }

  /// Every row on a line of its own, without the last line break.
  var text: String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      let cells = row.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return isRightAligned[column] ? space + row[column] : row[column] + space
      }
      return trimmed(cells.joined(separator: "  "))
    }
    return lines.joined(separator: "\n")
  }

  private func trimmed(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }
}
