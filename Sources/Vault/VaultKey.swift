package import Domain
internal import JSON
package import Journal
package import SQLite

/// A vault key: what its holder may do, and until when.
package struct VaultKey: Equatable, Sendable {
  package let id: VaultKeyID
  /// The batch of the run it was issued for; nil when it was issued with a secret.
  package let batch: BatchID?
  /// SHA-256 of the secret, in hexadecimal.
  let secretSHA256: String?
  package let name: String
  package let policy: Policy
  package let issuedAt: Timestamp
  package let expiresAt: Timestamp
  /// How many jobs it has admitted.
  package let jobsAdmitted: Int
  package let revokedAt: Timestamp?
  package let revokedBy: String?
  package let revokedReason: String?
  package let seal: String

  /// Reads a row of the `vault_key` table.
  package init(row: borrowing Row) throws(Fault) {
    id = VaultKeyID(row.text("id"))
    batch = row.optionalText("batch").map(BatchID.init)
    secretSHA256 = row.optionalText("secret_sha256")
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

extension VaultKey {
  /// What its seal is taken over; the counters and the revocation are not part of it.
  package var sealed: Sealed {
    Self.sealed(
      id, batch: batch, secretSHA256: secretSHA256, name: name, policy: policy.json.text,
      issuedAt: issuedAt, expiresAt: expiresAt)
  }

  static func sealed(
    _ id: VaultKeyID, batch: BatchID?, secretSHA256: String?, name: String, policy: String,
    issuedAt: Timestamp, expiresAt: Timestamp
  ) -> Sealed {
    Sealed(
      "sluice.vault_key/1",
      [
        id.text, batch?.text, secretSHA256, name, policy, String(issuedAt.milliseconds),
        String(expiresAt.milliseconds),
      ])
  }
}
