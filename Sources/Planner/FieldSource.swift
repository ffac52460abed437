/// Where a field of every job comes from: a column of the file, or a constant of the job file.
enum FieldSource {
  case column(Int)
  case constant([Piece])

  enum Piece {
    case text(String)
    case column(Int)
  }

  /// The field's text in one record, without the spaces around it.
  func text(in record: PlanRecord) -> String {
    switch self {
    case .column(let column): return record.trimmedText(of: column)
    case .constant(let pieces):
      var text = ""
      for piece in pieces {
        switch piece {
        case .text(let constant): text += constant
        case .column(let column): text += record.trimmedText(of: column)
        }
      }
      return text[...].trimmingSpaces
    }
  }

  /// The place to name when the text is wrong: the field, or for a constant the line.
  func place(in record: PlanRecord) -> (line: Int, column: Int) {
    switch self {
    case .column(let column): record.place(of: column)
    case .constant: (record.line, 1)
    }
  }

  /// The first column of the file it takes that is not text in this record.
  func columnNotText(in record: PlanRecord) -> Int? {
    if record.isText { return nil }
    switch self {
    case .column(let column): return record.kind(of: column) == .text ? nil : column
    case .constant(let pieces):
      for case .column(let column) in pieces where record.kind(of: column) != .text {
        return column
      }
      return nil
    }
  }
}
