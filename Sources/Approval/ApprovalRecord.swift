package import Domain
internal import JSON
package import Journal
internal import Queue
package import SQLite

/// One person's yes to one digest, until a time.
package struct ApprovalRecord: Equatable, Sendable {
  package let batch: BatchID
  package let digest: String
  /// Who approved, or gave the standing approval that covered it.
  package let person: Person
  package let approvedAt: Timestamp
  package let expiresAt: Timestamp
  /// How many jobs were queued, and so approved.
  package let jobs: Int
  /// The numbers of the jobs that were left out: "12,40-44".
  package let excluded: String?
  package let note: String?
  /// The standing approval by which it was given, when no person looked at this plan.
  package let standing: StandingID?
  package let seal: String

  /// The approver's name.
  package var approver: String { person.name }

  /// Reads a row of the `approval` table.
  package init(row: borrowing Row) throws(Fault) {
    batch = BatchID(row.text("batch"))
    digest = row.text("digest")
    let token = row.optionalText("approver_id").map { Identity.token(ApproverID($0)) }
    let uid = row.optionalInteger("approver_uid").flatMap(UInt32.init(exactly:))
    person = Person(name: row.text("approver"), identity: token ?? uid.map(Identity.login))
    approvedAt = Timestamp(milliseconds: row.integer("approved_at"))
    expiresAt = Timestamp(milliseconds: row.integer("expires_at"))
    jobs = Int(row.integer("jobs"))
    excluded = row.optionalText("excluded")
    note = row.optionalText("note")
    standing = row.optionalText("standing").map(StandingID.init)
    seal = row.text("seal")
  }

  init(
    batch: BatchID, digest: String, by person: Person, approvedAt: Timestamp,
    expiresAt: Timestamp, jobs: Int, excluded: JobNumbers? = nil, note: String? = nil,
    standing: StandingID? = nil, sealedIn store: Store
  ) {
    self.batch = batch
    self.digest = digest
    self.person = person
    self.approvedAt = approvedAt
    self.expiresAt = expiresAt
    self.jobs = jobs
    self.excluded = excluded?.text
    self.note = note
    self.standing = standing
    self.seal = store.seal(
      Self.sealed(
        batch, digest, person, approvedAt, expiresAt, jobs, excluded?.text, note, standing))
  }

  /// Whether it still counts at an instant.
  package func isExpired(at now: Timestamp) -> Bool { now >= expiresAt }

  /// Whether it is as it was written.
  func isAuthentic(in store: Store) -> Bool {
    seal == store.seal(sealed)
  }

  /// What its seal is taken over.
  package var sealed: Sealed {
    Self.sealed(batch, digest, person, approvedAt, expiresAt, jobs, excluded, note, standing)
  }

  /// Every field, in the order of the seal.
  private static func sealed(
    _ batch: BatchID, _ digest: String, _ person: Person, _ approvedAt: Timestamp,
    _ expiresAt: Timestamp, _ jobs: Int, _ excluded: String?, _ note: String?,
    _ standing: StandingID?
  ) -> Sealed {
    Sealed(
      "sluice.approval/2",
      [
        batch.text, digest, person.name, person.identity?.uid.map { String($0) },
        person.identity?.approver?.text, String(approvedAt.milliseconds),
        String(expiresAt.milliseconds), String(jobs), excluded, note, standing?.text,
      ])
  }
}

extension Approver {
  /// How many jobs an approval given now covers.
  func queuedJobs(of batch: Batch) throws(Fault) -> Int {
    try store.first(
      "SELECT count(*) AS jobs FROM job WHERE batch = :batch AND state = 'queued'",
      [":batch": .text(batch.id.text)]
    ) { row throws(Fault) in Int(row.integer("jobs")) } ?? 0
  }

  func insert(
    _ approval: ApprovalRecord, in transaction: borrowing Transaction
  ) throws(Fault) {
    try transaction.run(
      """
      INSERT INTO approval (batch, digest, approver, approver_uid, approver_id, approved_at,
                            expires_at, jobs, excluded, note, standing, seal)
      VALUES (:batch, :digest, :approver, :uid, :id, :now, :expires_at, :jobs, :excluded, :note,
              :standing, :seal)
      """,
      [
        ":batch": .text(approval.batch.text), ":digest": .text(approval.digest),
        ":approver": .text(approval.approver),
        ":uid": .optional(approval.person.identity?.uid.map(Int64.init)),
        ":id": .optional(approval.person.identity?.approver?.text),
        ":now": .integer(approval.approvedAt.milliseconds),
        ":expires_at": .integer(approval.expiresAt.milliseconds), ":jobs": .integer(approval.jobs),
        ":excluded": .optional(approval.excluded), ":note": .optional(approval.note),
        ":standing": .optional(approval.standing?.text), ":seal": .text(approval.seal),
      ])
  }
}

extension ApprovalRecord {
  /// The approval as the journal keeps it; `reach` is what it takes of a standing approval.
  func json(reach: [Money] = []) -> JSONValue {
    [
      "digest": .string(digest), "approver": .string(approver), "login_uid": person.uidJSON,
      "approver_id": person.approverJSON, "expires_at_ms": .integer(expiresAt.milliseconds),
      "jobs": .integer(Int64(jobs)), "excluded": .optional(excluded), "note": .optional(note),
      "standing": .optional(standing?.text),
      "reach": .array(reach.map { ["amount": $0.minorJSON, "currency": $0.codeJSON] }),
    ]
  }
}
