import Domain
import SQLite
import Support

extension Tampering {
  /// Makes a change that a seed draws: seeds in a row go through all tables, kind by kind.
  static func make(_ seed: UInt64, _ database: borrowing Database) throws -> Tampering {
    var random = SeededRandom(seed: seed)
    let tables = try tables(database)
    let table = try TamperedTable(tables[Int(seed) % tables.count], database)
    let kinds: [Kind] = [.column, .deletion, .column, .insertion, .column, .swap]
    let kind = kinds[Int(seed) / tables.count % kinds.count]
    for _ in 1...200 {
      guard let draft = try draft(kind, table, database, &random) else { continue }
      do {
        try apply(draft.sql, database)
        return draft
      } catch {
        guard (error as? SQLiteError)?.isConstraint == true else { throw error }
      }
    }
    throw Fault(.internalError, "seed \(seed): \(table.name) takes no change of kind \(kind)")
  }

  /// Runs statements with the rules and triggers out of the way; these are there again afterwards.
  static func apply(_ sql: String, _ database: borrowing Database) throws {
    var triggers: [(name: String, sql: String)] = []
    try database.forEach("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'") { row in
      triggers.append((row.text("name"), row.text("sql")))
      return true
    }
    let drop = triggers.map { "DROP TRIGGER \($0.name);" }.joined(separator: " ")
    let restore = triggers.map { "\($0.sql);" }.joined(separator: " ")
    try database.execute("PRAGMA ignore_check_constraints = ON; BEGIN;")
    do {
      try database.execute("\(drop) \(sql); \(restore) COMMIT;")
    } catch {
      try database.execute("ROLLBACK")
      throw error
    }
  }

  private static func draft(
    _ kind: Kind, _ table: TamperedTable, _ database: borrowing Database,
    _ random: inout SeededRandom
  ) throws -> Tampering? {
    guard let row = table.rows.randomElement(using: &random) else { return nil }
    switch kind {
    case .column: return try column(of: row, table, database, &random)
    case .deletion:
      return try tampering(
        "deleted", "DELETE FROM \(table.name) WHERE \(table.match(row))", [row], table, database)
    case .insertion:
      var copy = row
      for column in table.columns where column.isKey || column.isUnique {
        copy[column.name] = try value(of: column, row, table, database, &random) ?? "NULL"
      }
      return try tampering("put in", table.insertion(copy), [copy], table, database)
    case .swap: return try swap(row, table, database, &random)
    }
  }

  private static func column(
    of row: TamperedTable.Row, _ table: TamperedTable, _ database: borrowing Database,
    _ random: inout SeededRandom
  ) throws -> Tampering? {
    guard let column = table.columns.randomElement(using: &random),
      let value = try value(of: column, row, table, database, &random)
    else { return nil }
    var edited = row
    edited[column.name] = value
    // A space behind JSON reads as the same JSON: verify tells, and what was approved is sent.
    let readsTheSame =
      ["metadata", "terms"].contains(column.name)
      && value == (row[column.name] ?? "").dropLast() + " '"
    return try tampering(
      "\(column.name) = \(value)",
      "UPDATE \(table.name) SET \(column.name) = \(value) WHERE \(table.match(row))",
      [row, edited], table, database, touchesBatches: !readsTheSame)
  }

  /// Two rows take each other's place; nil where there are no two that differ.
  private static func swap(
    _ row: TamperedTable.Row, _ table: TamperedTable, _ database: borrowing Database,
    _ random: inout SeededRandom
  ) throws -> Tampering? {
    guard table.rows.count > 1 else { return try draft(.deletion, table, database, &random) }
    let other = table.rows.randomElement(using: &random) ?? row
    var (first, second) = (row, other)
    for column in table.columns where !column.isKey {
      (first[column.name], second[column.name]) = (second[column.name], first[column.name])
    }
    guard first != row, first != other else { return nil }
    let sql =
      "DELETE FROM \(table.name) WHERE \(table.match(row)) OR \(table.match(other)); "
      + "\(table.insertion(first)); \(table.insertion(second))"
    return try tampering("swapped", sql, [row, other, first, second], table, database)
  }

  private static func tampering(
    _ what: String, _ sql: String, _ rows: [TamperedTable.Row], _ table: TamperedTable,
    _ database: borrowing Database, touchesBatches: Bool = true
  ) throws -> Tampering {
    var batches: Set<String>? = []
    // A rule of the schema that is broken names the table.
    var names: Set<String> = [" in \(table.name)", "\(table.name)."]
    for row in rows {
      names.formUnion(try table.called(row, database))
      let more = try table.batches(of: row, database)
      batches = more.flatMap { more in batches?.union(more) }
    }
    return Tampering(
      what: "\(table.name): \(what): \(table.match(rows[0]))", sql: sql, names: names,
      batches: touchesBatches ? batches : [])
  }

  /// Another value for a column than a row has, as SQL; nil where the draw gives the same.
  private static func value(
    of column: TamperedTable.Column, _ row: TamperedTable.Row, _ table: TamperedTable,
    _ database: borrowing Database, _ random: inout SeededRandom
  ) throws -> String? {
    let now = row[column.name] ?? "NULL"
    let other = table.rows.randomElement(using: &random)?[column.name] ?? "NULL"
    let letter = "0123456789abcdefz".randomElement(using: &random) ?? "x"
    let place = Int.random(in: 1...70, using: &random)
    var values =
      switch column.type {
      case "INTEGER":
        [
          other, "\(now) + 1", "\(now) - 1", "0", "-1", "\(now) + 86400000",
          "\(Int64.random(in: .min ... .max, using: &random))", "\(Int64.max)", "-\(Int64.max)",
        ]
      case "BLOB":
        [other, "x''", "CAST(\(now) || '\(letter)' AS BLOB)", "substr(\(now), 2)"]
      default:
        [
          other, "''", "\(now) || ' '", "\(now) || char(0) || 'x'", "upper(\(now))", "'\(letter)'",
          "\(now) || CAST(x'ff' AS TEXT)", "\(now) || char(769)", "substr(\(now), 2)",
          "substr(\(now), 1, \(place)) || '\(letter)' || substr(\(now), \(place + 2))",
        ]
      }
    if column.isNullable { values.append("NULL") }
    let drawn = values.randomElement(using: &random) ?? other
    let isOther = try names("SELECT typeof(\(drawn)) AS name", database)
    // An integer that overflows becomes a float, which no column takes.
    guard isOther != ["real"] else { return nil }
    let value = try names("SELECT quote(\(drawn)) AS name", database).first ?? drawn
    let isSame = try names("SELECT (\(drawn)) IS (\(now)) AS name", database) == ["1"]
    // `quote` ends at a NUL, and no text of SQL holds a byte that is no UTF-8.
    let isPlain = !drawn.contains("char(0)") && !drawn.contains("x'ff'")
    return isSame ? nil : isPlain ? value : drawn
  }
}
