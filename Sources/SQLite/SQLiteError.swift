internal import CSQLite

/// What SQLite answered instead of `SQLITE_OK`.
package struct SQLiteError: Error, Equatable, Sendable {
  /// The extended result code.
  package let code: Int32
  /// SQLite's own words.
  package let message: String

  init(code: Int32, message: String) {
    self.code = code
    self.message = message
  }

  /// Whether another connection holds the lock.
  package var isBusy: Bool { code & 0xff == SQLITE_BUSY || code & 0xff == SQLITE_LOCKED }

  /// Whether a rule of the schema refused the row.
  package var isConstraint: Bool { code & 0xff == SQLITE_CONSTRAINT }

  /// Whether the disk has no room left.
  package var isFull: Bool { code & 0xff == SQLITE_FULL }

  /// Whether the file or its folder cannot be written or opened.
  package var isReadOnly: Bool {
    [SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH].contains(code & 0xff)
  }

  /// Whether the file is no database or a damaged one.
  package var isCorrupt: Bool { [SQLITE_CORRUPT, SQLITE_NOTADB].contains(code & 0xff) }
}
