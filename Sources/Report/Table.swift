/// A column of a table: its heading, its side, and how far it may be shortened.
package struct Column: Sendable, ExpressibleByStringInterpolation {
  let heading: String
  let isRightAligned: Bool
  /// The least width its cells may be cut to; nil when they are always shown whole.
  let least: Int?

  /// A column that is always shown whole; a heading that begins with a space is right-aligned.
  package init(stringLiteral heading: String) {
    isRightAligned = heading.hasPrefix(" ")
    self.heading = isRightAligned ? String(heading.dropFirst()) : heading
    least = nil
  }

  private init(_ heading: String, least: Int) {
    self.heading = heading
    isRightAligned = false
    self.least = max(least, heading.count)
  }

  /// A column of text that may be cut, down to so many columns of the terminal.
  package static func text(_ heading: String, least: Int) -> Column {
    Column(heading, least: least)
  }
}

/// Cells in columns, two spaces apart, on lines of at most 100 columns.
///
/// The widths are known before the first line is written, so that lines can be streamed.
package struct TableLayout: Sendable {
  private let columns: [Column]
  private let widths: [Int]
  private let indent: Int

  /// A layout for cells that need these widths; the widest text gives way where they do not fit.
  package init(_ columns: [Column], needing needs: [Int], indent: Int = 0) {
    self.columns = columns
    self.indent = indent
    var widths = zip(columns, needs).map { max(Layout.width(of: $0.heading), $1) }
    while indent + widths.reduce(0, +) + 2 * (widths.count - 1) > Layout.most {
      let flexible = columns.indices.filter { widths[$0] > columns[$0].least ?? .max }
      guard let widest = flexible.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
    }
    self.widths = widths
  }

  /// The headings.
  package var header: String { line(columns.map(\.heading)) }

  /// A row on one line.
  package func line(_ cells: [String]) -> String {
    let cells = columns.indices.map { column in
      let text =
        columns[column].least == nil
        ? cells[column] : Layout.shortened(cells[column], to: widths[column])
      return Layout.padded(text, widths[column], toTheRight: columns[column].isRightAligned)
    }
    let margin = String(repeating: " ", count: indent)
    return Layout.trimmed(margin + cells.joined(separator: "  "))
  }
}

/// A small table: its columns are as wide as their widest cell.
package struct Table: Sendable {
  private var rows: [[String]] = []
  private let columns: [Column]
  private let indent: Int

  /// A table of these columns.
  package init(_ columns: [Column], indent: Int = 0) {
    self.columns = columns
    self.indent = indent
  }

  /// Adds a row.
  package mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The headings, then every row, each on a line of its own.
  package var lines: [String] {
    let needs = columns.indices.map { column in
      rows.map { Layout.width(of: $0[column]) }.max() ?? 0
    }
    let layout = TableLayout(columns, needing: needs, indent: indent)
    return (columns.allSatisfy(\.heading.isEmpty) ? [] : [layout.header]) + rows.map(layout.line)
  }

  /// The lines without the last line break.
  package var text: String { lines.joined(separator: "\n") }
}
