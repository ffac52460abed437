internal import CSQLite

/// A prepared statement; never handed out, so that it is always run to its end and reset.
final class Statement {
  let handle: OpaquePointer
  private let columns: [String: Int32]

  init(_ sql: String, on connection: OpaquePointer) throws(SQLiteError) {
    var prepared: OpaquePointer?
    let code = sqlite3_prepare_v3(
      connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
    guard code == SQLITE_OK, let prepared else { throw SQLiteError(on: connection) }
    handle = prepared
    var columns: [String: Int32] = [:]
    for index in 0..<sqlite3_column_count(prepared) {
      columns[String(cString: sqlite3_column_name(prepared, index))] = index
    }
    self.columns = columns
  }

  deinit { sqlite3_finalize(handle) }

  var isBusy: Bool { sqlite3_stmt_busy(handle) != 0 }

  func column(_ name: String) -> Int32 {
    guard let index = columns[name] else { preconditionFailure("no column \(name)") }
    return index
  }

  func bind(_ parameters: Parameters) {
    precondition(
      Int(sqlite3_bind_parameter_count(handle)) == parameters.count, "a parameter is missing")
    for (name, value) in parameters {
      let index = sqlite3_bind_parameter_index(handle, name)
      precondition(index > 0, "no parameter \(name)")
      let code = bind(value, at: index)
      precondition(code == SQLITE_OK, "binding \(name) failed: \(code)")
    }
  }

  private func bind(_ value: Value, at index: Int32) -> Int32 {
    switch value {
    case .null: sqlite3_bind_null(handle, index)
    case .integer(let integer): sqlite3_bind_int64(handle, index, integer)
    case .text(var text):
      text.withUTF8 { bytes in
        // An empty Swift string may have no address, which SQLite would read as NULL.
        guard let base = bytes.baseAddress else { return sluice_bind_text(handle, index, "", 0) }
        return base.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
          sluice_bind_text(handle, index, $0, Int32(bytes.count))
        }
      }
    case .blob(let bytes):
      bytes.withUnsafeBytes { sluice_bind_blob(handle, index, $0.baseAddress, Int32($0.count)) }
    }
  }
}

extension SQLiteError {
  init(on connection: OpaquePointer) {
    self.init(
      code: sqlite3_extended_errcode(connection),
      message: String(cString: sqlite3_errmsg(connection)))
  }
}
