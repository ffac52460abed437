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
  /// Whether a halt would meet whatever comes after it as well.
  private var isOver = false
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
    do throws(Fault) {
      let start = try begin()
      try takeUpOpen()
      if mayGoOn, exit != .waiting, try waiting().isEmpty { try gather() }
      if !Interrupt.isRequested { try end(startedAt: start) }
    } catch {
      let fault = ended(by: error)
      tellFailure(fault)
      throw fault
    }
    if Interrupt.isRequested { exit = exit.worse(.halted) }
    if exit == .done, let leftOut { exit = leftOut }
    try tellDocument()
    return exit
  }

  private var mayGoOn: Bool { !isOver && !Interrupt.isRequested }

  /// What ends the run, under the exit status of all that was done before.
  private func ended(by fault: Fault) -> Fault {
    guard !batches.isEmpty else { return fault }
    let isWorst = fault.exit == .storage || exit == .done || exit == .waiting
    exit = isWorst ? fault.exit : exit.worse(.halted)
    try? tellDocument()
    return Fault(exit, fault.message, hint: fault.hint, details: fault.details)
  }

  // MARK: The schedule

  /// Journals the start, and tells when it is late; returns when it is.
  private func begin() throws(Fault) -> Timestamp {
    let last = try store.lastBillingRun(of: jobFile)
    let transaction = try store.begin()
    try transaction.append(
      .cronStarted, subject: jobFile.cronSubject,
      ["schedule_every_ms": .optional(jobFile.scheduleEvery?.count)])
    let now = transaction.now
    _ = try transaction.commit()
    guard let last, let every = jobFile.scheduleEvery, jobFile.isLate(since: last, at: now) else {
      return now
    }
    isLate = true
    let notice = Notice.late(jobFile.name, last: last, every: every, now: now)
    try say(notice.text, isNeeded: true)
    session.log?.tell("late", .warning, ["job_file": .string(jobFile.name)], notice.text)
    try deliver(notice, to: jobFile.webhookVariable)
    return now
  }

  /// Journals that it came to its end; what did not is no run that the schedule counts.
  private func end(startedAt start: Timestamp) throws(Fault) {
    let transaction = try store.begin()
    try transaction.append(
      .cronEnded, subject: jobFile.cronSubject,
      ["started_at_ms": .integer(start.milliseconds), "exit": .integer(Int64(exit.rawValue))])
    _ = try transaction.commit()
  }

  /// Tells the webhook what ended it; whoever started it sees the error itself.
  private func tellFailure(_ fault: Fault) {
    let notice = Notice.failed(
      jobFile.name, exit: fault.exit, FreeText.withoutKeys(fault.line), mode: store.facts.mode)
    try? deliver(notice, to: jobFile.webhookVariable)
  }

  // MARK: What an earlier run left

  /// Takes up what is open; a batch that is locked, no longer approved or stopped by itself is left
  /// out.
  private func takeUpOpen() throws(Fault) {
    for batch in try queue.open(of: jobFile.name) where mayGoOn {
      do throws(Fault) {
        try takeUp(batch.id)
      } catch {
        guard try store.leavesOut(batch.id, after: error) else { throw error }
        session.warn("\(batch.id) is left out: \(error.message)")
        leftOut = error.exit
      }
    }
  }

  /// Goes on with a batch that is approved or was interrupted; tells of one that a person decides
  /// about.
  private func takeUp(_ id: BatchID) throws(Fault) {
    let end = try Approver(store).expireIfDue(id)
    let batch = try queue.batch(id)
    switch batch.state {
    case .approved, .running: try drain(id)
    case .halted where batch.halt?.reason.passesByItself == true: try drain(id)
    case .submitted:
      guard try !isEmpty(batch) else { return }
      try store.requireNoStop(of: id)
      try runIfCovered(id, or: end.map { [$0.sentence] } ?? [])
    case .halted: try conclude(id)
    case .draft, .finished, .rejected, .cancelled: break
    }
  }

  /// What waits for a person and keeps anything new from being gathered; the stop of one batch
  /// holds up no other.
  private func waiting() throws(Fault) -> [Batch] {
    var waiting: [Batch] = []
    for batch in try queue.open(of: jobFile.name) where batch.state == .submitted {
      let isStopped = try StopSwitch(store, of: batch.id).current() != nil
      guard !isStopped, try !isEmpty(batch) else { continue }
      waiting.append(batch)
    }
    return waiting
  }

  /// Whether nothing in a batch is queued or may have been charged: every job is a duplicate, say,
  /// and nobody has to decide.
  private func isEmpty(_ batch: Batch) throws(Fault) -> Bool {
    guard try queue.nextQueued(of: batch.id, from: 1) == nil else { return false }
    return try !queue.hasOpenSend(in: batch.id)
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
    isOver = try store.endsBillingRun(summary.batch.halt?.reason)
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
    try runIfCovered(batch.id)
  }

  /// Runs a batch that waits if a standing approval covers it; otherwise a person decides.
  private func runIfCovered(_ id: BatchID, or reasons: [String] = []) throws(Fault) {
    switch try Approver(store).approveIfCovered(id) {
    case .approved(let approval):
      try say(
        "\(id), \(counted(approval.jobs, "job")), is approved under "
          + "\(approval.standing?.text ?? "")", isNeeded: false)
      try drain(id)
    case .waits(let objections): try leaveWaiting(id, because: reasons + objections)
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
