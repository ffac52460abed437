package import Domain
package import Journal
package import SQLite

/// One person's yes to one digest, until a time.
package struct ApprovalRecord: Equatable, Sendable {
  package let batch: BatchID
  package let digest: String
  package let approver: String
  /// The kernel's login uid of the approver, where there is one.
  package let approverUID: Int64?
  package let approvedAt: Timestamp
  package let expiresAt: Timestamp
  /// How many jobs were queued, and so approved.
  package let jobs: Int
  /// The numbers of the jobs that were left out: "12,40-44".
  package let excluded: String?
  package let note: String?
  package let seal: String

  /// Reads a row of the `approval` table.
  package init(row: borrowing Row) throws(Fault) {
    batch = BatchID(row.text("batch"))
    digest = row.text("digest")
    approver = row.text("approver")
    approverUID = row.optionalInteger("approver_uid")
    approvedAt = Timestamp(milliseconds: row.integer("approved_at"))
    expiresAt = Timestamp(milliseconds: row.integer("expires_at"))
    jobs = Int(row.integer("jobs"))
    excluded = row.optionalText("excluded")
    note = row.optionalText("note")
    seal = row.text("seal")
  }

  init(
    batch: BatchID, digest: String, by person: Person, approvedAt: Timestamp,
    expiresAt: Timestamp, jobs: Int, excluded: JobNumbers?, note: String?, sealedIn store: Store
  ) {
    self.batch = batch
    self.digest = digest
    self.approver = person.name
    self.approverUID = person.uid.map(Int64.init)
    self.approvedAt = approvedAt
    self.expiresAt = expiresAt
    self.jobs = jobs
    self.excluded = excluded?.text
    self.note = note
    self.seal = store.seal(
      Self.sealed(
        batch, digest, person.name, person.uid.map(Int64.init), approvedAt, expiresAt, jobs,
        excluded?.text, note))
  }

  /// Whether it still counts at an instant.
  package func isExpired(at now: Timestamp) -> Bool { now >= expiresAt }

  /// Whether it is as it was written.
  func isAuthentic(in store: Store) -> Bool {
    seal == store.seal(sealed)
  }

  /// What its seal is taken over.
  package var sealed: Sealed {
    Self.sealed(batch, digest, approver, approverUID, approvedAt, expiresAt, jobs, excluded, note)
  }

  /// Every field, in the order of the seal.
  private static func sealed(
    _ batch: BatchID, _ digest: String, _ approver: String, _ approverUID: Int64?,
    _ approvedAt: Timestamp, _ expiresAt: Timestamp, _ jobs: Int, _ excluded: String?,
    _ note: String?
  ) -> Sealed {
    Sealed(
      "sluice.approval/1",
      [
        batch.text, digest, approver, approverUID.map { String($0) },
        String(approvedAt.milliseconds), String(expiresAt.milliseconds), String(jobs), excluded,
        note,
      ])
  }
}
