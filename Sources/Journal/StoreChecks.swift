package import Domain
internal import SQLite
internal import System

/// What is checked before a file is believed.
extension Store {
  /// The schema this program reads and writes.
  static let schemaVersion: Int64 = 5

  static func require(_ home: Home) throws(Fault) {
    let database: FileFacts?
    do {
      database = try Files.facts(of: home.databasePath)
    } catch {
      throw Fault(error, path: home.folder)
    }
    if database != nil { return try requireReadable(home.databasePath) }
    throw Fault(
      .configuration, "there is no home at \(home.folder)",
      hint: "make one with `sluice init`, or name another with --home or $SLUICE_HOME")
  }

  private static func requireReadable(_ path: String) throws(Fault) {
    do {
      try Files.requireReadable(path)
    } catch {
      throw Fault(error, path: path)
    }
  }

  /// Throws unless `head` can be made anew behind a commit: what is refused must not be done.
  func requireWritable() throws(Fault) {
    do {
      try Files.requireWritable(folder: home.folder)
    } catch {
      throw Fault(error, path: home.folder)
    }
  }

  static func requireVersion(_ database: borrowing Database) throws {
    let application = try integer("PRAGMA application_id", in: database)
    let version = try integer("PRAGMA user_version", in: database)
    guard application == 0x536C_7563 else {
      throw Fault.untrusted("sluice.db is not a Sluice database")
    }
    guard version == schemaVersion else {
      throw Fault(
        .configuration,
        "this home has schema version \(version), this sluice knows \(schemaVersion)",
        hint: "use the sluice that made it, or a newer one")
    }
  }

  /// Sets what every connection must have, and reads each back.
  static func configure(_ database: borrowing Database) throws {
    let settings: [(name: String, value: String, wanted: String)] = [
      ("journal_mode", "WAL", "wal"),
      ("synchronous", "FULL", "2"),
      ("foreign_keys", "ON", "1"),
      ("trusted_schema", "OFF", "0"),
      ("cell_size_check", "ON", "1"),
      ("mmap_size", "0", "0"),
      ("wal_autocheckpoint", "0", "0"),
    ]
    for setting in settings {
      try database.execute("PRAGMA \(setting.name) = \(setting.value)")
      var found = ""
      try database.forEach("PRAGMA \(setting.name)") { row in
        found = row.anyText(setting.name)
        return false
      }
      guard found == setting.wanted else {
        throw Fault.untrusted("PRAGMA \(setting.name) is \(found), not \(setting.wanted)")
      }
    }
  }

  /// What the home is for, and the id of the key that it is sealed with.
  static func facts(
    of database: borrowing Database
  ) throws -> (facts: HomeFacts, sealKey: String) {
    var found: (HomeFacts, String)?
    try database.forEach("SELECT id, mode, stripe_account, seal_key FROM home") { row in
      found = Mode(rawValue: row.text("mode")).map { mode in
        (
          HomeFacts(
            id: row.text("id"), mode: mode, stripeAccount: row.optionalText("stripe_account")),
          row.text("seal_key")
        )
      }
      return false
    }
    guard let found else { throw Fault.untrusted("the home has lost what it is for") }
    return found
  }

  /// Compares the schema with the one this program writes: a rule dropped by hand holds nothing.
  ///
  /// Throws `storage` naming the first object that differs.
  package func checkSchema() throws(Fault) {
    let found = try rows(SchemaObject.query) { row throws(Fault) in SchemaObject(row: row) }
    let expected = try Self.expectedSchema.get()
    guard let object = Set(found).symmetricDifference(expected).min(by: SchemaObject.precedes)
    else { return }
    throw .untrusted("the database's schema was changed by hand: \(object.name)")
  }

  /// Asks SQLite whether every page of the file is sound and every index says what its table says;
  /// throws `storage` when not.
  package func checkFile() throws(Fault) {
    var problems: [String] = []
    try forEach("PRAGMA integrity_check(3)") { row throws(Fault) in
      let lines = row.text("integrity_check").split(whereSeparator: \.isNewline)
      problems += lines.filter { $0 != "ok" && !$0.hasPrefix("*** in database") }.map(String.init)
    }
    guard problems.isEmpty else {
      throw .untrusted("the database is damaged: \(problems.joined(separator: "; "))")
    }
  }

  /// The schema as SQLite itself writes it down, from a database that exists only for that.
  private static let expectedSchema = Result { () throws(Fault) in
    var objects: Set<SchemaObject> = []
    do throws(SQLiteError) {
      let fresh = try Database(path: ":memory:", .creating, busyTimeoutMilliseconds: 0)
      try fresh.execute(String(decoding: PackageResources.Schema_sql, as: UTF8.self))
      try fresh.forEach(SchemaObject.query) { row in
        objects.insert(SchemaObject(row: row))
        return true
      }
    } catch {
      throw Fault(error)
    }
    return objects
  }

  private static func integer(_ pragma: String, in database: borrowing Database) throws -> Int64 {
    var value: Int64 = -1
    let column = pragma.split(separator: " ").last.map(String.init) ?? pragma
    try database.forEach(pragma) { row in
      value = row.integer(column)
      return false
    }
    return value
  }
}

/// A table, an index, a trigger or a view, as SQLite keeps it.
private struct SchemaObject: Hashable {
  let name: String
  private let text: String

  /// Every object, those of SQLite's own names included: a name is no proof of whose it is.
  static let query =
    """
    SELECT name, type || ' on ' || tbl_name || ': ' || coalesce(sql, '') AS text
    FROM   sqlite_schema
    """

  init(row: borrowing Row) {
    name = printable(row.text("name"))
    text = row.text("text")
  }

  static func precedes(_ left: SchemaObject, _ right: SchemaObject) -> Bool {
    (left.name, left.text) < (right.name, right.text)
  }
}
