package import Domain
package import Journal
package import SQLite

/// A row of the `attempt` table as its seal covers it, without what the job itself says.
package struct StoredAttempt: Equatable, Sendable {
  package let job: JobID
  let idempotencyKey: String
  /// SHA-256 of the request's body, in hexadecimal.
  package let bodySHA256: String
  let apiVersion: String
  let stripeAccount: String?
  let key: String
  let sends: Int64
  let serverErrors: Int64
  let firstSentAt: Int64
  let lastSentAt: Int64
  let paymentIntent: String?
  let mayAskAgain: Bool

  /// What its seal is taken over: every field.
  package var sealed: Sealed {
    Sealed(
      "sluice.attempt/1",
      [
        job.description, idempotencyKey, bodySHA256, apiVersion, stripeAccount, key, String(sends),
        String(serverErrors), String(firstSentAt), String(lastSentAt), paymentIntent,
        String(mayAskAgain),
      ])
  }
}

extension StoredAttempt {
  /// Reads a row of the `attempt` table.
  package init(row: borrowing Row) {
    self.init(
      job: JobID(batch: BatchID(row.text("batch")), number: Int(row.integer("number"))),
      idempotencyKey: row.text("idempotency_key"),
      bodySHA256: hex(SHA256.digest(row.blob("body"))), apiVersion: row.text("api_version"),
      stripeAccount: row.optionalText("stripe_account"), key: row.text("vault_key"),
      sends: row.integer("sends"), serverErrors: row.integer("server_errors"),
      firstSentAt: row.integer("first_sent_at"), lastSentAt: row.integer("last_sent_at"),
      paymentIntent: row.optionalText("payment_intent"),
      mayAskAgain: row.integer("ask_again") == 1)
  }
}
