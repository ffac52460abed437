/// The text of a constant field of a job file, with `{column}` standing for that line's column.
struct FieldTemplate: Equatable {
  let pieces: [Piece]

  enum Piece: Equatable {
    case text(String)
    case column(String)
  }

  /// Reads the text of a constant field; a brace that does not enclose a name is a problem.
  init(parsing text: String) throws(FieldProblem) {
    var pieces: [Piece] = []
    var rest = text[...]
    while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
      if brace > rest.startIndex { pieces.append(.text(String(rest[..<brace]))) }
      let inside = rest[rest.index(after: brace)...]
      guard rest[brace] == "{", let close = inside.firstIndex(where: { $0 == "{" || $0 == "}" }),
        inside[close] == "}"
      else { throw Self.unpaired(rest[brace]) }
      let name = inside[..<close].trimmingSpaces
      guard !name.isEmpty else { throw FieldProblem(message: "{} names no column") }
      pieces.append(.column(name))
      rest = inside[inside.index(after: close)...]
    }
    if !rest.isEmpty { pieces.append(.text(String(rest))) }
    self.pieces = pieces
  }

  private static func unpaired(_ brace: Character) -> FieldProblem {
    FieldProblem(
      message: "the brace \(brace) stands alone: braces enclose a column, as in {reference}")
  }
}

extension Substring {
  /// The text without the spaces and tabs around it.
  var trimmingSpaces: String {
    var rest = unicodeScalars
    while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
    while rest.last == " " || rest.last == "\t" { rest.removeLast() }
    return String(rest)
  }
}
