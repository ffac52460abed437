internal import CSQLite

/// One row of a result, valid only inside the closure it is given to.
///
/// The tables are STRICT, so a column's type is a fact; reading it as another one is a programmer's
/// mistake and traps.
package struct Row: ~Copyable {
  private let statement: Statement

  init(_ statement: Statement) { self.statement = statement }

  /// The integer in a column.
  package func integer(_ column: String) -> Int64 {
    let index = statement.column(column)
    precondition(type(index) == SQLITE_INTEGER, "\(column) is no integer")
    return sqlite3_column_int64(statement.handle, index)
  }

  /// The integer in a column, nil for NULL.
  package func optionalInteger(_ column: String) -> Int64? {
    isNull(column) ? nil : integer(column)
  }

  /// The text in a column.
  package func text(_ column: String) -> String {
    let index = statement.column(column)
    precondition(type(index) == SQLITE_TEXT, "\(column) is no text")
    let count = Int(sqlite3_column_bytes(statement.handle, index))
    guard let bytes = sqlite3_column_text(statement.handle, index) else { return "" }
    return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  /// The text in a column, nil for NULL.
  package func optionalText(_ column: String) -> String? {
    isNull(column) ? nil : text(column)
  }

  /// The bytes in a column.
  package func blob(_ column: String) -> [UInt8] {
    let index = statement.column(column)
    precondition(type(index) == SQLITE_BLOB, "\(column) is no blob")
    let count = Int(sqlite3_column_bytes(statement.handle, index))
    guard let bytes = sqlite3_column_blob(statement.handle, index) else { return [] }
    return [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
  }

  /// Whatever a column holds, as text; what a PRAGMA answers has no declared type.
  package func anyText(_ column: String) -> String {
    let index = statement.column(column)
    guard let bytes = sqlite3_column_text(statement.handle, index) else { return "" }
    return String(cString: bytes)
  }

  /// Whether a column is NULL.
  package func isNull(_ column: String) -> Bool { type(statement.column(column)) == SQLITE_NULL }

  private func type(_ index: Int32) -> Int32 { sqlite3_column_type(statement.handle, index) }
}
