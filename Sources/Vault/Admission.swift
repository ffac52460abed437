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
  package let operation: Operation
  package let account: String
  package let amount: Money
  /// The exact form body.
  package let body: [UInt8]
  package let apiVersion: String
  /// Stripe's time just before the send.
  package let stripeTime: Timestamp

  /// A request of exactly these parts.
  package init(
    job: JobID, operation: Operation, account: String, amount: Money, body: [UInt8],
    apiVersion: String, stripeTime: Timestamp
  ) {
    self.job = job
    self.operation = operation
    self.account = account
    self.amount = amount
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
    let budget = try budgets(of: request.job.batch)
      .first { $0.currency == request.amount.currency }
    let isRevoked = try isRevoked(keyID)
    if let broken = broken(by: request, under: key, isRevoked: isRevoked, budget) {
      return .refused(broken.refusal, message: broken.message)
    }
    try hold(request, under: key, in: transaction)
    let attempt = try writeAttempt(request, under: key, in: transaction)
    try transaction.append(
      .claimed, subject: request.job.description,
      [
        "amount": request.amount.minorJSON, "currency": request.amount.codeJSON,
        "key": .string(key.id.text), "idempotency_key": .string(attempt.idempotencyKey),
        "body_sha256": .string(hex(SHA256.digest(attempt.body))),
        "stripe_time_ms": .integer(request.stripeTime.milliseconds),
      ])
    return .admitted(Reservation(attempt: attempt, transaction: transaction.number))
  }

  /// Whether a key lets its holder read at Stripe; nil when it does.
  package func refusalToRead(
    _ operation: Operation, under id: VaultKeyID
  ) throws(Fault) -> (refusal: Refusal, message: String)? {
    if let broken = try refusal(of: id) { return broken }
    return brokenByOperation(operation, try exactKey(id))
  }

  /// The checks, one to a line, in `Refusal`'s order.
  private func broken(
    by request: ClaimRequest, under key: VaultKey, isRevoked: Bool, _ budget: Budget?
  ) -> (refusal: Refusal, message: String)? {
    brokenBySeal(key, budget)
      ?? brokenByKey(key, isRevoked: isRevoked)
      ?? brokenByOperation(request.operation, key)
      ?? brokenByAccount(request.account, key)
      ?? brokenByAmount(request.amount, key)
      ?? brokenByCount(key)
      ?? brokenByBudget(request.amount, budget)
  }

  func brokenBySeal(_ key: VaultKey, _ budget: Budget?) -> (Refusal, String)? {
    let seal = store.seal(
      ofKey: key.id, of: key.batch, policy: key.policy.json.text, expiresAt: key.expiresAt)
    guard seal == key.seal else {
      return (.integrity, "the vault key \(key.id) was altered")
    }
    if let budget {
      let cap = Money(minorUnits: budget.limit, currency: budget.currency)
      guard store.seal(ofCap: cap, of: budget.batch) == budget.seal, key.policy.caps.contains(cap)
      else {
        return (.integrity, "the \(budget.currency) cap of \(budget.batch) was altered")
      }
    }
    return nil
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

  private func brokenByOperation(_ operation: Operation, _ key: VaultKey) -> (Refusal, String)? {
    key.policy.allowedOperations.contains(operation)
      ? nil : (.operationNotAllowed, "the policy does not allow \(operation.rawValue)")
  }

  private func brokenByAccount(_ account: String, _ key: VaultKey) -> (Refusal, String)? {
    guard let accounts = key.policy.accounts, !accounts.contains(account) else { return nil }
    return (.accountNotAllowed, "the policy does not list the account \(account)")
  }

  private func brokenByAmount(_ amount: Money, _ key: VaultKey) -> (Refusal, String)? {
    let limit = key.policy.maxPerJob.first { $0.currency == amount.currency }
    guard let limit, amount.minorUnits > limit.minorUnits else { return nil }
    return (.overMaxPerJob, "\(amount) is over the limit of \(limit) per job")
  }

  private func brokenByCount(_ key: VaultKey) -> (Refusal, String)? {
    guard let most = key.policy.maxJobs, key.jobsAdmitted >= most else { return nil }
    return (.overMaxJobs, "the key has admitted all of its \(counted(most, "job"))")
  }

  private func brokenByBudget(_ amount: Money, _ budget: Budget?) -> (Refusal, String)? {
    guard let budget else {
      return (.noBudget, "the batch has no cap in \(amount.currency)")
    }
    guard amount.minorUnits > budget.room else { return nil }
    let limit = Money(minorUnits: budget.limit, currency: budget.currency)
    let gone = Money(minorUnits: budget.spent + budget.held, currency: budget.currency)
    return (
      .capExhausted,
      "\(amount) would pass the batch's cap of \(limit), of which \(gone) is spent or held"
    )
  }
}
