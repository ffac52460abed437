internal import Approval
internal import Domain
internal import JSON
internal import Journal
internal import Queue
internal import Stripe
internal import Vault

/// What became of a claim.
enum Claim: ~Copyable {
  case permitted(Permit)
  case refused
}

extension Drain {
  /// T1 of a job, together with T2 of the one before it: one commit per charge.
  ///
  /// The guards are evaluated after the settlement's writes; a refusal commits the settlement, the
  /// refusal and the halt together.
  func claim(_ job: Job, body: [UInt8]) throws(Fault) -> Claim {
    let before = worker.ledger
    do throws(Fault) {
      return try claimTogether(job, body: body)
    } catch {
      worker.ledger = before
      throw error
    }
  }

  private func claimTogether(_ job: Job, body: [UInt8]) throws(Fault) -> Claim {
    let transaction =
      try pending == nil ? worker.store.begin() : worker.beginSettling()
    if let pending, let fault = worker.write(pending, in: transaction) {
      throw keep(pending, fault, rollingBack: transaction)
    }
    if let broken = try brokenGuard(of: job) {
      try refuse(job, broken.refusal, broken.message, in: transaction)
      return try refused(committing: transaction)
    }
    guard let stripeTime = worker.stripeClock.now else { preconditionFailure("no time was asked") }
    let request = ClaimRequest(
      job: job.id, movement: job.planned.movement, body: body,
      apiVersion: running.batch.apiVersion, stripeTime: stripeTime)
    switch try worker.vault.admit(request, under: running.key, in: transaction) {
    case .refused(let refusal, let message):
      try refuse(job, refusal, message, in: transaction)
      return try refused(committing: transaction)
    case .admitted(let reservation):
      guard
        try Mutant.markAfterSend.isOn
          ? true : worker.queue.move(job.id, from: .queued, .reserve, in: transaction)
      else {
        throw .untrusted("\(job.id) is no longer queued")
      }
      let committed = try transaction.commit()
      tellPending()
      return .permitted(Permit(reservation, committed))
    }
  }

  private func refused(committing transaction: consuming Transaction) throws(Fault) -> Claim {
    _ = try transaction.commit()
    tellPending()
    return .refused
  }

  /// The guards above the vault's, one to a line, in `Refusal`'s order.
  private func brokenGuard(of job: Job) throws(Fault) -> (refusal: Refusal, message: String)? {
    let batch = try worker.queue.batch(running.batch.id)
    guard batch.state == .running else {
      throw .untrusted("\(batch.id) is \(batch.state.rawValue) while it is being drained")
    }
    if let broken = try brokenLeave() { return broken }
    if let message = try brokenIntegrity(of: job) { return (.integrity, message) }
    if let disagreement = worker.stripeClock.disagreement { return (.clock, disagreement) }
    return brokenInARow(batch)
  }

  /// Whether a person has taken back the leave to go on.
  func brokenLeave(
    ignoringStop isStopIgnored: Bool = false
  ) throws(Fault) -> (refusal: Refusal, message: String)? {
    if !isStopIgnored, let stop = try StopSwitch.inForce(on: running.batch.id, worker.store) {
      return (.stopped, stop.sentence)
    }
    if let end = try worker.approver.approvalEnd(of: running.approvals),
      end.hasCome(at: worker.store.clock.now())
    {
      return (.approvalExpired, end.sentence)
    }
    return nil
  }

  private func brokenIntegrity(of job: Job) throws(Fault) -> String? {
    if worker.store.seal(of: job.planned, in: job.id.batch) != job.seal {
      return "\(job.id) is not what was approved"
    }
    if let disagreement = try brokenLedger(in: job.planned.amount.currency) { return disagreement }
    if try !worker.queue.journalAllowsClaim(of: job.id) {
      return "\(job.id) is queued, but the journal says otherwise"
    }
    if try worker.queue.hasOpenSend(in: job.id.batch) {
      return "another job of \(job.id.batch) is not settled"
    }
    return nil
  }

  /// Follows the journal to its end and compares every budget that the job draws on.
  private func brokenLedger(in currency: Currency) throws(Fault) -> String? {
    try worker.store.verifyChain(after: worker.ledger.head) { entry throws(Fault) in
      try worker.ledger.read(entry)
    }
    guard try worker.store.journalHead() == worker.ledger.head else {
      throw .untrusted("the journal has lost entries since this run began")
    }
    return try worker.ledger.disagreement(in: currency) { scope throws(Fault) in
      try worker.vault.usage(of: scope, in: currency)
    }
  }

  func brokenInARow(_ batch: Batch) -> (Refusal, String)? {
    let rule = batch.terms.halt
    if batch.declinedInARow >= rule.declinedInARow {
      return (.declinedInARow, "\(batch.declinedInARow) jobs in a row were declined")
    }
    if batch.rejectedInARow >= rule.rejectedInARow {
      return (.rejectedInARow, "\(batch.rejectedInARow) jobs in a row were rejected")
    }
    return nil
  }

  /// Refuses a job outside a claim, before anything is read for it.
  func refuseAlone(_ job: Job, _ refusal: Refusal, _ message: String) throws(Fault) {
    let transaction = try worker.store.begin()
    try refuse(job, refusal, message, in: transaction)
    _ = try transaction.commit()
  }

  private func refuse(
    _ job: Job, _ refusal: Refusal, _ message: String, in transaction: borrowing Transaction
  ) throws(Fault) {
    try transaction.append(
      .refused, subject: running.key.text,
      [
        "job": .string(job.id.description), "refusal": .string(refusal.rawValue),
        "message": .string(message),
      ])
    let halt = Halt(reason: refusal.haltReason, number: job.id.number, message: message)
    try worker.queue.halt(running.batch.id, halt, in: transaction)
  }
}
