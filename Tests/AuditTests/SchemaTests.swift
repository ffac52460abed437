import Audit
import Domain
import Foundation
import Journal
import SQLite
import Support
import Testing

/// What is taken out of the schema, changed in it or put into it by hand is named, and nothing is
/// sent.
struct SchemaTests {
  /// What can be done to any object of the schema, as SQL; `NAME` and `TYPE` are the object's.
  private static let changes = [
    "DROP TYPE NAME",
    "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'NAME'",
    "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = sql || ' ' WHERE name = 'NAME'",
    "PRAGMA writable_schema = ON; "
      + "UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (', 'CHECK (1 OR ') "
      + "WHERE name = 'NAME'",
  ]

  private static let additions = [
    ("more", "CREATE TABLE more (x INTEGER)"),
    ("more", "CREATE VIEW more AS SELECT * FROM job"),
    ("more", "CREATE INDEX more ON job (account)"),
    ("more", "CREATE TRIGGER more AFTER UPDATE ON hold BEGIN DELETE FROM hold; END"),
    ("sqlite1", "CREATE TRIGGER sqlite1 AFTER UPDATE ON hold BEGIN DELETE FROM hold; END"),
    ("sqliteX", "CREATE TABLE sqliteX (x INTEGER)"),
    (
      "sqlite_more",
      """
      CREATE TRIGGER more AFTER UPDATE ON hold BEGIN DELETE FROM hold; END;
      PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET name = 'sqlite_more' WHERE name = 'more'
      """
    ),
    (
      "job_unsettled",
      "PRAGMA writable_schema = ON; "
        + "UPDATE sqlite_schema SET tbl_name = 'batch' WHERE name = 'job_unsettled'"
    ),
  ]

  @Test func `whatever object of the schema is dropped or changed is named`() throws {
    var tried = 0
    for (type, name, text) in try objects() {
      for change in Self.changes where text.contains("CHECK (") || !change.contains("CHECK (") {
        let home = try EventfulHome()
        let sql = change.replacing("NAME", with: name).replacing("TYPE", with: type)
        try shell(sql, home)
        tried += 1

        try expectRefused(home, naming: name, sql, isRun: tried.isMultiple(of: 10))
      }
    }
    #expect(tried > 60)
  }

  @Test(arguments: additions)
  func `an object that is put in is named, whatever it is called`(
    name: String, sql: String
  ) throws {
    let home = try EventfulHome()
    try shell(sql, home)

    try expectRefused(home, naming: name, sql)
  }

  @Test(arguments: [
    ("PRAGMA user_version = 2", "schema version 2"),
    ("PRAGMA user_version = 6", "schema version 6"),
    ("PRAGMA application_id = 1", "not a Sluice database"),
  ])
  func `a header that says something else is not believed`(sql: String, words: String) throws {
    let home = try EventfulHome()
    try shell(sql, home)

    try expectRefused(home, naming: words, sql)
  }

  @Test func `an untouched copy passes after the shell has looked at it`() throws {
    let home = try EventfulHome()

    try shell("PRAGMA writable_schema = ON; SELECT * FROM job", home)

    _ = try Audit(try home.open()).verify()
    #expect(try Sent.by(home).isEmpty == false)
  }

  private func expectRefused(
    _ home: EventfulHome, naming name: String, _ sql: String, isRun: Bool = true
  ) throws {
    let fault = #expect(throws: Fault.self, "\(sql)") { try Audit(try home.open()).verify() }
    let findings = (fault?.details ?? []) + [fault?.message ?? ""]
    #expect(findings.contains { $0.contains(name) }, "\(sql): \(findings)")
    if isRun { #expect(try Sent.by(home) == [], "\(sql)") }
  }

  /// Every object that has a name of its own.
  private func objects() throws -> [(type: String, name: String, text: String)] {
    var objects: [(String, String, String)] = []
    let home = try EventfulHome()
    let database = try home.connect()
    try database.forEach("SELECT * FROM sqlite_schema WHERE sql IS NOT NULL") { row in
      objects.append((row.text("type"), row.text("name"), row.text("sql")))
      return true
    }
    return objects
  }

  /// Runs statements as a shell does, which has none of our safeguards.
  private func shell(_ sql: String, _ home: EventfulHome) throws {
    let script = """
      import sqlite3, sys
      connection = sqlite3.connect(sys.argv[1], isolation_level=None)
      connection.execute("PRAGMA wal_autocheckpoint = 0")
      connection.executescript(sys.argv[2])
      """
    let outcome = try RunningProcess(
      ["python3", "-c", script, home.home.databasePath, sql], in: home.home.folder,
      environment: Sluice.environment([:])
    ).wait()
    guard outcome.status == 0 else { throw TestServerError(message: "\(sql): \(outcome)") }
  }
}
