package import Domain
package import Journal

/// One job's request to Stripe: one idempotency key and one body, the same for ever.
package struct Attempt: Equatable, Sendable {
  package let job: JobID
  package let movement: Movement
  package let idempotencyKey: String
  /// The exact form body, metadata included.
  package let body: [UInt8]
  /// The `Stripe-Version` it was first sent with.
  package let apiVersion: String
  /// The connected account (`acct_...`), when the home has one.
  package let stripeAccount: String?
  /// 1 for the first send; more when an earlier send of it is unresolved.
  package let sendNumber: Int
  /// Stripe's time just before the first unresolved send.
  package let firstSentAt: Timestamp
  /// Stripe's time just before the last send.
  package let lastSentAt: Timestamp

  /// An attempt of exactly these parts.
  package init(
    job: JobID, movement: Movement, idempotencyKey: String, body: [UInt8], apiVersion: String,
    stripeAccount: String?, sendNumber: Int, firstSentAt: Timestamp, lastSentAt: Timestamp
  ) {
    self.job = job
    self.movement = movement
    self.idempotencyKey = idempotencyKey
    self.body = body
    self.apiVersion = apiVersion
    self.stripeAccount = stripeAccount
    self.sendNumber = sendNumber
    self.firstSentAt = firstSentAt
    self.lastSentAt = lastSentAt
  }

  package var operation: Operation { movement.operation }
  package var account: String { movement.account }
  package var amount: Money { movement.amount }
}

/// Money reserved for one send inside a transaction that is not committed yet.
package struct Reservation: ~Copyable, Sendable {
  let attempt: Attempt
  let transaction: UInt64

  init(attempt: Attempt, transaction: UInt64) {
    self.attempt = attempt
    self.transaction = transaction
  }
}

/// The right to send one request once: a reservation whose transaction is on disk.
///
/// There is no other way to make one, and every send that can move money consumes one; so a charge
/// that was not first written down does not compile.
package struct Permit: ~Copyable, Sendable {
  package let attempt: Attempt

  /// Turns a reservation into the right to send, now that it is committed.
  package init(_ reservation: consuming Reservation, _ committed: consuming Committed) {
    precondition(
      reservation.transaction == committed.transaction,
      "a reservation is only good with the commit of its own transaction")
    attempt = reservation.attempt
  }
}
