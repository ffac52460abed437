import Domain
import SQLite
import Support

/// One random change by hand: a column, a row, a copy of a row, or two rows' places.
struct Tampering {
  /// The table and what was done to it, for messages.
  let what: String
  let sql: String
  /// A finding that names one of these names what is wrong.
  let names: Set<String>
  /// The batches that nothing may be sent of any more; nil when that is every batch.
  let batches: Set<String>?

  enum Kind: CaseIterable {
    case column, deletion, insertion, swap
  }

  /// Every table of a file.
  static func tables(_ database: borrowing Database) throws -> [String] {
    try names(
      """
      SELECT name
      FROM   sqlite_schema
      WHERE  type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
      ORDER  BY name
      """, database)
  }

  static func names(_ sql: String, _ database: borrowing Database) throws -> [String] {
    var names: [String] = []
    try database.forEach(sql) { row in
      names.append(row.anyText("name"))
      return true
    }
    return names
  }
}

/// A table as it is: its columns, what they hold, and which of them name a row.
struct TamperedTable {
  struct Column {
    let name: String
    let type: String
    let isNullable: Bool
    let isKey: Bool
    /// Whether two rows may not have the same in it.
    let isUnique: Bool
  }

  /// A row's values by column, as SQL.
  typealias Row = [String: String]

  let name: String
  let columns: [Column]
  let rows: [Row]

  init(_ name: String, _ database: borrowing Database) throws {
    self.name = name
    let unique = try Tampering.names(
      """
      SELECT column.name
      FROM   pragma_index_list('\(name)') AS list
      JOIN   pragma_index_info(list.name) AS column
      WHERE  list."unique" AND list.origin <> 'pk'
      """, database)
    var columns: [Column] = []
    try database.forEach("SELECT * FROM pragma_table_info('\(name)')") { row in
      let name = row.anyText("name")
      columns.append(
        Column(
          name: name, type: row.anyText("type"), isNullable: row.integer("notnull") == 0,
          isKey: row.integer("pk") > 0, isUnique: unique.contains(name)))
      return true
    }
    let list = columns.map { "quote(\($0.name)) AS \($0.name)" }.joined(separator: ", ")
    var rows: [Row] = []
    try database.forEach("SELECT \(list) FROM \(name)") { row in
      var values: Row = [:]
      for column in columns { values[column.name] = row.text(column.name) }
      rows.append(values)
      return true
    }
    self.columns = columns
    self.rows = rows
  }

  /// What tells a row from all others, as SQL.
  func match(_ row: Row) -> String {
    columns.filter(\.isKey).map { "\($0.name) = \(row[$0.name] ?? "NULL")" }
      .joined(separator: " AND ")
  }

  func insertion(_ row: Row) -> String {
    let names = columns.map(\.name).joined(separator: ", ")
    let values = columns.map { row[$0.name] ?? "NULL" }.joined(separator: ", ")
    return "INSERT INTO \(name) (\(names)) VALUES (\(values))"
  }

  /// How findings call a row.
  func called(_ row: Row, _ database: borrowing Database) throws -> Set<String> {
    // What does not print is told as an escape.
    func text(_ column: String) throws -> String {
      printable(try Self.text(row[column] ?? "''", database))
    }
    switch name {
    case "home": return ["home", "seal.key"]
    case "batch", "vault_key", "draft":
      let id = try text("id")
      return [id.isEmpty ? "\"\"" : id]
    case "job": return [try "\(text("batch"))#\(text("number"))"]
    // Lines that were added together are told together: "draft-1#2-3".
    case "draft_job": return [try "\(text("draft"))#"]
    case "planner_hour": return [try "the hour of \(text("planner"))"]
    case "hold", "attempt": return [try "the \(name) of \(text("batch"))#\(text("number"))"]
    case "approval": return [try "the approval of \(text("batch"))"]
    case "budget": return [try "the \(text("currency")) budget of \(text("scope"))"]
    case "journal":
      let number = Int(try text("sequence")) ?? 0
      // An entry behind the end is wrong where the next one should be.
      let first = number > rows.count ? rows.count + 1 : number
      return ["sequence \(first):", "entry \(first) ", "ends at \(first &- 1),"]
    default: return ["the table \(name) has no name here"]
    }
  }

  /// The batches that a row is about, nil when it is about all; nothing is sent by a draft.
  func batches(of row: Row, _ database: borrowing Database) throws -> Set<String>? {
    func expression(_ column: String) -> String { row[column] ?? "''" }
    switch name {
    case "batch": return [try Self.text(expression("id"), database)]
    case "job", "hold", "attempt", "approval", "vault_key":
      return [try Self.text(expression("batch"), database)]
    case "budget":
      let scope = expression("scope")
      if scope == "'home'" { return nil }
      return Set(
        try Tampering.names(
          """
          SELECT id AS name
          FROM   batch
          WHERE  'batch ' || id = \(scope) OR 'job_file ' || job_file = \(scope)
          """, database))
    case "draft", "draft_job", "planner_hour": return []
    default: return nil
    }
  }

  /// The text of an expression of SQL, whole, whatever is in it.
  private static func text(
    _ expression: String, _ database: borrowing Database
  ) throws -> String {
    var text = ""
    try database.forEach("SELECT CAST(\(expression) AS TEXT) AS text") { row in
      text = row.optionalText("text") ?? ""
      return false
    }
    return text
  }
}
