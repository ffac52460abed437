package import Domain
internal import JSON
internal import Journal
package import SQLite

/// One job as it stands: what was planned, and what became of it.
package struct Job: Equatable, Sendable {
  package let id: JobID
  package let planned: PlannedJob
  /// The seal over the content, as stored.
  package let seal: String
  package let state: JobState
  package let skipReason: SkipReason?
  /// The job that took the reference first, when this one is a duplicate.
  package let duplicateOf: String?
  package let details: SettlementDetails
  package let settledAt: Timestamp?

  /// A job of exactly these parts.
  package init(
    id: JobID, planned: PlannedJob, seal: String, state: JobState, skipReason: SkipReason? = nil,
    duplicateOf: String? = nil, details: SettlementDetails = SettlementDetails(),
    settledAt: Timestamp? = nil
  ) {
    self.id = id
    self.planned = planned
    self.seal = seal
    self.state = state
    self.skipReason = skipReason
    self.duplicateOf = duplicateOf
    self.details = details
    self.settledAt = settledAt
  }

  /// Reads a row of the `job` table.
  package static func decode(_ row: borrowing Row) throws(Fault) -> Job { try Job(row: row) }

  init(row: borrowing Row) throws(Fault) {
    id = JobID(batch: BatchID(row.text("batch")), number: Int(row.integer("number")))
    planned = try PlannedJob(row: row)
    seal = row.text("seal")
    state = try row.word("state", as: JobState.self)
    skipReason = try row.isNull("skip_reason") ? nil : row.word("skip_reason", as: SkipReason.self)
    duplicateOf = row.optionalText("duplicate_of")
    details = SettlementDetails(
      object: row.optionalText("object"), code: row.optionalText("code"),
      declineCode: row.optionalText("decline_code"), message: row.optionalText("message"),
      requestID: row.optionalText("request_id"))
    settledAt = row.optionalInteger("settled_at").map(Timestamp.init(milliseconds:))
  }
}

/// What Stripe said when a job was settled.
package struct SettlementDetails: Equatable, Sendable {
  /// Stripe's id of the charge or payment intent.
  package let object: String?
  package let code: String?
  package let declineCode: String?
  package let message: String?
  package let requestID: String?

  /// Details of exactly these parts.
  package init(
    object: String? = nil, code: String? = nil, declineCode: String? = nil,
    message: String? = nil, requestID: String? = nil
  ) {
    self.object = object
    self.code = code
    self.declineCode = declineCode
    self.message = message
    self.requestID = requestID
  }
}

extension PlannedJob {
  /// Reads the content of a row of the `job` table.
  package init(row: borrowing Row) throws(Fault) {
    guard let currency = Currency(row.text("currency")) else {
      throw .untrusted("a job has the currency \(quoted(row.text("currency")))")
    }
    self.init(
      number: Int(row.integer("number")), line: Int(row.integer("line")),
      movement: Movement(
        operation: try row.word("operation", as: Operation.self), account: row.text("account"),
        amount: Money(minorUnits: row.integer("amount_minor"), currency: currency),
        invoice: row.optionalText("invoice"), charge: row.optionalText("charge")),
      reference: row.text("reference"),
      description: row.optionalText("description"),
      paymentMethod: row.optionalText("payment_method"), reason: row.optionalText("reason"),
      metadata: try Self.metadata(row.text("metadata")))
  }

  /// The metadata as one JSON object, keys in their order.
  package var metadataText: String {
    JSONValue.object(metadata.map { JSONMember(key: $0.key, value: .string($0.value)) }).text
  }

  private static func metadata(_ text: String) throws(Fault) -> [MetadataEntry] {
    if text == "{}" { return [] }
    guard let members = try? JSONReader.read(Array(text.utf8)).members else {
      throw .untrusted("the metadata of a job cannot be read")
    }
    return members.map { MetadataEntry(key: $0.key, value: $0.value.string ?? "") }
  }
}
