package import Domain
internal import JSON
package import Journal
internal import SQLite

/// The vault: issues keys, admits or refuses jobs, keeps budgets and holds.
///
/// It lives in the home's own file, so that a reservation is part of the claim's transaction.
/// Nothing above it knows where budgets are kept.
package struct KeyVault {
  package let store: Store

  /// The vault of a home.
  package init(_ store: Store) { self.store = store }

  /// Issues the key of one run.
  package func issue(
    for batch: BatchID, policy: Policy, using random: inout some RandomNumberGenerator,
    in transaction: borrowing Transaction
  ) throws(Fault) -> VaultKey {
    try issue(for: batch, secretSHA256: nil, policy, using: &random, in: transaction)
  }

  /// Issues a key with a secret, for use through a vault proxy; the secret is shown once and only
  /// its SHA-256 is kept.
  package func issue(
    policy: Policy, using random: inout some RandomNumberGenerator
  ) throws(Fault) -> (key: VaultKey, secret: String) {
    let secret = "vk_" + randomName(length: 32, using: &random)
    let transaction = try store.begin()
    let key = try issue(
      for: nil, secretSHA256: hex(SHA256.digest(Array(secret.utf8))), policy, using: &random,
      in: transaction)
    _ = try transaction.commit()
    return (key, secret)
  }

  private func issue(
    for batch: BatchID?, secretSHA256: String?, _ policy: Policy,
    using random: inout some RandomNumberGenerator, in transaction: borrowing Transaction
  ) throws(Fault) -> VaultKey {
    let id = VaultKeyID("vk_id_" + randomName(length: 12, using: &random))
    let now = transaction.now
    let expiresAt = now + policy.expiresIn
    let policyText = policy.json.text
    try transaction.run(
      """
      INSERT INTO vault_key (id, batch, secret_sha256, name, vendor, policy, issued_at, expires_at,
                             seal)
      VALUES (:id, :batch, :secret_sha256, :name, 'stripe', :policy, :now, :expires_at, :seal)
      """,
      [
        ":id": .text(id.text), ":batch": .optional(batch?.text),
        ":secret_sha256": .optional(secretSHA256), ":name": .text(policy.name),
        ":policy": .text(policyText), ":now": .integer(now.milliseconds),
        ":expires_at": .integer(expiresAt.milliseconds),
        ":seal": .text(
          store.seal(
            VaultKey.sealed(
              id, batch: batch, secretSHA256: secretSHA256, name: policy.name, policy: policyText,
              issuedAt: now, expiresAt: expiresAt))),
      ])
    try transaction.append(
      .keyIssued, subject: id.text,
      [
        "batch": .optional(batch?.text), "secret_sha256": .optional(secretSHA256),
        "policy": policy.json, "expires_at_ms": .integer(expiresAt.milliseconds),
      ])
    return try exactKey(id)
  }

  /// The key of this public id, or of a unique beginning of it.
  package func key(_ id: VaultKeyID) throws(Fault) -> VaultKey {
    let found = try store.rows(
      """
      SELECT *
      FROM   vault_key
      WHERE  substr(id, 1, length(:id)) = :id
      LIMIT  2
      """,
      [":id": .text(id.text)], decode: VaultKey.init(row:))
    guard let key = found.first, id.text.count > "vk_id_".count else {
      throw Fault(
        .notFound, "there is no vault key \(quoted(id.text))", hint: "see `sluice keys list`")
    }
    guard found.count == 1 else {
      throw Fault(.usage, "\(quoted(id.text)) names several keys", hint: "type more of the id")
    }
    return key
  }

  /// The key of exactly this id; throws `storage` when it is gone.
  func exactKey(_ id: VaultKeyID) throws(Fault) -> VaultKey {
    let key = try store.first(
      "SELECT * FROM vault_key WHERE id = :id", [":id": .text(id.text)],
      decode: VaultKey.init(row:))
    guard let key else { throw .untrusted("the vault key \(id) is gone") }
    return key
  }

  /// Whether a key was ever revoked: by its row, or by the journal, which nobody can edit back.
  package func isRevoked(_ id: VaultKeyID) throws(Fault) -> Bool {
    if try exactKey(id).revokedAt != nil { return true }
    return try store.lastEvent(of: id.text, among: [.keyRevoked]) != nil
  }

  /// What keeps a key from admitting anything, a re-send included; nil when nothing does.
  package func refusal(of id: VaultKeyID) throws(Fault) -> (refusal: Refusal, message: String)? {
    let key = try exactKey(id)
    let isRevoked = try isRevoked(id)
    return brokenBySeal(key) ?? brokenByKey(key, isRevoked: isRevoked)
  }

  /// Every key, newest first.
  package func keys() throws(Fault) -> [VaultKey] {
    try store.rows(
      "SELECT * FROM vault_key ORDER BY issued_at DESC, rowid DESC", decode: VaultKey.init(row:))
  }

  /// The public ids of a batch's keys, oldest first.
  package func keys(of batch: BatchID) throws(Fault) -> [VaultKeyID] {
    try store.rows(
      "SELECT id FROM vault_key WHERE batch = :batch ORDER BY issued_at, rowid",
      [":batch": .text(batch.text)]
    ) { row throws(Fault) in VaultKeyID(row.text("id")) }
  }

  /// Revokes a key: the very next claim and every re-send under it are refused.
  package func revoke(_ id: VaultKeyID, reason: String?) throws(Fault) -> VaultKey {
    let transaction = try store.begin(withoutHead: true)
    let key = try key(id)
    guard key.revokedAt == nil else { return key }
    try transaction.run(
      """
      UPDATE vault_key
      SET    revoked_at = :now, revoked_by = :by, revoked_reason = :reason
      WHERE  id = :id AND revoked_at IS NULL
      """,
      [
        ":id": .text(key.id.text), ":now": .integer(transaction.now.milliseconds),
        ":by": .text(store.actor), ":reason": .optional(reason),
      ])
    try transaction.append(.keyRevoked, subject: key.id.text, ["reason": .optional(reason)])
    _ = try transaction.commit()
    return try self.key(key.id)
  }
}
