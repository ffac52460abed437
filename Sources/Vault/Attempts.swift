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
  /// The stored attempt of a job; throws when there is none.
  package func attempt(of job: JobID, operation: Operation, account: String, amount: Money)
    throws(Fault) -> AttemptRecord
  {
    let record = try store.first(
      "SELECT * FROM attempt WHERE batch = :batch AND number = :number", named(job)
    ) { row throws(Fault) in
      AttemptRecord(
        attempt: Attempt(
          job: job, operation: operation, account: account, amount: amount,
          idempotencyKey: row.text("idempotency_key"), body: row.blob("body"),
          apiVersion: row.text("api_version"), stripeAccount: row.optionalText("stripe_account"),
          sendNumber: Int(row.integer("sends")),
          firstSentAt: Timestamp(milliseconds: row.integer("first_sent_at"))),
        key: VaultKeyID(row.text("vault_key")), serverErrors: Int(row.integer("server_errors")),
        paymentIntent: row.optionalText("payment_intent"),
        mayAskAgain: row.integer("ask_again") == 1)
    }
    guard let record else { throw .untrusted("the attempt of \(job) is gone") }
    return record
  }

  /// The body a job was sent with before, if it was: it never gets another.
  package func earlierBody(of job: JobID) throws(Fault) -> [UInt8]? {
    try store.first(
      "SELECT body FROM attempt WHERE batch = :batch AND number = :number", named(job)
    ) { row throws(Fault) in row.blob("body") }
  }

  /// Counts another send of an attempt that is in doubt; the money is held already.
  ///
  /// Throws when the stored attempt is not the one `attempt` says. The caller has checked that the
  /// question may be asked again.
  package func admitAgain(
    _ record: AttemptRecord, under key: VaultKeyID, at stripeTime: Timestamp,
    in transaction: borrowing Transaction
  ) throws(Fault) -> Reservation {
    let last = record.attempt
    let counted = try transaction.run(
      """
      UPDATE attempt
      SET    sends = sends + 1, last_sent_at = :now
      WHERE  batch = :batch AND number = :number AND sends = :sends
      """,
      [
        ":batch": .text(last.job.batch.text), ":number": .integer(last.job.number),
        ":sends": .integer(last.sendNumber), ":now": .integer(stripeTime.milliseconds),
      ])
    guard counted == 1 else { throw .untrusted("the attempt of \(last.job) changed") }
    let again = Attempt(
      job: last.job, operation: last.operation, account: last.account, amount: last.amount,
      idempotencyKey: last.idempotencyKey, body: last.body, apiVersion: last.apiVersion,
      stripeAccount: last.stripeAccount, sendNumber: last.sendNumber + 1,
      firstSentAt: last.firstSentAt)
    try transaction.append(
      .resent, subject: last.job.description,
      [
        "send": .integer(Int64(again.sendNumber)), "key": .string(key.text),
        "stripe_time_ms": .integer(stripeTime.milliseconds),
      ])
    return Reservation(attempt: again, transaction: transaction.number)
  }

  /// Notes how an answer leaves the attempt; false when the stored send is not the one answered.
  package func note(
    _ note: AttemptNote, on attempt: Attempt, in transaction: borrowing Transaction
  ) throws(Fault) -> Bool {
    try transaction.run(
      """
      UPDATE attempt
      SET    server_errors = :server_errors, payment_intent = :payment_intent,
             ask_again = :ask_again
      WHERE  batch = :batch AND number = :number AND sends = :sends
      """,
      [
        ":batch": .text(attempt.job.batch.text), ":number": .integer(attempt.job.number),
        ":sends": .integer(attempt.sendNumber), ":server_errors": .integer(note.serverErrors),
        ":payment_intent": .optional(note.paymentIntent),
        ":ask_again": .integer(note.mayAskAgain ? 1 : 0),
      ]) == 1
  }

  /// Posts or voids the hold of a job, and gives its attempt a fresh start when certainly nothing
  /// was executed; false when there is no such hold or the stored send is not the one answered.
  package func settle(
    _ attempt: Attempt, _ outcome: JobOutcome, actual: Int64?,
    in transaction: borrowing Transaction
  ) throws(Fault) -> Bool {
    guard let event = outcome.holdEvent else { return true }
    let state = try HoldState.held.applying(event)
    let posted = state == .posted ? actual ?? attempt.amount.minorUnits : nil
    let sends = try transaction.run(
      """
      UPDATE attempt
      SET    sends = iif(:outcome = 'not_executed', 0, sends), payment_intent = NULL
      WHERE  batch = :batch AND number = :number AND sends = :sends
      """,
      [
        ":batch": .text(attempt.job.batch.text), ":number": .integer(attempt.job.number),
        ":sends": .integer(attempt.sendNumber), ":outcome": .text(outcome.rawValue),
      ])
    let holds = try transaction.run(
      """
      UPDATE hold
      SET    state = :state, posted_minor = :posted, settled_at = :now
      WHERE  batch = :batch AND number = :number AND state = 'held'
      """,
      [
        ":batch": .text(attempt.job.batch.text), ":number": .integer(attempt.job.number),
        ":state": .text(state.rawValue), ":posted": .optional(posted),
        ":now": .integer(store.clock.now().milliseconds),
      ])
    let budgets = try transaction.run(
      """
      UPDATE budget
      SET    held_minor = held_minor - :held, spent_minor = spent_minor + :posted
      WHERE  batch = :batch AND currency = :currency
      """,
      [
        ":batch": .text(attempt.job.batch.text),
        ":currency": .text(attempt.amount.currency.code),
        ":held": .integer(attempt.amount.minorUnits), ":posted": .integer(posted ?? 0),
      ])
    return sends == 1 && holds == 1 && budgets == 1
  }

  /// Writes the attempt of a claim, or takes up the one there is: same key, same bytes.
  func writeAttempt(
    _ request: ClaimRequest, under key: VaultKey, in transaction: borrowing Transaction
  ) throws(Fault) -> Attempt {
    try transaction.run(
      """
      INSERT INTO attempt (batch, number, idempotency_key, body, api_version, stripe_account,
                           vault_key, sends, first_sent_at, last_sent_at, ask_again)
      VALUES (:batch, :number, :idempotency_key, :body, :api_version, :stripe_account,
              :key, 1, :now, :now, 1)
      ON CONFLICT (batch, number) DO UPDATE
      SET    vault_key = :key, sends = 1, first_sent_at = :now, last_sent_at = :now, ask_again = 1,
             server_errors = 0
      WHERE  sends = 0
      """,
      [
        ":batch": .text(request.job.batch.text), ":number": .integer(request.job.number),
        ":idempotency_key": .text(idempotencyKey(of: request.job)), ":body": .blob(request.body),
        ":api_version": .text(request.apiVersion),
        ":stripe_account": .optional(store.facts.stripeAccount), ":key": .text(key.id.text),
        ":now": .integer(request.stripeTime.milliseconds),
      ])
    let record = try attempt(
      of: request.job, operation: request.operation, account: request.account,
      amount: request.amount)
    guard record.attempt.sendNumber == 1, record.attempt.body == request.body else {
      throw .untrusted("the attempt of \(request.job) is not the one that is claimed")
    }
    return record.attempt
  }

  /// The one idempotency key of a job: derived, not drawn, so that a home restored from a backup
  /// asks Stripe the same question again instead of a new one.
  private func idempotencyKey(of job: JobID) -> String {
    "sluice-\(store.seal("sluice.idempotency_key/1", [store.facts.id, job.description]).prefix(40))"
  }

  private func named(_ job: JobID) -> Parameters {
    [":batch": .text(job.batch.text), ":number": .integer(job.number)]
  }
}
