package import Domain
internal import Journal
internal import Queue
internal import Stripe
internal import System
internal import Vault

extension Worker {
  /// Settles what is in doubt, processing or unknown in a batch, by reading and cancelling only.
  ///
  /// Nothing that can move money is sent, so it works under a stop and after a revoke. A job in
  /// doubt that Stripe shows nothing of stays in doubt as long as the next run may ask the same
  /// question again: not after a revoke, nor under a stop. Throws `unreachable` when Stripe does
  /// not tell.
  package func settle(_ id: BatchID) throws(Fault) {
    let lock = try store.home.lock(id)
    defer { lock.unlock() }
    let batch = try queue.batch(id)
    try checkFile(of: batch)
    try requireStripe()
    signals.started(id)
    for job in try queue.jobs(of: id, in: [.sending]) { try lose(job.id) }
    var failure: String?
    for job in try queue.jobs(of: id, in: [.inDoubt, .processing, .unknown]) {
      guard !signals.isInterrupted else { break }
      failure = try settle(job) ?? failure
      signals.lookedUp(job.id)
    }
    try finishIfDone(id)
    guard let failure else { return }
    throw Fault(
      .unreachable, "Stripe does not tell everything: \(failure)",
      hint: "run `sluice settle \(id)` again later")
  }

  /// Looks a job of a batch that is halted up once; what Stripe does not tell stays in doubt.
  func lookUp(_ job: JobID) throws(Fault) {
    _ = try settle(try queue.job(job))
  }

  /// Looks one job up; returns why when Stripe does not tell.
  private func settle(_ job: Job) throws(Fault) -> String? {
    try requireApproved(job)
    let record = try attempt(of: job.id)
    let finding = find(job, record)
    switch finding {
    case .failed(let reason): return reason.message
    case .absent, .several, .odd:
      if job.state == .inDoubt, try !mayStillAsk(record) {
        let message = finding.sentence(of: job.id)
        try commit(Settlement(unknown: record.attempt, message: message))
      }
    case .settled(let verdict):
      let settlement = Settlement(verdict, record.attempt, from: job.state)
      if (try? job.state.applying(.settle(settlement.outcome))) != nil { try commit(settlement) }
    }
    return nil
  }

  /// Throws `storage` when a job was edited: Stripe would be asked about another one.
  func requireApproved(_ job: Job) throws(Fault) {
    guard store.seal(of: job.planned, in: job.id.batch) == job.seal else {
      throw .untrusted("\(job.id) is not what was approved")
    }
  }

  func find(_ job: Job, _ record: AttemptRecord) -> Finding {
    let settler = Settler(record.attempt, mode: store.facts.mode, over: connection)
    if let intent = record.paymentIntent { return settler.cancel(paymentIntent: intent) }
    return settler.lookUp(object: job.state == .inDoubt ? nil : job.details.object)
  }

  /// Whether a run could still send the same request again and so learn the answer.
  private func mayStillAsk(_ record: AttemptRecord) throws(Fault) -> Bool {
    guard let now = stripeClock.now else { return true }
    guard try StopSwitch.inForce(on: record.attempt.job.batch, store) == nil else { return false }
    guard try !vault.isRevoked(record.key) else { return false }
    return record.mayAskAgain && record.attempt.sendNumber < 8
      && now.since(record.attempt.firstSentAt) < .hours(23)
  }

  /// A batch whose worker died after its last charge is finished once nothing is open.
  private func finishIfDone(_ id: BatchID) throws(Fault) {
    guard try queue.batch(id).state == .running, try !queue.hasOpenSend(in: id),
      try queue.nextQueued(of: id, from: 1) == nil
    else { return }
    let transaction = try store.begin()
    try queue.finish(id, in: transaction)
    _ = try transaction.commit()
  }
}
