package import Domain
internal import JSON
package import Journal
internal import SQLite

/// What a planner is putting together for one job file.
package struct Draft: Equatable, Sendable {
  package let id: DraftID
  package let planner: String
  package let jobFile: String
  /// SHA-256 of the job file that its lines were checked against, in hexadecimal.
  package let jobFileDigest: String
  /// How many jobs it has.
  package let jobs: Int

  init(row: borrowing Row) {
    id = DraftID(row.text("id"))
    planner = row.text("planner")
    jobFile = row.text("job_file")
    jobFileDigest = row.text("job_file_digest")
    jobs = Int(row.integer("jobs"))
  }
}

/// The drafts of a home: lines that were checked and wait for their planner to submit them.
///
/// A draft takes no reference; submitting removes it in the transaction that makes it a batch. What
/// is added to it is journaled, so that nobody changes it by hand unseen.
package struct Drafts {
  package let store: Store

  /// The drafts of a home.
  package init(_ store: Store) { self.store = store }

  private static let columns =
    "SELECT *, (SELECT count(*) FROM draft_job WHERE draft = draft.id) AS jobs FROM draft"

  /// A planner's draft of this name; nil when it has none.
  package func draft(_ id: DraftID, of planner: String) throws(Fault) -> Draft? {
    try store.first(
      Self.columns + " WHERE id = :id AND planner = :planner",
      [":id": .text(id.text), ":planner": .text(planner)]
    ) { row throws(Fault) in Draft(row: row) }
  }

  /// The draft of this name, whosoever it is; nil when there is none.
  package func draft(_ id: DraftID) throws(Fault) -> Draft? {
    try store.first(Self.columns + " WHERE id = :id", [":id": .text(id.text)]) {
      row throws(Fault) in Draft(row: row)
    }
  }

  /// A planner's draft for a job file; nil when it has none.
  package func draft(of planner: String, for jobFile: String) throws(Fault) -> Draft? {
    try store.first(
      Self.columns + " WHERE planner = :planner AND job_file = :job_file",
      [":planner": .text(planner), ":job_file": .text(jobFile)]
    ) { row throws(Fault) in Draft(row: row) }
  }

  /// All drafts of the home, the oldest first.
  package func drafts() throws(Fault) -> [Draft] {
    try store.rows(Self.columns + " ORDER BY created_at, id") { row throws(Fault) in
      Draft(row: row)
    }
  }

  /// All drafts of a planner, the oldest first.
  package func drafts(of planner: String) throws(Fault) -> [Draft] {
    try store.rows(
      Self.columns + " WHERE planner = :planner ORDER BY created_at, id",
      [":planner": .text(planner)]
    ) { row throws(Fault) in Draft(row: row) }
  }

  /// The batch that a planner's draft became; nil when it became none.
  package func batch(from id: DraftID, of planner: String) throws(Fault) -> BatchID? {
    try store.first(
      "SELECT id FROM batch WHERE draft = :draft AND planner = :planner",
      [":draft": .text(id.text), ":planner": .text(planner)]
    ) { row throws(Fault) in BatchID(row.text("id")) }
  }

  /// The lines of a draft behind a number, so many at most, as JSON Lines.
  package func lines(
    of id: DraftID, after number: Int, limit: Int = 1000
  ) throws(Fault) -> [UInt8] {
    let lines = try store.rows(
      """
      SELECT line
      FROM   draft_job
      WHERE  draft = :draft AND number > :number
      ORDER  BY number
      LIMIT  :limit
      """,
      [":draft": .text(id.text), ":number": .integer(number), ":limit": .integer(limit)]
    ) { row throws(Fault) in row.text("line") }
    return lines.flatMap { Array($0.utf8) + [UInt8(ascii: "\n")] }
  }

  /// The numbers of the jobs whose reference a batch has taken meanwhile.
  package func taken(in id: DraftID, _ family: Family) throws(Fault) -> Set<Int> {
    let numbers = try store.rows(
      """
      SELECT draft_job.number
      FROM   draft_job
      JOIN   job
      ON     job.family    = :family
        AND  job.account   = draft_job.account
        AND  job.reference = draft_job.reference
        AND  job.state IN ('queued', 'sending', 'charged', 'processing', 'in_doubt', 'unknown')
      WHERE  draft_job.draft = :draft
      """,
      [":draft": .text(id.text), ":family": .text(family.rawValue)]
    ) { row throws(Fault) in Int(row.integer("number")) }
    return Set(numbers)
  }

  /// Throws a planner's draft away; false when there is none of that name.
  package func discard(
    _ id: DraftID, of planner: String, reason: String? = nil
  ) throws(Fault) -> Bool {
    let transaction = try store.begin()
    guard try draft(id, of: planner) != nil else { return false }
    try remove(id, in: transaction)
    try transaction.append(.discarded, subject: id.text, ["reason": .optional(reason)])
    _ = try transaction.commit()
    return true
  }

  func remove(_ id: DraftID, in transaction: borrowing Transaction) throws(Fault) {
    try transaction.run(
      "DELETE FROM draft_job WHERE draft = :draft", [":draft": .text(id.text)])
    try transaction.run("DELETE FROM draft WHERE id = :draft", [":draft": .text(id.text)])
  }
}
