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

  // MARK: Keys

  /// Issues the key of one run.
  package func issue(
    for batch: BatchID, name: String, policy: Policy,
    using random: inout some RandomNumberGenerator, in transaction: borrowing Transaction
  ) throws(Fault) -> VaultKey {
    let id = VaultKeyID("vk_id_" + randomName(length: 12, using: &random))
    let now = store.clock.now()
    let expiresAt = now + policy.expiresIn
    let policyText = policy.json.text
    try transaction.run(
      """
      INSERT INTO vault_key (id, batch, name, vendor, policy, issued_at, expires_at, seal)
      VALUES (:id, :batch, :name, 'stripe', :policy, :now, :expires_at, :seal)
      """,
      [
        ":id": .text(id.text), ":batch": .text(batch.text), ":name": .text(name),
        ":policy": .text(policyText), ":now": .integer(now.milliseconds),
        ":expires_at": .integer(expiresAt.milliseconds),
        ":seal": .text(
          store.seal(ofKey: id, of: batch, policy: policyText, expiresAt: expiresAt)),
      ])
    try transaction.append(
      .keyIssued, subject: id.text,
      [
        "batch": .string(batch.text), "policy": policy.json,
        "expires_at_ms": .integer(expiresAt.milliseconds),
      ])
    return try key(id)
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
    return brokenBySeal(key, nil) ?? brokenByKey(key, isRevoked: isRevoked)
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
    let transaction = try store.begin()
    let key = try key(id)
    guard key.revokedAt == nil else { return key }
    try transaction.run(
      """
      UPDATE vault_key
      SET    revoked_at = :now, revoked_by = :by, revoked_reason = :reason
      WHERE  id = :id AND revoked_at IS NULL
      """,
      [
        ":id": .text(key.id.text), ":now": .integer(store.clock.now().milliseconds),
        ":by": .text(store.actor), ":reason": .optional(reason),
      ])
    try transaction.append(.keyRevoked, subject: key.id.text, ["reason": .optional(reason)])
    _ = try transaction.commit()
    return try self.key(key.id)
  }

  // MARK: Budgets

  /// The budgets of a batch, by currency.
  package func budgets(of batch: BatchID) throws(Fault) -> [Budget] {
    try store.rows(
      "SELECT * FROM budget WHERE batch = :batch ORDER BY currency",
      [":batch": .text(batch.text)], decode: Budget.init(row:))
  }

  /// Compares each budget's spent and held with the holds behind it and with the journal; throws
  /// `storage` when they differ.
  package func checkBudgets(of batch: BatchID) throws(Fault) {
    for budget in try budgets(of: batch) {
      let sums = try store.first(
        """
        SELECT coalesce(sum(iif(state = 'posted', posted_minor, 0)), 0) AS spent,
               coalesce(sum(iif(state = 'held', amount_minor, 0)), 0)   AS held
        FROM   hold
        WHERE  batch = :batch AND currency = :currency
        """,
        [":batch": .text(batch.text), ":currency": .text(budget.currency.code)]
      ) { row throws(Fault) in (spent: row.integer("spent"), held: row.integer("held")) }
      guard let sums, sums.spent == budget.spent, sums.held == budget.held else {
        throw .untrusted("the \(budget.currency) budget of \(batch) does not match its holds")
      }
      guard try journaled(budget) == (budget.spent, budget.held) else {
        throw .untrusted("the \(budget.currency) budget of \(batch) does not match the journal")
      }
    }
  }

  /// What a budget has spent and holds, by the last entry of each of its batch's jobs.
  private func journaled(_ budget: Budget) throws(Fault) -> (spent: Int64, held: Int64) {
    try store.first(
      """
      WITH last AS (SELECT   subject, event, body, max(sequence)
                    FROM     journal
                    WHERE    subject > :batch || '#' AND subject < :batch || '$'
                      AND    event IN ('claimed', 'resent', 'lost', 'settled')
                    GROUP BY subject),
           job_now AS (SELECT job.amount_minor, body ->> '$.amount' AS moved,
                              coalesce(body ->> '$.outcome', 'in_doubt') AS outcome
                       FROM   last
                       JOIN   job ON job.batch = :batch AND job.currency = :currency
                              AND job.number = CAST(substr(subject, length(:batch) + 2) AS INTEGER))
      SELECT coalesce(sum(iif(outcome = 'charged', moved, 0)), 0) AS spent,
             coalesce(sum(iif(outcome IN ('in_doubt', 'processing', 'unknown'), amount_minor, 0)),
                      0) AS held
      FROM   job_now
      """,
      [":batch": .text(budget.batch.text), ":currency": .text(budget.currency.code)]
    ) { row throws(Fault) in (spent: row.integer("spent"), held: row.integer("held")) } ?? (0, 0)
  }
}
