/// Where a field of every job comes from: a column of the file, or a constant of the job file.
enum FieldSource {
  case column(Int)
  case constant([Piece])

  enum Piece {
    case text(String)
    case column(Int)
  }

  /// The field's text in one record, without the spaces around it.
  func text(in record: CSVRecord) -> String {
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
  func place(in record: CSVRecord) -> (line: Int, column: Int) {
    switch self {
    case .column(let column): record.place(of: column)
    case .constant: (record.line, 1)
    }
  }
}
