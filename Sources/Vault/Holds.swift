package import Domain
internal import Journal
internal import SQLite

/// Money reserved, spent or given back.
extension KeyVault {
  /// Reserves the money of a job in its budgets and counts it against the key.
  func hold(
    _ attempt: Attempt, under key: VaultKeyID, in transaction: borrowing Transaction
  ) throws(Fault) {
    let amount = attempt.amount
    try transaction.run(
      """
      INSERT INTO hold (batch, number, vault_key, currency, amount_minor, state, opened_at)
      VALUES (:batch, :number, :key, :currency, :amount, 'held', :now)
      """,
      [
        ":batch": .text(attempt.job.batch.text), ":number": .integer(attempt.job.number),
        ":key": .text(key.text), ":currency": .text(amount.currency.code),
        ":amount": .integer(amount.minorUnits), ":now": .integer(transaction.now.milliseconds),
      ])
    try count(attempt.job, in: amount.currency, in: transaction) { $0.hold(amount.minorUnits) }
    try transaction.run(
      "UPDATE vault_key SET jobs_admitted = jobs_admitted + 1 WHERE id = :id",
      [":id": .text(key.text)])
  }

  /// Posts or voids a hold; false when there is none that is held.
  ///
  /// By a clock that was set back meanwhile it is settled at the instant it was opened: what was
  /// held on a day counts on that day.
  func settleHold(
    _ attempt: Attempt, _ event: HoldEvent, actual: Int64?, in transaction: borrowing Transaction
  ) throws(Fault) -> Bool {
    let state = try HoldState.held.applying(event)
    let amount = attempt.movement.amount
    let posted = state == .posted ? actual ?? amount.minorUnits : nil
    let holds = try transaction.run(
      """
      UPDATE hold
      SET    state = :state, posted_minor = :posted, settled_at = max(opened_at, :now)
      WHERE  batch = :batch AND number = :number AND state = 'held' AND amount_minor = :amount
      """,
      [
        ":batch": .text(attempt.job.batch.text), ":number": .integer(attempt.job.number),
        ":state": .text(state.rawValue), ":posted": .optional(posted),
        ":amount": .integer(amount.minorUnits), ":now": .integer(transaction.now.milliseconds),
      ])
    guard holds == 1 else { return false }
    let settledAt = try settledAt(of: attempt.job)
    try count(attempt.job, in: amount.currency, in: transaction) { usage in
      if let posted {
        usage.post(posted, of: amount.minorUnits, at: settledAt)
      } else {
        usage.void(amount.minorUnits)
      }
    }
    return true
  }

  /// When the last hold of a job was settled.
  private func settledAt(of job: JobID) throws(Fault) -> Timestamp {
    let instant = try store.first(
      """
      SELECT settled_at
      FROM   hold
      WHERE  batch = :batch AND number = :number
      ORDER  BY id DESC
      LIMIT  1
      """,
      [":batch": .text(job.batch.text), ":number": .integer(job.number)]
    ) { row throws(Fault) in row.optionalInteger("settled_at") }
    guard let instant = instant.flatMap({ $0 }) else { throw .untrusted("\(job) holds nothing") }
    return Timestamp(milliseconds: instant)
  }

  /// A job that was certainly not executed does not count against the key's `max_jobs`.
  func forgetAdmission(
    under key: VaultKeyID, in transaction: borrowing Transaction
  ) throws(Fault) {
    try transaction.run(
      "UPDATE vault_key SET jobs_admitted = jobs_admitted - 1 WHERE id = :id",
      [":id": .text(key.text)])
  }

  /// How much more, or less, the jobs of a batch moved than was held for them, per currency where
  /// it differs.
  package func beyondPlan(of batch: BatchID) throws(Fault) -> [Money] {
    try store.rows(
      """
      SELECT currency, sum(posted_minor - amount_minor) AS difference
      FROM   hold
      WHERE  batch = :batch AND state = 'posted'
      GROUP  BY currency
      HAVING difference <> 0
      ORDER  BY currency
      """,
      [":batch": .text(batch.text)]
    ) { row throws(Fault) in
      guard let currency = Currency(row.text("currency")) else {
        throw .untrusted("a hold has the currency \(quoted(row.text("currency")))")
      }
      return Money(minorUnits: row.integer("difference"), currency: currency)
    }
  }

  /// Whether a job's money is held.
  func isHeld(_ job: JobID) throws(Fault) -> Bool {
    try store.first(
      "SELECT 1 FROM hold WHERE batch = :batch AND number = :number AND state = 'held'",
      [":batch": .text(job.batch.text), ":number": .integer(job.number)]
    ) { row throws(Fault) in true } ?? false
  }
}
