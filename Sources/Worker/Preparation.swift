internal import Domain
internal import JSON
internal import Journal
internal import Queue
internal import Stripe
internal import Vault

/// Whether a job can be claimed now.
enum Preparation {
  /// The exact body to send.
  case ready([UInt8])
  /// Something else comes first; look for the next job again.
  case again
  /// The batch is halted.
  case over
}

extension Drain {
  /// Makes the body of a job: the bytes it was sent with before, or new ones.
  ///
  /// What the job is about is read first: how the customer pays, or whether the invoice or the
  /// charge still is what was planned. Reads happen here, before the claim, because no transaction
  /// is open across the network.
  func prepare(_ job: Job) throws(Fault) -> Preparation {
    if !worker.stripeClock.isFresh, try !refreshTime() { return .over }
    let earlier = try worker.vault.earlierBody(of: job.id, job.planned.movement)
    guard let read = Readiness.read(neededFor: job.planned), needs(read, earlier) else {
      return .ready(earlier ?? body(of: job, paymentMethod: nil))
    }
    try commitPending()
    if let broken = try brokenRead(read) {
      try refuseAlone(job, broken.refusal, broken.message)
      return .over
    }
    return try prepare(job, Readiness.read(job.planned, over: worker.connection), earlier)
  }

  /// A payment method is fixed in the first body; whether an invoice or a charge still stands is
  /// asked before each claim.
  private func needs(_ read: ReadOperation, _ earlier: [UInt8]?) -> Bool {
    switch read {
    case .customersRetrieve: earlier == nil
    case .invoicesRetrieve, .chargesRetrieve, .paymentIntentsRetrieve: true
    }
  }

  /// What forbids reading at Stripe now; a read that is tried again and again must see a stop.
  private func brokenRead(
    _ read: ReadOperation
  ) throws(Fault) -> (refusal: Refusal, message: String)? {
    if let broken = try brokenLeave() { return broken }
    return try worker.vault.refusalToRead(read, under: running.key)
  }

  private func prepare(
    _ job: Job, _ readiness: Readiness, _ earlier: [UInt8]?
  ) throws(Fault) -> Preparation {
    switch readiness {
    case .ready(let method): return .ready(earlier ?? body(of: job, paymentMethod: method))
    case .skip(let reason, let message): return try skip(job, reason, message)
    case .rateLimited(let seconds):
      let pause = Pause.rateLimited(retryAfterSeconds: seconds)
      return try wait(out: pause, Reason("rate limit"), at: job.id.number) ? .again : .over
    case .credentials(let reason):
      return try wait(out: .credentials, reason, at: job.id.number) ? .again : .over
    case .unreachable(let reason):
      return try wait(out: .unreachable, reason, at: job.id.number) ? .again : .over
    }
  }

  private func skip(_ job: Job, _ reason: SkipReason, _ message: String) throws(Fault)
    -> Preparation
  {
    let transaction = try worker.store.begin()
    try worker.queue.skip(job.id, reason, message: message, in: transaction)
    if reason.isMissing {
      try worker.queue.countInARow(.rejected, of: job.id.batch, in: transaction)
    }
    // A key of the wrong account finds nothing at all: that halts before it skips the batch.
    let broken = brokenInARow(try worker.queue.batch(job.id.batch))
    if let broken {
      let halt = Halt(reason: broken.0.haltReason, number: job.id.number, message: broken.1)
      try worker.queue.halt(job.id.batch, halt, in: transaction)
    }
    _ = try transaction.commit()
    worker.signals.skipped(job.id, job.planned.amount, because: reason)
    return broken == nil ? .again : .over
  }

  private func body(of job: Job, paymentMethod: String?) -> [UInt8] {
    StripeRequest.body(of: job.planned, batch: job.id.batch, paymentMethod: paymentMethod)
  }

  /// Asks Stripe the time again; false when the batch is halted for it.
  private func refreshTime() throws(Fault) -> Bool {
    try commitPending()
    switch worker.askTime() {
    case .told: return true
    case .refused(let reason):
      try halt(.credentials, at: nil, "Stripe does not take the key: \(reason)")
    case .silent(let reason):
      try halt(.unreachable, at: nil, "Stripe does not tell the time: \(reason)")
    }
    return false
  }
}
