package import Domain
internal import JSON
package import Journal
internal import SQLite

/// What the vault says to a claim.
package enum Admission: ~Copyable {
  case admitted(Reservation)
  case refused(Refusal, message: String)
}

/// What a claim wants to send.
package struct ClaimRequest: Sendable {
  package let job: JobID
  package let movement: Movement
  /// The exact form body.
  package let body: [UInt8]
  package let apiVersion: String
  /// Stripe's time just before the send.
  package let stripeTime: Timestamp

  /// A request of exactly these parts.
  package init(
    job: JobID, movement: Movement, body: [UInt8], apiVersion: String, stripeTime: Timestamp
  ) {
    self.job = job
    self.movement = movement
    self.body = body
    self.apiVersion = apiVersion
    self.stripeTime = stripeTime
  }
}

extension KeyVault {
  /// Reserves the money of a job and writes its attempt, or says the first rule it breaks.
  package func admit(
    _ request: ClaimRequest, under keyID: VaultKeyID, in transaction: borrowing Transaction
  ) throws(Fault) -> Admission {
    let key = try exactKey(keyID)
    if let broken = try refusal(of: keyID) {
      return .refused(broken.refusal, message: broken.message)
    }
    let allowance = try allowance(of: key, at: transaction.now)
    if let broken = allowance.refusal(of: request.movement) {
      return .refused(broken.refusal, message: broken.message)
    }
    let attempt = try writeAttempt(request, under: key, in: transaction)
    if !Mutant.reserveAfterAnswer.isOn { try hold(attempt, under: key.id, in: transaction) }
    let after = try self.allowance(of: key, at: transaction.now).budgets
    precondition(
      after.allSatisfy { $0.currency != request.movement.amount.currency || $0.room >= 0 },
      "a reservation that does not fit passed the checks")
    try transaction.append(
      .claimed, subject: request.job.description,
      [
        "amount": request.movement.amount.minorJSON, "currency": request.movement.amount.codeJSON,
        "key": .string(key.id.text), "idempotency_key": .string(attempt.idempotencyKey),
        "body_sha256": .string(hex(SHA256.digest(attempt.body))),
        "stripe_time_ms": .integer(request.stripeTime.milliseconds),
      ])
    return .admitted(Reservation(attempt: attempt, transaction: transaction.number))
  }

  /// What a key still allows, by its policy and every budget it draws on.
  package func allowance(of key: VaultKey, at now: Timestamp) throws(Fault) -> Allowance {
    guard let batch = key.batch else {
      throw Fault(.internalError, "the vault key \(key.id) was not issued for a run")
    }
    return Allowance(
      policy: key.policy, budgets: try budgets(of: batch, key.policy, at: now),
      jobsAdmitted: key.jobsAdmitted)
  }

  /// What a run of a batch under a new key would be allowed now.
  package func allowance(
    of batch: BatchID, _ policy: Policy, at now: Timestamp
  ) throws(Fault) -> Allowance {
    Allowance(
      policy: policy, budgets: try budgets(of: batch, policy, at: now), jobsAdmitted: 0)
  }

  /// Whether a key lets its holder read at Stripe; nil when it does.
  package func refusalToRead(
    _ operation: ReadOperation, under id: VaultKeyID
  ) throws(Fault) -> (refusal: Refusal, message: String)? {
    try refusal(toUse: .read(operation), under: id)
  }

  /// Whether a key lets its holder ask the same again of an operation; nil when it does.
  package func refusalToSend(
    _ operation: Operation, under id: VaultKeyID
  ) throws(Fault) -> (refusal: Refusal, message: String)? {
    try refusal(toUse: .job(operation), under: id)
  }

  private func refusal(
    toUse operation: AllowedOperation, under id: VaultKeyID
  ) throws(Fault) -> (refusal: Refusal, message: String)? {
    if let broken = try refusal(of: id) { return broken }
    return try exactKey(id).policy.allows(operation)
      ? nil : (.operationNotAllowed, "the policy does not allow \(operation.name)")
  }

  func brokenBySeal(_ key: VaultKey) -> (Refusal, String)? {
    store.seal(key.sealed) == key.seal
      ? nil : (.integrity, "the vault key \(key.id) was altered")
  }

  func brokenByKey(_ key: VaultKey, isRevoked: Bool) -> (Refusal, String)? {
    if isRevoked {
      return (.keyRevoked, "\(key.revokedBy ?? "somebody") revoked the vault key \(key.id)")
    }
    switch key.standing(at: store.clock.now()) {
    case .live, .revoked: return nil
    case .expired:
      return (.keyExpired, "the vault key \(key.id) expired at \(key.expiresAt)")
    }
  }
}
