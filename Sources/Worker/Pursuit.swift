internal import Approval
internal import Domain
internal import Journal
internal import Queue
internal import Stripe
internal import Vault

/// The one next thing that can settle a job in doubt.
enum PursuitStep {
  /// The same request again, under the same key.
  case sendAgain
  /// Cancel the intent that somebody could still confirm.
  case cancel(paymentIntent: String)
  /// Ask Stripe what there is.
  case lookUp
  /// Leave it in doubt, for a reason that a person or the next run must see.
  case halt(HaltReason, String)
}

extension Drain {
  /// Takes up what an earlier run left: a job that was sending is in doubt, and whatever is in
  /// doubt is settled before anything new is claimed.
  ///
  /// False when the batch halted.
  func recover() throws(Fault) -> Bool {
    let batch = running.batch.id
    for job in try worker.queue.jobs(of: batch, in: [.sending]) { try worker.lose(job.id) }
    for job in try worker.queue.jobs(of: batch, in: [.inDoubt]) {
      guard try pursue(job.id) else { return false }
    }
    return true
  }

  /// Takes what an answer, still pending, says about the doubt, then pursues it; false when the
  /// batch halted.
  func pursue(_ job: JobID, after doubt: Doubt, _ reason: Reason) throws(Fault) -> Bool {
    switch doubt {
    case .halt(let halted):
      try halt(halted, at: job.number, "\(job) is in doubt: \(reason.message)")
      return false
    case .lookUpAndHalt(let halted):
      try halt(halted, at: job.number, reason.message)
      try worker.lookUp(job)
      return false
    case .sendAgain, .serverError:
      try commitPending()
      var backoff = Backoff()
      worker.wait(backoff.next(using: &worker.random), because: reason.message)
      return try pursue(job)
    case .cancel, .lookUp:
      try commitPending()
      return try pursue(job)
    }
  }

  /// Asks again, cancels or looks up until the job is settled; false when the batch halted.
  func pursue(_ id: JobID) throws(Fault) -> Bool {
    var backoff = Backoff()
    var failures = 0
    while true {
      if worker.signals.isInterrupted {
        try halt(.interrupted, at: id.number, "the worker was interrupted while \(id) is in doubt")
        return false
      }
      let record = try worker.attempt(of: id)
      let progress =
        switch try step(for: record) {
        case .sendAgain: try sendAgain(record)
        case .cancel(let intent): take(settler(record).cancel(paymentIntent: intent), record)
        case .lookUp: take(settler(record).lookUp(), record)
        case .halt(let reason, let message):
          Progress.settled(
            nil, Halt(reason: reason, number: id.number, message: "\(message); \(id) is in doubt"))
        }
      switch progress {
      case .settled(let settlement, let halt): return try end(settlement, halt)
      case .halted: return false
      case .changed(let reason):
        worker.wait(backoff.next(using: &worker.random), because: reason)
      case .failed(let reason):
        failures += 1
        guard failures < running.batch.terms.halt.unreachableInARow else {
          try halt(
            .unreachable, at: id.number, "\(id) is in doubt and Stripe does not tell: \(reason)")
          return false
        }
        worker.wait(backoff.next(using: &worker.random), because: reason)
      }
    }
  }

  /// Commits what a pursuit came to, and the halt that goes with it, together.
  private func end(_ settlement: Settlement?, _ halt: Halt?) throws(Fault) -> Bool {
    pending = settlement
    var halt = halt
    if let settlement, let over = try worker.overCharge(settlement) { halt = over }
    guard let halt else {
      try commitPending()
      return true
    }
    try self.halt(halt.reason, at: halt.number, halt.message)
    return false
  }

  /// What one step of a pursuit came to.
  private enum Progress {
    /// The doubt is over, or nothing more can be done about it under this run.
    case settled(Settlement?, Halt?)
    /// The batch halted on the way.
    case halted
    /// Still in doubt, and another question may settle it.
    case changed(String)
    /// Stripe did not tell.
    case failed(String)
  }

  private func step(for record: AttemptRecord) throws(Fault) -> PursuitStep {
    if let broken = try brokenPursuit(of: record) { return .halt(broken.reason, broken.message) }
    if let intent = record.paymentIntent { return .cancel(paymentIntent: intent) }
    return try maySendAgain(record) ? .sendAgain : .lookUp
  }

  /// What keeps even a question about the job from being asked under this run.
  private func brokenPursuit(
    of record: AttemptRecord
  ) throws(Fault) -> (reason: HaltReason, message: String)? {
    let job = try worker.queue.job(record.attempt.job)
    guard worker.store.seal(of: job.planned, in: job.id.batch) == job.seal,
      record.attempt.sendNumber > 0
    else { return (.integrity, "\(job.id) is not what was approved") }
    // A look-up would settle for "unknown" what the next run's key may still ask.
    if try StopSwitch.inForce(on: job.id.batch, worker.store) == nil,
      let broken = try worker.vault.refusal(of: running.key), broken.refusal == .keyExpired
    {
      return (.keyExpired, broken.message)
    }
    return nil
  }

  /// Every condition of a re-send, one to a line; when one fails, only a look-up is left.
  private func maySendAgain(_ record: AttemptRecord) throws(Fault) -> Bool {
    guard record.mayAskAgain else { return false }
    guard record.attempt.sendNumber < 8 else { return false }
    guard try worker.queue.batch(running.batch.id).state == .running else { return false }
    guard try brokenLeave(ignoringStop: Mutant.resendIgnoresStop.isOn) == nil else { return false }
    guard try !worker.vault.isRevoked(record.key) else { return false }
    guard try worker.vault.refusalToSend(record.attempt.operation, under: running.key) == nil
    else { return false }
    guard let now = worker.stripeClock.now else { return false }
    let age = now.since(record.attempt.firstSentAt)
    return age > .minutes(-5) && age < .hours(Mutant.resendAfterADay.isOn ? 1000 : 23)
  }

  /// T1' and the send: the same key, the same bytes.
  private func sendAgain(_ record: AttemptRecord) throws(Fault) -> Progress {
    let number = record.attempt.job.number
    switch worker.askTime() {
    case .told: break
    case .silent(let reason): return .failed(reason)
    case .refused(let reason):
      let message = "Stripe does not take the key: \(reason)"
      return .settled(nil, Halt(reason: .credentials, number: number, message: message))
    }
    if let disagreement = worker.stripeClock.disagreement {
      return .settled(nil, Halt(reason: .clock, number: number, message: disagreement))
    }
    guard let permit = try permitToSendAgain(record) else {
      return .changed("it may not be sent again")
    }
    let attempt = permit.attempt
    let verdict = worker.judge(worker.connection.send(permit), attempt)
    let settlement = Settlement(
      verdict, attempt, from: .sending, serverErrors: record.serverErrors)
    return try progress(after: verdict, settlement)
  }

  private func permitToSendAgain(_ record: AttemptRecord) throws(Fault) -> Permit? {
    let transaction = try worker.store.begin()
    guard let now = worker.stripeClock.now, try maySendAgain(record) else { return nil }
    guard try worker.queue.move(record.attempt.job, from: .inDoubt, .resend, in: transaction) else {
      throw .untrusted("\(record.attempt.job) is no longer in doubt")
    }
    let reservation = try worker.vault.admitAgain(
      record, under: running.key, at: now, in: transaction)
    let committed = try transaction.commit()
    return Permit(reservation, committed)
  }

  private func progress(
    after verdict: Verdict, _ settlement: Settlement
  ) throws(Fault) -> Progress {
    let job = settlement.attempt.job
    switch verdict {
    case .charged, .declined, .processing: return .settled(settlement, nil)
    case .rejected, .notExecuted:
      precondition(Mutant.isResendBelieved, "a re-send cannot prove this")
      return .settled(settlement, nil)
    case .inDoubt(.halt(let reason), let why):
      let message = "\(job) is in doubt: \(why.message)"
      return .settled(settlement, Halt(reason: reason, number: job.number, message: message))
    case .inDoubt(.lookUpAndHalt(let reason), let why):
      pending = settlement
      _ = try pursue(job, after: .lookUpAndHalt(reason), why)
      return .halted
    case .inDoubt(.sendAgain, let why), .inDoubt(.serverError, let why),
      .inDoubt(.cancel, let why), .inDoubt(.lookUp, let why):
      try worker.commit(settlement)
      return .changed(why.message)
    }
  }

  /// What a cancel or a look-up comes to.
  private func take(_ finding: Finding, _ record: AttemptRecord) -> Progress {
    let attempt = record.attempt
    switch finding {
    case .settled(let verdict):
      return .settled(Settlement(verdict, attempt, from: .inDoubt), nil)
    case .failed(let reason): return .failed(reason.message)
    case .absent, .several, .odd:
      let message = finding.sentence(of: attempt.job)
      return .settled(
        Settlement(unknown: attempt, message: message),
        Halt(reason: .unsettled, number: attempt.job.number, message: message))
    }
  }

  private func settler(_ record: AttemptRecord) -> Settler {
    Settler(record.attempt, mode: worker.store.facts.mode, over: worker.connection)
  }
}

extension Finding {
  /// What was found of a job that stays unknown.
  func sentence(of job: JobID) -> String {
    switch self {
    case .several: "Stripe has more than one object of \(job)"
    case .odd(let reason): "Stripe's answer about \(job) fits nothing: \(reason.message)"
    case .absent, .settled, .failed:
      "Stripe shows nothing of \(job), which does not prove that nothing happened"
    }
  }
}

extension Worker {
  /// A worker died between claim and answer: nobody knows what became of the job.
  func lose(_ job: JobID) throws(Fault) {
    if Mutant.requeueOnCrash.isOn {
      let nothing = Verdict.notExecuted(.unreachable, Reason("it crashed"))
      return try commit(Settlement(nothing, try attempt(of: job).attempt, from: .sending))
    }
    let transaction = try store.begin()
    guard try queue.move(job, from: .sending, .lose, in: transaction) else {
      throw .untrusted("\(job) is no longer sending")
    }
    try transaction.append(.lost, subject: job.description)
    _ = try transaction.commit()
  }

  /// The stored attempt of a job.
  func attempt(of id: JobID) throws(Fault) -> AttemptRecord {
    try vault.attempt(of: id, try queue.job(id).planned.movement)
  }
}
