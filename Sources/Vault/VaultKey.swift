package import Domain
internal import Journal
internal import SQLite

/// A vault key: what one run may do, and until when.
package struct VaultKey: Equatable, Sendable {
  package let id: VaultKeyID
  package let batch: BatchID
  package let name: String
  package let policy: Policy
  package let issuedAt: Timestamp
  package let expiresAt: Timestamp
  /// How many jobs it has admitted.
  package let jobsAdmitted: Int
  package let revokedAt: Timestamp?
  package let revokedBy: String?
  package let revokedReason: String?
  let seal: String

  init(row: borrowing Row) throws(Fault) {
    id = VaultKeyID(row.text("id"))
    batch = BatchID(row.text("batch"))
    name = row.text("name")
    policy = try Policy(text: row.text("policy"))
    issuedAt = Timestamp(milliseconds: row.integer("issued_at"))
    expiresAt = Timestamp(milliseconds: row.integer("expires_at"))
    jobsAdmitted = Int(row.integer("jobs_admitted"))
    revokedAt = row.optionalInteger("revoked_at").map(Timestamp.init(milliseconds:))
    revokedBy = row.optionalText("revoked_by")
    revokedReason = row.optionalText("revoked_reason")
    seal = row.text("seal")
  }

  /// What a key is good for at an instant.
  package func standing(at now: Timestamp) -> Standing {
    if revokedAt != nil { return .revoked }
    return now >= expiresAt ? .expired : .live
  }

  /// Whether a key admits anything.
  package enum Standing: String, CaseIterable, Sendable {
    case live, expired, revoked
  }
}

extension Store {
  /// The seal over what a key may do; the counters and the revocation are not part of it.
  func seal(ofKey id: VaultKeyID, of batch: BatchID, policy: String, expiresAt: Timestamp) -> String
  {
    seal("sluice.vault_key/1", [id.text, batch.text, policy, String(expiresAt.milliseconds)])
  }
}
