internal import Approval
package import Domain
internal import JSON
internal import Journal
internal import Queue
internal import Stripe
internal import System
internal import Vault

/// What a person says became of a job that nothing else could settle.
package enum Resolution: Equatable, Sendable {
  /// This object of Stripe's is the job's.
  case charged(object: String)
  /// No money moved.
  case notCharged
}

/// What came of a person's word.
package enum Resolved: Equatable, Sendable {
  /// The job is settled, as the person said.
  case settled(JobOutcome)
  /// Stripe shows something after all, and that is what counts.
  case found(JobOutcome)
  /// In live mode a second person has to say the same.
  case stated
}

extension Worker {
  /// Settles a job by a person's word, as far as Stripe does not say otherwise.
  ///
  /// `charged` needs an object that Stripe shows and that matches the job in everything;
  /// `notCharged` needs 24 hours since the last send, a look-up that finds nothing and, in live
  /// mode, two people. Nothing that can move money is sent.
  package func resolve(
    _ id: JobID, as resolution: Resolution, evidence: String, by person: Person
  ) throws(Fault) -> Resolved {
    let lock = try store.home.lock(id.batch)
    defer { lock.unlock() }
    try checkFile(of: try queue.batch(id.batch))
    let job = try resolvable(id, resolution)
    try requireStripe()
    let record = try attempt(of: id)
    switch resolution {
    case .charged(let object): return try accept(object, job, record, evidence, by: person)
    case .notCharged: return try state(job, record, evidence, by: person)
    }
  }

  /// The job, if a person may settle it so.
  private func resolvable(_ id: JobID, _ resolution: Resolution) throws(Fault) -> Job {
    let job = try queue.job(id)
    try requireApproved(job)
    switch (job.state, resolution) {
    case (.unknown, _), (.inDoubt, .charged), (.processing, .charged): return job
    case (.processing, .notCharged) where job.planned.operation == .invoicesPay:
      // An invoice is open before its payment, during it, and after it has failed.
      return job
    case (.inDoubt, .notCharged), (.processing, .notCharged), (.sending, _):
      throw Fault(
        .notAllowed, "\(id) is \(job.state.rawValue): Stripe can still be asked",
        hint: "run `sluice run \(id.batch)` or `sluice settle \(id.batch)` first")
    case (.queued, _), (.charged, _), (.declined, _), (.rejected, _), (.notCharged, _),
      (.skipped, _):
      throw Fault(
        .notAllowed, "\(id) is \(job.state.rawValue): there is nothing to resolve",
        hint: "see `sluice show \(id.batch) --jobs`")
    }
  }

  private func accept(
    _ object: String, _ job: Job, _ record: AttemptRecord, _ evidence: String, by person: Person
  ) throws(Fault) -> Resolved {
    let settler = Settler(record.attempt, mode: store.facts.mode, over: connection)
    switch settler.fetch(object) {
    case .settled(.charged(let object, let amount, let caveat)):
      let verdict = Verdict.charged(object: object, amountMinor: amount, caveat: caveat)
      try commit(
        Settlement(verdict, record.attempt, from: job.state, evidence: evidence), by: person)
      return .settled(.charged)
    case .settled(let verdict):
      let outcome = Settlement(verdict, record.attempt, from: job.state).outcome
      throw Fault(
        .badData, "Stripe shows \(quoted(object)) as \(outcome.rawValue), not as charged",
        hint: "run `sluice settle \(job.id.batch)`")
    case .odd(let reason):
      throw Fault(
        .badData, "\(quoted(object)) does not settle \(job.id): \(reason.message)",
        hint: "look it up in the Stripe Dashboard; nothing has changed")
    case .absent, .several:
      throw Fault(
        .badData, "Stripe knows nothing of \(quoted(object)) that settles \(job.id)",
        hint: "look it up in the Stripe Dashboard; nothing has changed")
    case .failed(let reason): throw unreachable(reason)
    }
  }

  private func state(
    _ job: Job, _ record: AttemptRecord, _ evidence: String, by person: Person
  ) throws(Fault) -> Resolved {
    try requireQuietDay(record.attempt)
    let finding = find(job, record)
    switch finding {
    case .failed(let reason): throw unreachable(reason)
    case .several, .odd:
      throw Fault(
        .notAllowed, finding.sentence(of: job.id),
        hint: "find out which one it is, then say so with --charged ID")
    case .settled(let verdict):
      let settlement = Settlement(verdict, record.attempt, from: job.state)
      guard (try? job.state.applying(.settle(settlement.outcome))) != nil else {
        throw Fault(
          .notAllowed, "Stripe shows \(job.id) as \(settlement.outcome.rawValue)",
          hint: "run `sluice settle \(job.id.batch)` later")
      }
      try commit(settlement)
      return .found(settlement.outcome)
    case .absent:
      guard try hasSecondPerson(job.id, evidence, person) else { return .stated }
      try commit(
        Settlement(notCharged: record.attempt, from: job.state, evidence: evidence), by: person)
      return .settled(.notCharged)
    }
  }

  /// Stripe may finish what it began hours later, and keeps idempotency keys for a day.
  private func requireQuietDay(_ attempt: Attempt) throws(Fault) {
    let due = attempt.lastSentAt + .hours(24)
    guard let now = stripeClock.now, now >= due else {
      throw Fault(
        .notAllowed,
        "\(attempt.job) was last sent at \(attempt.lastSentAt); "
          + "it takes 24 hours of silence before anyone can say that no money moved",
        hint: "say it again after \(due)")
    }
  }

  /// Whether as many people say so as the mode asks for; the first one's word is kept.
  private func hasSecondPerson(
    _ job: JobID, _ evidence: String, _ person: Person
  ) throws(Fault) -> Bool {
    guard store.facts.mode == .live else { return true }
    guard person.identity != nil else {
      throw Fault(
        .notAllowed,
        "this takes two people, and neither the kernel nor a token says who you are",
        hint: "say it from a login (ssh or console), or with a token of `sluice approvers add`")
    }
    let first = try store.lastEvent(of: job.description)
    if let first, first.event == JournalEvent.notChargedStated.rawValue {
      guard person.isSurelyAnother(than: first.person) else {
        throw Fault(
          .notAllowed, "\(person.name) has said so already, so another person has to",
          hint: "ask somebody else to run the same command from their own login")
      }
      try Approvers(store).requireUnrelated(person, first.person)
      return true
    }
    let transaction = try store.begin()
    try Approvers(store).requireStillThere(person)
    try transaction.append(
      .notChargedStated, subject: job.description,
      [
        "approver": .string(person.name), "login_uid": person.uidJSON,
        "approver_id": person.approverJSON, "evidence": .string(evidence),
      ])
    _ = try transaction.commit()
    return false
  }

  private func unreachable(_ reason: Reason) -> Fault {
    Fault(
      .unreachable, "Stripe does not tell: \(reason.message)",
      hint: "nothing has changed; run the command again later")
  }
}
