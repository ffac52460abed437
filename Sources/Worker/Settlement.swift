internal import Approval
internal import Domain
internal import JSON
internal import Journal
internal import Queue
internal import Stripe
internal import Vault

/// An answer on its way into the tables: T2 of one job.
struct Settlement {
  let attempt: Attempt
  /// The state the job is settled from.
  let state: JobState
  let outcome: JobOutcome
  let details: SettlementDetails
  /// What moved, in minor units, when money moved.
  let actual: Int64?
  /// How the attempt is left, while it stays in doubt.
  let note: AttemptNote?
  /// What a person says that they have seen, when it is a person who settles.
  let evidence: String?

  /// What a verdict writes; `serverErrors` is how often Stripe answered 500 before.
  init(
    _ verdict: Verdict, _ attempt: Attempt, from state: JobState, serverErrors: Int = 0,
    evidence: String? = nil
  ) {
    self.attempt = attempt
    self.state = state
    self.evidence = evidence
    switch verdict {
    case .charged(let object, let amount, let caveat):
      details = SettlementDetails(
        object: object, code: caveat?.code, message: caveat?.message,
        requestID: caveat?.requestID)
      (outcome, actual, note) = (.charged, amount, nil)
    case .processing(let object):
      (outcome, details, actual, note) = (.processing, SettlementDetails(object: object), nil, nil)
    case .declined(let reason):
      (outcome, details, actual, note) = (.declined, SettlementDetails(reason), nil, nil)
    case .rejected(let reason):
      (outcome, details, actual, note) = (.rejected, SettlementDetails(reason), nil, nil)
    case .notExecuted(_, let reason):
      (outcome, details, actual, note) = (.notExecuted, SettlementDetails(reason), nil, nil)
    case .inDoubt(let doubt, let reason):
      (outcome, details, actual) = (.inDoubt, SettlementDetails(reason), nil)
      note = AttemptNote(doubt, serverErrors: serverErrors)
    }
  }

  /// A job that every question was asked about and none answered.
  init(unknown attempt: Attempt, message: String) {
    self.attempt = attempt
    state = .inDoubt
    outcome = .unknown
    details = SettlementDetails(message: message)
    actual = nil
    note = nil
    evidence = nil
  }

  /// A job of which people say that no money moved.
  init(notCharged attempt: Attempt, from state: JobState, evidence: String) {
    self.attempt = attempt
    self.state = state
    outcome = .notCharged
    details = SettlementDetails(message: evidence)
    actual = nil
    note = nil
    self.evidence = evidence
  }

  /// Who settles: Stripe's answer, or a person.
  var event: JournalEvent { evidence == nil ? .settled : .resolved }

  /// The settlement as the journal keeps it.
  var json: JSONValue {
    var members = [
      JSONMember(key: "outcome", value: .string(outcome.rawValue)),
      JSONMember(key: "send", value: .integer(Int64(attempt.sendNumber))),
      JSONMember(key: "object", value: .optional(details.object)),
      JSONMember(key: "amount", value: .optional(actual)),
      JSONMember(key: "code", value: .optional(details.code)),
      JSONMember(key: "decline_code", value: .optional(details.declineCode)),
      JSONMember(key: "message", value: .optional(details.message)),
      JSONMember(key: "request_id", value: .optional(details.requestID)),
      JSONMember(key: "evidence", value: .optional(evidence)),
    ]
    if let note {
      members += [
        JSONMember(key: "server_errors", value: .integer(Int64(note.serverErrors))),
        JSONMember(key: "payment_intent", value: .optional(note.paymentIntent)),
        JSONMember(key: "ask_again", value: .bool(note.mayAskAgain)),
      ]
    }
    return .object(members)
  }
}

extension SettlementDetails {
  init(_ reason: Reason) {
    self.init(
      object: reason.object, code: reason.code, declineCode: reason.declineCode,
      message: reason.message, requestID: reason.requestID)
  }
}

extension AttemptNote {
  /// What a doubt leaves to be done.
  init(_ doubt: Doubt, serverErrors: Int) {
    switch doubt {
    case .sendAgain, .halt:
      self.init(serverErrors: serverErrors, paymentIntent: nil, mayAskAgain: serverErrors == 0)
    case .serverError:
      // A saved 500 never changes: one more send, whatever comes of it, then only look-ups.
      self.init(serverErrors: serverErrors + 1, paymentIntent: nil, mayAskAgain: serverErrors == 0)
    case .cancel(let intent):
      self.init(serverErrors: serverErrors, paymentIntent: intent, mayAskAgain: false)
    case .lookUp, .lookUpAndHalt:
      self.init(serverErrors: serverErrors, paymentIntent: nil, mayAskAgain: false)
    }
  }
}

extension Worker {
  /// Writes a settlement; returns why it cannot be written: the job, its attempt or its hold is no
  /// longer what was answered, or the file fails.
  func write(_ settlement: Settlement, in transaction: borrowing Transaction) -> Fault? {
    let job = settlement.attempt.job
    do throws(Fault) {
      return try apply(settlement, in: transaction)
        ? nil : .untrusted("\(job) changed while its answer was on the way")
    } catch {
      return error
    }
  }

  private func apply(
    _ settlement: Settlement, in transaction: borrowing Transaction
  ) throws(Fault) -> Bool {
    let attempt = settlement.attempt
    let isHeld = try vault.settle(
      attempt, settlement.outcome, actual: settlement.actual, note: settlement.note,
      in: transaction)
    if Mutant.markAfterSend.isOn {
      _ = try queue.move(attempt.job, from: .queued, .reserve, in: transaction)
    }
    let isSettled = try queue.settle(
      attempt.job, from: settlement.state, settlement.outcome, settlement.details, in: transaction)
    guard isHeld, isSettled else { return false }
    try queue.countInARow(settlement.outcome, of: attempt.job.batch, in: transaction)
    try transaction.append(settlement.event, subject: attempt.job.description, settlement.json)
    return true
  }

  /// Writes a settlement in a transaction of its own; it never waits for the next claim.
  func commit(_ settlement: Settlement, by person: Person? = nil) throws(Fault) {
    let transaction = try beginSettling()
    if let person { try Approvers(store).requireStillThere(person) }
    if let fault = write(settlement, in: transaction) {
      throw keep(settlement, fault, rollingBack: transaction)
    }
    if let halt = try overCharge(settlement) {
      try queue.halt(settlement.attempt.job.batch, halt, in: transaction)
    }
    _ = try transaction.commit()
    tell(settlement)
  }

  /// Tells of a settlement that is durable.
  func tell(_ settlement: Settlement) {
    signals.settled(
      settlement.attempt.job, settlement.outcome, settlement.attempt.amount,
      because: settlement.details.declineCode ?? settlement.details.code)
  }

  /// The halt of a running batch of which more was posted than was held; nil when nothing was.
  func overCharge(_ settlement: Settlement) throws(Fault) -> Halt? {
    let attempt = settlement.attempt
    guard let actual = settlement.actual, actual > attempt.amount.minorUnits,
      try queue.batch(attempt.job.batch).state == .running
    else { return nil }
    let moved = Money(minorUnits: actual, currency: attempt.amount.currency)
    return Halt(
      reason: .overCharged, number: attempt.job.number,
      message: "Stripe moved \(moved) for \(attempt.job), and \(attempt.amount) was held")
  }

  /// Begins a transaction that an answer waits for: when even a second try finds the file locked,
  /// the answer is lost to this process, and only the next run can ask again.
  func beginSettling() throws(Fault) -> Transaction {
    if let transaction = try? store.begin() { return transaction }
    do throws(Fault) {
      return try store.begin()
    } catch {
      throw Fault(
        .storage, "an answer of Stripe's could not be recorded: \(error.message)",
        hint: "run the batch again: it asks Stripe the same question under the same key")
    }
  }

  /// Keeps an answer that could not be written as evidence; the process must end after it.
  func keep(
    _ settlement: Settlement, _ fault: Fault, rollingBack transaction: consuming Transaction
  ) -> Fault {
    drop(transaction)
    do throws(Fault) {
      let transaction = try store.begin()
      try transaction.append(
        .evidence, subject: settlement.attempt.job.description, settlement.json)
      _ = try transaction.commit()
    } catch {
      return fault
    }
    return Fault(
      .storage, fault.message + "; the answer is in the journal", hint: fault.hint)
  }

  private func drop(_ transaction: consuming Transaction) {}
}
