internal import Domain
internal import JSON
internal import Journal
internal import SQLite

/// Where the tables say something else than the journal, in a scratch table: there may be as many
/// as there are rows.
struct Disagreements {
  let store: Store

  /// How many are told one by one.
  private static let most = 100

  /// None yet.
  init(_ store: Store) throws(Fault) {
    self.store = store
    try store.makeScratch(
      """
      CREATE TEMP TABLE IF NOT EXISTS disagreement (
        id INTEGER PRIMARY KEY, sequence INTEGER, name TEXT, kind TEXT, told TEXT, found TEXT
      ) STRICT;
      DELETE FROM temp.disagreement;
      """)
  }

  /// What is wrong with a row that is not a difference in one of its columns.
  enum Kind: String {
    /// An entry tells of it, and it is gone.
    case gone
    /// No entry tells of it.
    case unexplained
    /// Its seal is of another content.
    case seal
    /// The journal has the digest of another content.
    case content
  }

  /// Compares the rows that both have, column by column.
  func add(_ table: Comparison) throws(Fault) {
    let differs = table.columns.map { "row.\($0) IS NOT found.\($0)" }
    func branches(_ value: (String) -> String) -> String {
      zip(table.columns, differs).map { "WHEN \($1) THEN \(value($0))" }.joined(separator: " ")
    }
    try write(
      """
      INSERT INTO temp.disagreement (sequence, name, kind, told, found)
      SELECT row.sequence, \(table.name), CASE \(branches { "'\($0)'" }) END AS kind,
             CASE \(branches { "CAST(row.\($0) AS TEXT)" }) END,
             CASE \(branches { "CAST(found.\($0) AS TEXT)" }) END
      FROM   temp.told_\(table.table) AS row
      JOIN   main.\(table.table) AS found ON \(table.match("row", "found"))
      WHERE  kind IS NOT NULL
      """)
  }

  /// Finds rows that are gone, and rows that no entry explains.
  func addMissing(_ table: Comparison, among rows: Extent) throws(Fault) {
    try write(
      """
      INSERT INTO temp.disagreement (sequence, name, kind)
      SELECT row.sequence, \(table.name), '\(Kind.gone.rawValue)'
      FROM   temp.told_\(table.table) AS row
      LEFT   JOIN main.\(table.table) AS found ON \(table.match("row", "found"))
      WHERE  found.\(table.key[0]) IS NULL
      """)
    let (filter, parameters) = table.filter(rows)
    try write(
      """
      INSERT INTO temp.disagreement (name, kind)
      SELECT \(table.name), '\(Kind.unexplained.rawValue)'
      FROM   main.\(table.table) AS row
      LEFT   JOIN temp.told_\(table.table) AS told ON \(table.match("row", "told"))
      WHERE  told.\(table.key[0]) IS NULL AND \(filter)
      """, parameters)
  }

  /// Adds what was found wrong by other means than a comparison.
  func add(
    _ kind: Kind, _ name: String, after sequence: Int64?, told: String? = nil, found: String? = nil
  ) throws(Fault) {
    try write(
      """
      INSERT INTO temp.disagreement (sequence, name, kind, told, found)
      VALUES (:sequence, :name, :kind, :told, :found)
      """,
      [
        ":sequence": .optional(sequence), ":name": .text(name), ":kind": .text(kind.rawValue),
        ":told": .optional(told), ":found": .optional(found),
      ])
  }

  /// Throws `storage` when there are any: the first as the message, then each, then how many more.
  func report() throws(Fault) {
    var details = try store.rows(
      """
      SELECT disagreement.*, journal.event
      FROM   temp.disagreement
      LEFT   JOIN journal ON journal.sequence = disagreement.sequence
      ORDER  BY disagreement.sequence IS NULL, disagreement.sequence, id
      LIMIT  \(Self.most)
      """
    ) { row throws(Fault) in Self.sentence(row) }
    guard let first = details.first else { return }
    let count = try store.first("SELECT count(*) AS count FROM temp.disagreement") {
      row throws(Fault) in Int(row.integer("count"))
    }
    if let count, count > Self.most {
      details.append("and \(groupedDigits(count - Self.most)) more")
    }
    throw Fault(
      .storage, first,
      hint: "nothing was sent; find out who changed the database, and put a backup back",
      details: details.count == 1 ? [] : details)
  }

  private static func sentence(_ row: borrowing Row) -> String {
    let text = printable(row.text("name"))
    let name = text.isEmpty ? quoted(text) : text
    let entry = row.optionalInteger("sequence").map { sequence in
      "the journal's entry \(sequence) (\(row.optionalText("event") ?? "gone"))"
    }
    let word = row.text("kind")
    switch Kind(rawValue: word) {
    case .gone: return "\(entry ?? "the journal") tells of \(name), whose row is gone"
    case .unexplained: return "no entry of the journal explains the row of \(name)"
    case .seal: return "the seal of \(name) does not match its row"
    case .content: return "\(entry ?? "the journal") is about another content of \(name)"
    case nil: break
    }
    let told = value(row.optionalText("told"), of: word)
    let found = value(row.optionalText("found"), of: word)
    return word == "state"
      ? "\(entry ?? "the journal") says \(name) is \(told), its row says \(found)"
      : "\(entry ?? "the journal") says \(word) of \(name) is \(told), its row says \(found)"
  }

  /// A value as a sentence shows it: words and numbers as they are, a planner's text in quotes.
  private static func value(_ text: String?, of column: String) -> String {
    guard let text else { return "nothing" }
    let isPlain =
      !text.isEmpty && text.utf8.count <= 64
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F
      }
    return isPlain ? text : quoted(text)
  }

  /// Writes to the scratch table.
  func write(_ sql: String, _ parameters: Parameters = [:]) throws(Fault) {
    guard try store.runInScratch(sql, parameters) else {
      throw .untrusted("the tables cannot be compared with the journal")
    }
  }
}

extension Comparison {
  /// Whether two rows are of one name, as SQL.
  fileprivate func match(_ left: String, _ right: String) -> String {
    key.map { "\(right).\($0) = \(left).\($0)" }.joined(separator: " AND ")
  }

  /// Which rows of the table are looked at, as SQL with its parameters.
  fileprivate func filter(_ rows: Extent) -> (sql: String, parameters: Parameters) {
    guard case .batch(let id, let jobFile) = rows else { return ("true", [:]) }
    switch extent {
    case .none: return ("true", [:])
    case .batch(let column): return ("row.\(column) IN (SELECT batch FROM temp.told_extent)", [:])
    case .scope:
      let scopes = BudgetScope.all(of: id, jobFile).map { JSONValue.string($0.text) }
      return (
        "row.scope IN (SELECT value FROM json_each(:scopes))",
        [":scopes": .text(JSONValue.array(scopes).text)]
      )
    }
  }
}
