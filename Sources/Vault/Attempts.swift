package import Domain
internal import JSON
package import Journal
internal import SQLite

/// What is stored of a job's request, besides the request itself.
package struct AttemptRecord: Equatable, Sendable {
  package let attempt: Attempt
  /// The key it was last admitted under.
  package let key: VaultKeyID
  /// How often Stripe answered 500 to it.
  package let serverErrors: Int
  /// The payment intent that must be cancelled before the job can settle.
  package let paymentIntent: String?
  /// False once only a look-up can settle it.
  package let mayAskAgain: Bool
}

/// How an answer leaves the attempt.
package struct AttemptNote: Equatable, Sendable {
  package let serverErrors: Int
  package let paymentIntent: String?
  package let mayAskAgain: Bool

  /// A note of exactly these parts.
  package init(serverErrors: Int, paymentIntent: String?, mayAskAgain: Bool) {
    self.serverErrors = serverErrors
    self.paymentIntent = paymentIntent
    self.mayAskAgain = mayAskAgain
  }
}

extension KeyVault {
  /// The stored attempt of a job; throws `storage` when there is none or it was altered.
  package func attempt(
    of job: JobID, _ movement: Movement
  ) throws(Fault) -> AttemptRecord {
    let record = try storedAttempt(of: job, movement)
    guard let record else { throw .untrusted("the attempt of \(job) is gone") }
    return record
  }

  /// The body a job was sent with before, if it was: it never gets another.
  ///
  /// Throws `storage` when the stored attempt was altered.
  package func earlierBody(
    of job: JobID, _ movement: Movement
  ) throws(Fault) -> [UInt8]? {
    try storedAttempt(of: job, movement)?
      .attempt.body
  }

  /// Counts another send of an attempt that is in doubt; the money is held already.
  ///
  /// Throws when the stored attempt is not the one `record` says. The caller has checked that the
  /// question may be asked again.
  package func admitAgain(
    _ record: AttemptRecord, under key: VaultKeyID, at stripeTime: Timestamp,
    in transaction: borrowing Transaction
  ) throws(Fault) -> Reservation {
    let last = record.attempt
    let again = Attempt(
      job: last.job, movement: last.movement,
      idempotencyKey: last.idempotencyKey + (Mutant.newKeyPerResend.isOn ? "-again" : ""),
      body: last.body, apiVersion: last.apiVersion, stripeAccount: last.stripeAccount,
      sendNumber: last.sendNumber + 1, firstSentAt: last.firstSentAt, lastSentAt: stripeTime)
    let next = AttemptRecord(
      attempt: again, key: key, serverErrors: record.serverErrors,
      paymentIntent: record.paymentIntent, mayAskAgain: record.mayAskAgain)
    guard try update(next, from: last.sendNumber, in: transaction) else {
      throw .untrusted("the attempt of \(last.job) changed")
    }
    try transaction.append(
      .resent, subject: last.job.description,
      [
        "send": .integer(Int64(again.sendNumber)), "key": .string(key.text),
        "stripe_time_ms": .integer(stripeTime.milliseconds),
      ])
    return Reservation(attempt: again, transaction: transaction.number)
  }

  /// Writes what an outcome means for the attempt, the hold and the budget.
  ///
  /// `note` says how the attempt is left while it stays in doubt. False when the stored send is not
  /// the one that was answered, or its hold is not held.
  package func settle(
    _ attempt: Attempt, _ outcome: JobOutcome, actual: Int64?, note: AttemptNote?,
    in transaction: borrowing Transaction
  ) throws(Fault) -> Bool {
    let record = try self.attempt(of: attempt.job, attempt.movement)
    let next = AttemptRecord(
      attempt: outcome == .notExecuted ? record.attempt.unsent : record.attempt, key: record.key,
      serverErrors: note?.serverErrors ?? record.serverErrors,
      paymentIntent: note.map(\.paymentIntent) ?? (outcome.isSettled ? nil : record.paymentIntent),
      mayAskAgain: note?.mayAskAgain ?? record.mayAskAgain)
    guard try update(next, from: attempt.sendNumber, in: transaction) else { return false }
    if Mutant.reserveAfterAnswer.isOn, try !isHeld(attempt.job) {
      try hold(attempt, under: record.key, in: transaction)
    }
    guard let event = outcome.holdEvent else { return try isHeld(attempt.job) }
    if outcome == .notExecuted { try forgetAdmission(under: record.key, in: transaction) }
    return try settleHold(attempt, event, actual: actual, in: transaction)
  }

  /// Writes the attempt of a claim, or takes up the one there is: same key, same bytes.
  func writeAttempt(
    _ request: ClaimRequest, under key: VaultKey, in transaction: borrowing Transaction
  ) throws(Fault) -> Attempt {
    let earlier = try storedAttempt(of: request.job, request.movement)
    let fresh = try idempotencyKey(of: request.job)
    let attempt = Attempt(
      job: request.job, movement: request.movement,
      idempotencyKey: earlier?.attempt.idempotencyKey ?? fresh,
      body: request.body, apiVersion: request.apiVersion,
      stripeAccount: store.facts.stripeAccount, sendNumber: 1, firstSentAt: request.stripeTime,
      lastSentAt: request.stripeTime)
    let record = AttemptRecord(
      attempt: attempt, key: key.id, serverErrors: 0, paymentIntent: nil, mayAskAgain: true)
    guard let earlier else {
      try insert(record, in: transaction)
      return attempt
    }
    guard earlier.attempt.sendNumber == 0, earlier.attempt.body == request.body,
      try update(record, from: 0, in: transaction)
    else { throw .untrusted("the attempt of \(request.job) is not the one that is claimed") }
    return attempt
  }

  /// The one idempotency key of a job: derived, not drawn, so that a home restored from a backup
  /// asks Stripe the same question again instead of a new one, whatever it was rekeyed to since.
  private func idempotencyKey(of job: JobID) throws(Fault) -> String {
    let digits = try store.derive("sluice.idempotency_key/1", [store.facts.id, job.description])
    return "sluice-\(digits.prefix(40))"
  }
}

// The rows
extension KeyVault {
  private func storedAttempt(
    of job: JobID, _ movement: Movement
  ) throws(Fault) -> AttemptRecord? {
    let stored = try store.first(
      "SELECT * FROM attempt WHERE batch = :batch AND number = :number",
      [":batch": .text(job.batch.text), ":number": .integer(job.number)]
    ) { row throws(Fault) in
      let record = AttemptRecord(
        attempt: Attempt(
          job: job, movement: movement, idempotencyKey: row.text("idempotency_key"),
          body: row.blob("body"),
          apiVersion: row.text("api_version"), stripeAccount: row.optionalText("stripe_account"),
          sendNumber: Int(row.integer("sends")),
          firstSentAt: Timestamp(milliseconds: row.integer("first_sent_at")),
          lastSentAt: Timestamp(milliseconds: row.integer("last_sent_at"))),
        key: VaultKeyID(row.text("vault_key")), serverErrors: Int(row.integer("server_errors")),
        paymentIntent: row.optionalText("payment_intent"),
        mayAskAgain: row.integer("ask_again") == 1)
      return (record: record, seal: row.text("seal"))
    }
    guard let stored else { return nil }
    guard store.seal(stored.record.sealed) == stored.seal else {
      throw .untrusted("the attempt of \(job) was altered")
    }
    return stored.record
  }

  private func insert(
    _ record: AttemptRecord, in transaction: borrowing Transaction
  ) throws(Fault) {
    let attempt = record.attempt
    try transaction.run(
      """
      INSERT INTO attempt (batch, number, idempotency_key, body, api_version, stripe_account,
                           vault_key, sends, first_sent_at, last_sent_at, ask_again, seal)
      VALUES (:batch, :number, :idempotency_key, :body, :api_version, :stripe_account,
              :key, :sends, :first_sent_at, :last_sent_at, :ask_again, :seal)
      """,
      [
        ":batch": .text(attempt.job.batch.text), ":number": .integer(attempt.job.number),
        ":idempotency_key": .text(attempt.idempotencyKey), ":body": .blob(attempt.body),
        ":api_version": .text(attempt.apiVersion),
        ":stripe_account": .optional(attempt.stripeAccount), ":key": .text(record.key.text),
        ":sends": .integer(attempt.sendNumber),
        ":first_sent_at": .integer(attempt.firstSentAt.milliseconds),
        ":last_sent_at": .integer(attempt.lastSentAt.milliseconds),
        ":ask_again": .integer(record.mayAskAgain ? 1 : 0),
        ":seal": .text(store.seal(record.sealed)),
      ])
  }

  /// Writes what may change of an attempt; false when its send number is not `sends`.
  private func update(
    _ record: AttemptRecord, from sends: Int, in transaction: borrowing Transaction
  ) throws(Fault) -> Bool {
    let attempt = record.attempt
    return try transaction.run(
      """
      UPDATE attempt
      SET    vault_key = :key, sends = :sends, server_errors = :server_errors,
             first_sent_at = :first_sent_at, last_sent_at = :last_sent_at,
             payment_intent = :payment_intent, ask_again = :ask_again, seal = :seal
      WHERE  batch = :batch AND number = :number AND sends = :expected
      """,
      [
        ":batch": .text(attempt.job.batch.text), ":number": .integer(attempt.job.number),
        ":key": .text(record.key.text), ":sends": .integer(attempt.sendNumber),
        ":server_errors": .integer(record.serverErrors),
        ":first_sent_at": .integer(attempt.firstSentAt.milliseconds),
        ":last_sent_at": .integer(attempt.lastSentAt.milliseconds),
        ":payment_intent": .optional(record.paymentIntent),
        ":ask_again": .integer(record.mayAskAgain ? 1 : 0),
        ":seal": .text(store.seal(record.sealed)),
        ":expected": .integer(sends),
      ]) == 1
  }
}

extension AttemptRecord {
  /// What its seal is taken over: every field.
  fileprivate var sealed: Sealed {
    StoredAttempt(
      job: attempt.job, idempotencyKey: attempt.idempotencyKey,
      bodySHA256: hex(SHA256.digest(attempt.body)), apiVersion: attempt.apiVersion,
      stripeAccount: attempt.stripeAccount, key: key.text, sends: Int64(attempt.sendNumber),
      serverErrors: Int64(serverErrors), firstSentAt: attempt.firstSentAt.milliseconds,
      lastSentAt: attempt.lastSentAt.milliseconds, paymentIntent: paymentIntent,
      mayAskAgain: mayAskAgain
    ).sealed
  }
}

extension Attempt {
  /// The attempt after an answer that proves that nothing was executed.
  fileprivate var unsent: Attempt {
    Attempt(
      job: job, movement: movement, idempotencyKey: idempotencyKey, body: body,
      apiVersion: apiVersion, stripeAccount: stripeAccount, sendNumber: 0,
      firstSentAt: firstSentAt, lastSentAt: lastSentAt)
  }
}
