package import Domain
internal import Journal
internal import SQLite

/// One person's yes to one digest, until a time.
package struct ApprovalRecord: Equatable, Sendable {
  package let batch: BatchID
  package let digest: String
  package let approver: String
  package let approvedAt: Timestamp
  package let expiresAt: Timestamp
  let seal: String

  init(row: borrowing Row) throws(Fault) {
    batch = BatchID(row.text("batch"))
    digest = row.text("digest")
    approver = row.text("approver")
    approvedAt = Timestamp(milliseconds: row.integer("approved_at"))
    expiresAt = Timestamp(milliseconds: row.integer("expires_at"))
    seal = row.text("seal")
  }

  /// Whether it still counts at an instant.
  package func isExpired(at now: Timestamp) -> Bool { now >= expiresAt }
}

extension Store {
  /// The seal over who approved what until when.
  func seal(
    ofApproval batch: BatchID, digest: String, approver: String, approvedAt: Timestamp,
    expiresAt: Timestamp
  ) -> String {
    seal(
      "sluice.approval/1",
      [
        batch.text, digest, approver, String(approvedAt.milliseconds),
        String(expiresAt.milliseconds),
      ])
  }
}
