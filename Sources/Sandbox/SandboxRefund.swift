internal import JSON
internal import SQLite

/// A refund in the sandbox's own record.
struct SandboxRefund: Equatable {
  var id: String
  /// The charge or the intent whose money goes back.
  var object: String
  /// Minor units.
  var amount: Int64
  var currency: String
  var status: String
  /// Seconds since the Unix epoch.
  var created: Int64
  var metadata: [JSONMember]

  init(
    id: String, object: String, amount: Int64, currency: String, status: String, created: Int64,
    metadata: [JSONMember]
  ) {
    self.id = id
    self.object = object
    self.amount = amount
    self.currency = currency
    self.status = status
    self.created = created
    self.metadata = metadata
  }

  init(row: borrowing Row) {
    id = row.text("id")
    object = row.text("object")
    amount = row.integer("amount")
    currency = row.text("currency")
    status = row.text("status")
    created = row.integer("created")
    metadata = SandboxObject.metadata(row.text("metadata"))
  }

  /// The refund as Stripe writes it, as far as anyone here reads it.
  var json: JSONValue {
    let isCharge = object.hasPrefix("ch_")
    return [
      "id": .string(id), "object": "refund", "amount": .integer(amount),
      "currency": .string(currency), "created": .integer(created), "status": .string(status),
      "charge": isCharge ? .string(object) : .null,
      "payment_intent": isCharge ? .null : .string(object), "metadata": .object(metadata),
    ]
  }
}

extension SandboxRecord {
  /// Keeps a refund.
  func insert(_ refund: SandboxRefund) throws(SQLiteError) {
    try database.run(
      """
      INSERT INTO refund (id, object, amount, currency, status, created, metadata)
      VALUES (:id, :object, :amount, :currency, :status, :created, :metadata)
      """,
      [
        ":id": .text(refund.id), ":object": .text(refund.object),
        ":amount": .integer(refund.amount), ":currency": .text(refund.currency),
        ":status": .text(refund.status), ":created": .integer(refund.created),
        ":metadata": .text(JSONValue.object(refund.metadata).text),
      ])
  }

  func setRefundStatus(_ id: String, _ status: String) throws(SQLiteError) {
    try database.run(
      "UPDATE refund SET status = :status WHERE id = :id",
      [":id": .text(id), ":status": .text(status)])
  }

  func refund(_ id: String) throws(SQLiteError) -> SandboxRefund? {
    var found: SandboxRefund?
    try database.forEach("SELECT * FROM refund WHERE id = :id", [":id": .text(id)]) { row in
      found = SandboxRefund(row: row)
      return false
    }
    return found
  }

  /// The number of the next refund, which names it.
  func nextRefundNumber() throws(SQLiteError) -> Int64 {
    var last: Int64 = 0
    try database.forEach("SELECT coalesce(max(sequence), 0) AS last FROM refund") { row in
      last = row.integer("last")
      return false
    }
    return last + 1
  }

  /// How much of a charge or an intent went back, or is on its way.
  func refunded(of object: String) throws(SQLiteError) -> Int64 {
    var sum: Int64 = 0
    try database.forEach(
      "SELECT coalesce(sum(amount), 0) AS sum FROM refund WHERE object = :object",
      [":object": .text(object)]
    ) { row in
      sum = row.integer("sum")
      return false
    }
    return sum
  }

  /// The refunds of a charge or an intent, newest first, those after one of them when it is given.
  func refunds(
    of object: String, since: Int64, after: String?, limit: Int
  ) throws(SQLiteError) -> [SandboxRefund] {
    var found: [SandboxRefund] = []
    try database.forEach(
      """
      SELECT *
      FROM   refund
      WHERE  object = :object AND created >= :since
        AND  (:after IS NULL OR sequence < (SELECT sequence FROM refund WHERE id = :after))
      ORDER  BY sequence DESC
      LIMIT  :limit
      """,
      [
        ":object": .text(object), ":since": .integer(since), ":after": .optional(after),
        ":limit": .integer(limit),
      ]
    ) { row in
      found.append(SandboxRefund(row: row))
      return true
    }
    return found
  }
}
