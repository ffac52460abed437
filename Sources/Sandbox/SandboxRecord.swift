internal import Domain
internal import JSON
internal import SQLite

/// The sandbox's own durable record: what was asked, what was answered, what was charged.
///
/// It is a file of its own, as Stripe is a company of its own: nothing of the home is in it, and
/// the home's reports are checked against it.
final class SandboxRecord {
  let database: Database

  /// Opens or makes the record.
  init(path: String) throws(SQLiteError) {
    database = try Database(path: path, .creating, busyTimeoutMilliseconds: 10_000)
    try database.execute("PRAGMA synchronous = FULL")
    try database.execute(Self.schema)
  }

  private static let schema =
    """
    CREATE TABLE IF NOT EXISTS object (
      sequence INTEGER PRIMARY KEY,
      id       TEXT    NOT NULL,
      kind     TEXT    NOT NULL,
      customer TEXT    NOT NULL,
      amount   INTEGER NOT NULL,
      currency TEXT    NOT NULL,
      status   TEXT    NOT NULL,
      failure  TEXT,
      created  INTEGER NOT NULL,
      metadata TEXT    NOT NULL,
      CONSTRAINT object_id UNIQUE (id)
    ) STRICT;
    CREATE INDEX IF NOT EXISTS object_customer ON object (customer, sequence);

    CREATE TABLE IF NOT EXISTS payment (
      invoice TEXT    NOT NULL,
      amount  INTEGER NOT NULL,
      status  TEXT    NOT NULL,
      CONSTRAINT payment_pk PRIMARY KEY (invoice)
    ) STRICT;

    CREATE TABLE IF NOT EXISTS refund (
      sequence INTEGER PRIMARY KEY,
      id       TEXT    NOT NULL,
      object   TEXT    NOT NULL,
      amount   INTEGER NOT NULL,
      currency TEXT    NOT NULL,
      status   TEXT    NOT NULL,
      created  INTEGER NOT NULL,
      metadata TEXT    NOT NULL,
      CONSTRAINT refund_id UNIQUE (id)
    ) STRICT;
    CREATE INDEX IF NOT EXISTS refund_object ON refund (object, sequence);

    CREATE TABLE IF NOT EXISTS answer (
      idempotency_key TEXT    NOT NULL,
      path            TEXT    NOT NULL,
      body            BLOB    NOT NULL,
      status          INTEGER NOT NULL,
      text            TEXT    NOT NULL,
      at              INTEGER NOT NULL,
      CONSTRAINT answer_pk PRIMARY KEY (idempotency_key)
    ) STRICT;
    CREATE INDEX IF NOT EXISTS answer_at ON answer (at);

    CREATE TABLE IF NOT EXISTS fault (
      idempotency_key TEXT NOT NULL,
      CONSTRAINT fault_pk PRIMARY KEY (idempotency_key)
    ) STRICT;
    """

  /// Does all of `body` or nothing, durably before it returns.
  func transact<Value>(_ body: () throws(SQLiteError) -> Value) throws(SQLiteError) -> Value {
    try database.execute("BEGIN IMMEDIATE")
    do throws(SQLiteError) {
      let value = try body()
      try database.execute("COMMIT")
      return value
    } catch {
      try? database.execute("ROLLBACK")
      throw error
    }
  }

  // MARK: Saved answers

  /// The answer that was saved under a key, with what had been asked.
  func savedAnswer(
    _ key: String
  ) throws(SQLiteError) -> (path: String, body: [UInt8], status: Int, text: String)? {
    var saved: (path: String, body: [UInt8], status: Int, text: String)?
    try database.forEach(
      "SELECT path, body, status, text FROM answer WHERE idempotency_key = :key",
      [":key": .text(key)]
    ) { row in
      saved = (row.text("path"), row.blob("body"), Int(row.integer("status")), row.text("text"))
      return false
    }
    return saved
  }

  /// Saves the answer to a key for ever, or for 24 hours, as Stripe does.
  func save(
    _ key: String, path: String, body: [UInt8], status: Int, text: String, at: Timestamp
  ) throws(SQLiteError) {
    try database.run(
      """
      INSERT INTO answer (idempotency_key, path, body, status, text, at)
      VALUES (:key, :path, :body, :status, :text, :at)
      """,
      [
        ":key": .text(key), ":path": .text(path), ":body": .blob(body),
        ":status": .integer(status), ":text": .text(text), ":at": .integer(at.milliseconds),
      ])
  }

  /// Forgets keys that are more than 24 hours old.
  func prune(before: Timestamp) throws(SQLiteError) {
    try database.run(
      "DELETE FROM answer WHERE at < :before", [":before": .integer(before.milliseconds)])
  }

  /// Whether the fault of a key fires now: only the first time it is asked.
  func fires(_ key: String) throws(SQLiteError) -> Bool {
    try database.run(
      "INSERT OR IGNORE INTO fault (idempotency_key) VALUES (:key)", [":key": .text(key)]) == 1
  }

  // MARK: Objects

  /// The number of the next object, which names it.
  func nextNumber() throws(SQLiteError) -> Int64 {
    var last: Int64 = 0
    try database.forEach("SELECT coalesce(max(sequence), 0) AS last FROM object") { row in
      last = row.integer("last")
      return false
    }
    return last + 1
  }

  func insert(_ object: SandboxObject) throws(SQLiteError) {
    try database.run(
      """
      INSERT INTO object (id, kind, customer, amount, currency, status, failure, created, metadata)
      VALUES (:id, :kind, :customer, :amount, :currency, :status, :failure, :created, :metadata)
      """,
      [
        ":id": .text(object.id), ":kind": .text(object.kind), ":customer": .text(object.customer),
        ":amount": .integer(object.amount), ":currency": .text(object.currency),
        ":status": .text(object.status), ":failure": .optional(object.failure),
        ":created": .integer(object.created),
        ":metadata": .text(JSONValue.object(object.metadata).text),
      ])
  }

  func setStatus(_ id: String, _ status: String, failure: String?) throws(SQLiteError) {
    try database.run(
      "UPDATE object SET status = :status, failure = coalesce(:failure, failure) WHERE id = :id",
      [":id": .text(id), ":status": .text(status), ":failure": .optional(failure)])
  }

  func object(_ id: String) throws(SQLiteError) -> SandboxObject? {
    var found: SandboxObject?
    try database.forEach("SELECT * FROM object WHERE id = :id", [":id": .text(id)]) { row in
      found = SandboxObject(row: row)
      return false
    }
    return found
  }

  /// A customer's objects of a kind, newest first, those after one of them when it is given.
  func objects(
    kind: String, customer: String, since: Int64, after: String?, limit: Int
  ) throws(SQLiteError) -> [SandboxObject] {
    var found: [SandboxObject] = []
    try database.forEach(
      """
      SELECT *
      FROM   object
      WHERE  customer = :customer AND kind = :kind AND created >= :since
        AND  (:after IS NULL OR sequence < (SELECT sequence FROM object WHERE id = :after))
      ORDER  BY sequence DESC
      LIMIT  :limit
      """,
      [
        ":customer": .text(customer), ":kind": .text(kind), ":since": .integer(since),
        ":after": .optional(after), ":limit": .integer(limit),
      ]
    ) { row in
      found.append(SandboxObject(row: row))
      return true
    }
    return found
  }
}
