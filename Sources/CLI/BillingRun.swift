internal import Approval
internal import Domain
internal import JSON
internal import Journal
internal import Notice
internal import Planner
internal import Queue
internal import Service
internal import System
internal import Worker

/// One unattended billing run of a job file: what was left over first, then what is new.
final class BillingRun {
  private let session: Session
  private let store: Store
  private let queue: JobQueue
  private let jobFile: JobFile
  /// How it ends so far.
  private var exit = ExitCode.done
  /// What became of each batch, for `--json`.
  private var batches: [JSONValue] = []
  private var isLate = false
  /// How the last batch that could not be taken up was left out.
  private var leftOut: ExitCode?

  init(_ session: Session, _ store: Store, _ jobFile: JobFile) {
    self.session = session
    self.store = store
    self.jobFile = jobFile
    queue = JobQueue(store)
  }

  /// Carries it out to its end and says how it went.
  func carryOut() throws(Fault) -> ExitCode {
    try begin()
    do throws(Fault) {
      try takeUpOpen()
      if exit != .waiting, try waiting().isEmpty, !Interrupt.isRequested { try gather() }
    } catch {
      throw ended(by: error)
    }
    if Interrupt.isRequested { exit = exit.worse(.halted) }
    if exit == .done, let leftOut { exit = leftOut }
    try tellDocument()
    return exit
  }

  /// What ends the run, under the exit status of all that was done before.
  private func ended(by fault: Fault) -> Fault {
    guard !batches.isEmpty else { return fault }
    let isWorst = fault.exit == .storage || exit == .done || exit == .waiting
    exit = isWorst ? fault.exit : exit.worse(.halted)
    try? tellDocument()
    return Fault(exit, fault.message, hint: fault.hint, details: fault.details)
  }

  // MARK: The schedule

  /// Journals the start, and tells when it is late.
  private func begin() throws(Fault) {
    let subject = jobFile.cronSubject
    let last = try store.lastEvent(of: subject)?.at
    let transaction = try store.begin()
    try transaction.append(
      .cronStarted, subject: subject,
      ["schedule_every_ms": .optional(jobFile.scheduleEvery?.count)])
    let now = transaction.now
    _ = try transaction.commit()
    guard let last, let every = jobFile.scheduleEvery, jobFile.isLate(since: last, at: now) else {
      return
    }
    isLate = true
    let notice = Notice.late(jobFile.name, last: last, every: every, now: now)
    try say(notice.text, isNeeded: true)
    try deliver(notice, to: jobFile.webhookVariable)
  }

  // MARK: What an earlier run left

  /// Takes up what is open; a batch that is locked or no longer approved is left out.
  private func takeUpOpen() throws(Fault) {
    for batch in try queue.open(of: jobFile.name) where !Interrupt.isRequested {
      do throws(Fault) {
        try takeUp(batch.id)
      } catch {
        guard error.exit == .busy || error.exit == .notAllowed else { throw error }
        session.warn("\(batch.id) is left out: \(error.message)")
        leftOut = error.exit
      }
    }
  }

  /// Goes on with a batch that is approved or was interrupted; tells of one that a person decides
  /// about.
  private func takeUp(_ id: BatchID) throws(Fault) {
    try Approver(store).expireIfDue(id)
    let batch = try queue.batch(id)
    switch batch.state {
    case .approved, .running: try drain(id)
    case .halted where batch.halt?.reason.passesByItself == true: try drain(id)
    case .submitted: try leaveWaiting(id, because: [])
    case .halted: try conclude(id)
    case .draft, .finished, .rejected, .cancelled: break
    }
  }

  private func waiting() throws(Fault) -> [Batch] {
    try queue.open(of: jobFile.name).filter { $0.state == .submitted }
  }

  private func drain(_ id: BatchID) throws(Fault) {
    try session.requireSameStripe([id], store)
    let progress = Progress(session, store)
    let worker = Worker(
      store: store, connection: try session.connect(store), signals: progress,
      random: SystemRandomNumberGenerator())
    _ = try session.drainOne(id, worker, progress)
    try conclude(id)
    let summary = try queue.summary(of: id)
    guard let notice = Notice.ended(summary, mode: store.facts.mode) else { return }
    try deliver(notice, to: summary.batch.terms.webhookVariable)
  }

  /// Reports a batch as it stands.
  private func conclude(_ id: BatchID) throws(Fault) {
    let summary = try queue.summary(of: id)
    exit = exit.worse(summary.exit)
    add(summary.batch, exit: summary.exit)
    let isNeeded = summary.needPerson > 0 || summary.batch.halt != nil
    if !session.wantsJSON, isNeeded || !session.isQuiet {
      try session.write(try store.textReport(id))
    }
  }

  // MARK: What is new

  /// Queues what the source lists and is not queued or charged yet, and runs it if it may.
  private func gather() throws(Fault) {
    guard let input = try session.openSource(of: jobFile, store) else {
      let path = session.invocation.argument("JOBFILE") ?? ""
      throw Fault(
        .usage, "\(quoted(path)) names no source, so there is nothing to gather",
        hint: "add a source to it, or queue a list with `sluice submit FILE --job \(path)`")
    }
    let intake = PlanIntake(store, jobFile, from: try session.submitter(store, "cron"))
    let format = jobFile.source.map { $0.format ?? .jsonLines }
    guard let batch = try intake.queueIfNew(input, format: format) else {
      return try say("Nothing is due that is not queued or charged already.", isNeeded: false)
    }
    switch try Approver(store).approveIfCovered(batch.id) {
    case .approved(let approval):
      try say(
        "\(batch.id), \(counted(approval.jobs, "job")), is approved under "
          + "\(approval.standing?.text ?? "")", isNeeded: false)
      try drain(batch.id)
    case .waits(let reasons): try leaveWaiting(batch.id, because: reasons)
    }
  }

  private func leaveWaiting(_ id: BatchID, because objections: [String]) throws(Fault) {
    exit = exit.worse(.waiting)
    let summary = try queue.summary(of: id)
    let deadlock = try Approver(store).deadlock(of: summary.batch)
    let reasons = objections + (deadlock.map { [$0.line] } ?? [])
    add(summary.batch, exit: .waiting)
    let notice = Notice.waiting(summary, mode: store.facts.mode, because: reasons)
    session.log?.tell(
      "waits_for_approval", .warning, of: id,
      ["reasons": .array(reasons.map(JSONValue.string))], reasons.joined(separator: "; "))
    try say(notice.text, isNeeded: true)
    try deliver(notice, to: summary.batch.terms.webhookVariable)
  }

  // MARK: Telling

  private func say(_ text: String, isNeeded: Bool) throws(Fault) {
    guard !session.wantsJSON, isNeeded || !session.isQuiet else { return }
    try session.write(text + "\n")
  }

  private func deliver(_ notice: Notice, to variable: String?) throws(Fault) {
    try session.messenger.tell(notice, at: variable, store)
  }

  private func add(_ batch: Batch, exit: ExitCode) {
    batches.append([
      "batch": .string(batch.id.text), "state": .string(batch.state.rawValue),
      "exit": .integer(Int64(exit.rawValue)),
    ])
  }

  private func tellDocument() throws(Fault) {
    guard session.wantsJSON else { return }
    let document: JSONValue = [
      "job_file": .string(jobFile.name), "late": .bool(isLate), "batches": .array(batches),
      "exit": .integer(Int64(exit.rawValue)),
    ]
    try session.write(document.text + "\n")
  }
}

extension HaltReason {
  /// Whether a later run may go on without a person's decision.
  fileprivate var passesByItself: Bool {
    switch self {
    case .interrupted, .unreachable, .keyExpired: true
    case .stopped, .approvalExpired, .integrity, .clock, .declinedInARow, .rejectedInARow,
      .keyRevoked, .operationNotAllowed, .accountNotAllowed, .overMaxPerJob, .overMaxJobs,
      .noBudget, .capExhausted, .jobFileBudgetExhausted, .homeBudgetExhausted, .credentials,
      .unexpectedAnswer, .unsettled, .overCharged:
      false
    }
  }
}
