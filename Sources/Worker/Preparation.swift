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
  /// Makes the body of a job: the bytes it was sent with before, or new ones, for which the
  /// customer's default payment method may have to be read.
  ///
  /// Reads happen here, before the claim, because no transaction is open across the network.
  func prepare(_ job: Job) throws(Fault) -> Preparation {
    if !worker.stripeClock.isFresh, try !refreshTime() { return .over }
    let planned = job.planned
    let earlier = try worker.vault.earlierBody(
      of: job.id, operation: planned.operation, account: planned.account, amount: planned.amount)
    if let earlier { return .ready(earlier) }
    guard job.planned.operation == .paymentIntentsCreate, job.planned.paymentMethod == nil else {
      return .ready(body(of: job, paymentMethod: nil))
    }
    try commitPending()
    if let broken = try brokenRead() {
      try refuseAlone(job, broken.refusal, broken.message)
      return .over
    }
    return try prepare(job, CustomerDefault.read(job.planned.account, over: worker.connection))
  }

  /// What forbids reading at Stripe now; a read that is tried again and again must see a stop.
  private func brokenRead() throws(Fault) -> (refusal: Refusal, message: String)? {
    if let broken = try brokenLeave() { return broken }
    return try worker.vault.refusalToRead(.customersRetrieve, under: running.key)
  }

  private func prepare(_ job: Job, _ answer: CustomerDefault) throws(Fault) -> Preparation {
    switch answer {
    case .paymentMethod(let id): return .ready(body(of: job, paymentMethod: id))
    case .none:
      return try skip(job, .noPaymentMethod, "the customer has no default payment method")
    case .noSuchCustomer:
      return try skip(job, .noSuchCustomer, "Stripe knows no customer \(job.planned.account)")
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
    if reason == .noSuchCustomer {
      try worker.queue.countInARow(.rejected, of: job.id.batch, in: transaction)
    }
    // A key of the wrong account finds no customer at all: that halts before it skips the batch.
    let broken = brokenInARow(try worker.queue.batch(job.id.batch))
    if let broken {
      let halt = Halt(reason: broken.0.haltReason, number: job.id.number, message: broken.1)
      try worker.queue.halt(job.id.batch, halt, in: transaction)
    }
    _ = try transaction.commit()
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
