internal import CSQLite

/// One connection to one SQLite file; closed when it goes out of scope.
package struct Database: ~Copyable {
  private let connection: Connection

  /// How a file is opened.
  package enum Access {
    /// The file must exist.
    case existing
    /// The file is made when it is missing.
    case creating
  }

  /// Opens the file at `path`; a locked file is waited for `busyTimeoutMilliseconds`.
  ///
  /// Nothing is checkpointed on close: two checkpoints in a row that race another process's commit
  /// can corrupt the file in SQLite before 3.51.3.
  package init(
    path: String, _ access: Access, busyTimeoutMilliseconds: Int32
  ) throws(SQLiteError) {
    connection = try Connection(path: path, access, busyTimeoutMilliseconds)
  }

  /// Runs several statements that take no parameters.
  package func execute(_ sql: String) throws(SQLiteError) {
    guard sqlite3_exec(connection.handle, sql, nil, nil, nil) == SQLITE_OK else {
      throw SQLiteError(on: connection.handle)
    }
  }

  /// Runs one statement to its end and says how many rows it changed.
  @discardableResult
  package func run(_ sql: String, _ parameters: Parameters = [:]) throws(SQLiteError) -> Int {
    try forEach(sql, parameters) { _ in true }
    return Int(sqlite3_changes64(connection.handle))
  }

  /// Gives each row of one statement to `body` until it says false; the statement is always reset.
  package func forEach(
    _ sql: String, _ parameters: Parameters = [:], _ body: (borrowing Row) -> Bool
  ) throws(SQLiteError) {
    let statement = try connection.statement(sql)
    statement.bind(parameters)
    defer {
      sqlite3_reset(statement.handle)
      sqlite3_clear_bindings(statement.handle)
    }
    while true {
      switch sqlite3_step(statement.handle) {
      case SQLITE_ROW: guard body(Row(statement)) else { return }
      case SQLITE_DONE: return
      default: throw SQLiteError(on: connection.handle)
      }
    }
  }

  /// Whether a transaction is open on this connection.
  package var isInTransaction: Bool { sqlite3_get_autocommit(connection.handle) == 0 }
}

/// The handle and its prepared statements, which must be finalised before it is closed.
private final class Connection {
  let handle: OpaquePointer
  private var statements: [String: Statement] = [:]

  /// SQLite does not count its memory: nobody asks, and every allocation would take a lock.
  private static let countsNoMemory = sluice_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK

  init(path: String, _ access: Database.Access, _ busyTimeout: Int32) throws(SQLiteError) {
    _ = Self.countsNoMemory
    let creating = access == .creating ? SQLITE_OPEN_CREATE : 0
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX | creating
    var opened: OpaquePointer?
    let code = sqlite3_open_v2(path, &opened, flags, nil)
    guard let opened else { throw SQLiteError(code: code, message: "out of memory") }
    handle = opened
    guard code == SQLITE_OK else { throw SQLiteError(on: opened) }
    sqlite3_busy_timeout(opened, busyTimeout)
    try configure(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    try configure(SQLITE_DBCONFIG_DEFENSIVE, 1)
    try configure(SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
  }

  deinit {
    statements.removeAll()
    sqlite3_close_v2(handle)
  }

  /// The prepared statement of this text; a second one while the first is being read.
  func statement(_ sql: String) throws(SQLiteError) -> Statement {
    if let known = statements[sql], !known.isBusy { return known }
    let fresh = try Statement(sql, on: handle)
    if statements[sql] == nil { statements[sql] = fresh }
    return fresh
  }

  private func configure(_ option: Int32, _ value: Int32) throws(SQLiteError) {
    var now: Int32 = -1
    guard sluice_db_config(handle, option, value, &now) == SQLITE_OK, now == value else {
      throw SQLiteError(on: handle)
    }
  }
}
