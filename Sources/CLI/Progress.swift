internal import Domain
internal import JSON
internal import Journal
internal import Planner
internal import Queue
internal import Report
internal import System
internal import Worker

/// Tells how far a run is: to a person with a bar on the terminal, to a log where one is asked for,
/// and to nobody otherwise.
final class Progress: Signals {
  private let session: Session
  private let store: Store
  private let log: RunLog?
  private let isShown: Bool
  private var bar = ProgressBar()
  private var batch: BatchID?
  /// Whether jobs are looked up only, and count once that is done.
  private var looksUp = false
  private var began = Milliseconds(0)
  private var lastDrawn: Milliseconds?
  /// How many columns the line takes now.
  private var drawn = 0

  init(_ session: Session, _ store: Store) {
    self.session = session
    self.store = store
    log = session.log
    isShown =
      log == nil && !session.isQuiet && Terminal.isTerminal(.error) && session.hasCursor
  }

  /// Begins with a batch, counting what is at its end already.
  func begin(_ id: BatchID, lookingUp looksUp: Bool = false) throws(Fault) {
    guard isShown || log != nil else { return }
    let summary = try JobQueue(store).summary(of: id)
    bar = ProgressBar()
    if looksUp {
      bar.total = [.inDoubt, .processing, .unknown].reduce(0) { $0 + summary.jobs($1) }
    } else {
      bar.total = summary.batch.jobs
      let ahead = summary.jobs(.queued) + summary.jobs(.inDoubt) + unreached(summary)
      bar.done = bar.total - ahead
    }
    bar.declined = summary.jobs(.declined)
    bar.rejected = summary.jobs(.rejected)
    bar.amounts = summary.cappedAmounts
    batch = id
    self.looksUp = looksUp
    began = session.clock.uptime()
    lastDrawn = nil
  }

  private func unreached(_ summary: Summary) -> Int {
    guard let halt = summary.batch.halt else { return 0 }
    return summary.reasons
      .filter { $0.heading == .skipped && $0.reason == halt.reason.rawValue }
      .reduce(0) { $0 + $1.jobs }
  }

  /// Clears the line.
  func end() {
    show("")
    batch = nil
  }

  // MARK: Signals

  var isInterrupted: Bool { Interrupt.isRequested }

  func started(_ batch: BatchID) {
    let left = bar.total - bar.done
    log?.tell("started", of: batch, ["jobs": .integer(Int64(left))], counted(left, "job"))
    draw()
  }

  func settled(_ job: JobID, _ outcome: JobOutcome, _ amount: Money, because code: String?) {
    let code = code.map(FreeText.withoutKeys)
    log?.tell(
      outcome.event, outcome == .unknown ? .warning : .info, of: job.batch, job: job.number,
      [
        "outcome": .string(outcome.rawValue), "amount": .integer(amount.minorUnits),
        "currency": .string(amount.currency.code), "reason": .optional(code),
      ],
      "\(outcome.rawValue) \(amount)" + (code.map { " (\($0))" } ?? ""))
    switch outcome {
    case .charged: add(amount)
    case .declined: bar.declined += 1
    case .rejected: bar.rejected += 1
    case .processing, .unknown, .notCharged, .inDoubt, .notExecuted: break
    }
    if outcome.event == "settled", !looksUp { countOne() }
  }

  func skipped(_ job: JobID, _ amount: Money, because reason: SkipReason) {
    log?.tell(
      "skipped", of: job.batch, job: job.number,
      [
        "amount": .integer(amount.minorUnits), "currency": .string(amount.currency.code),
        "reason": .string(reason.rawValue),
      ], "\(amount) (\(reason.rawValue))")
    countOne()
  }

  func lookedUp(_ job: JobID) {
    if looksUp { countOne() }
  }

  func waiting(_ wait: Milliseconds, because reason: String) {
    let reason = FreeText.withoutKeys(reason)
    log?.tell(
      "waiting", .warning, of: batch,
      ["wait_ms": .integer(wait.count), "reason": .string(reason)], "\(wait.count) ms: \(reason)")
    guard wait >= .seconds(1) else { return }
    bar.wait = "waiting \((wait.count + 500) / 1000) s: \(Layout.cell(reason))"
    draw(now: true)
    bar.wait = nil
  }

  // MARK: The bar

  private func countOne() {
    bar.done += 1
    bar.settledHere += 1
    draw()
  }

  private func add(_ amount: Money) {
    let place = bar.amounts.firstIndex { $0.moved.currency == amount.currency }
    if let place { bar.amounts[place].moved.minorUnits += amount.minorUnits }
  }

  /// Draws the line, twenty times a second at most.
  private func draw(now isUrgent: Bool = false) {
    guard isShown, batch != nil else { return }
    let now = session.clock.uptime()
    if !isUrgent, let lastDrawn, now.count - lastDrawn.count < 50 { return }
    lastDrawn = now
    bar.elapsed = Milliseconds(now.count - began.count)
    show(bar.line(columns: Terminal.size(of: .error)?.columns ?? 80))
  }

  /// Writes the line over the one before, whose rest it blanks: no escape code is needed.
  private func show(_ line: String) {
    let width = Layout.width(of: line)
    guard isShown, width + drawn > 0 else { return }
    let blank = String(repeating: " ", count: max(0, drawn - width))
    try? Terminal.write("\r" + line + blank + (line.isEmpty ? "\r" : ""), to: .error)
    drawn = width
  }
}

extension Progress {
  /// Logs how the batch stands after its run.
  func tellEnd(of id: BatchID) throws(Fault) {
    guard let log else { return }
    let summary = try JobQueue(store).summary(of: id)
    if let halt = summary.batch.halt, !looksUp {
      let message = FreeText.withoutKeys(halt.message)
      log.tell(
        "halted", .warning, of: id, job: halt.number,
        ["reason": .string(halt.reason.rawValue), "message": .string(message)], message)
    }
    let event = looksUp ? "looked_up" : summary.batch.state == .finished ? "finished" : "ended"
    let charged = summary.currencies.map { summary.amount(.charged, $0) }
    log.tell(
      event, summary.needPerson > 0 ? .warning : .info, of: id,
      [
        "state": .string(summary.batch.state.rawValue),
        "jobs": .integer(Int64(summary.batch.jobs)),
        "charged": .integer(Int64(summary.jobs(.charged))),
        "amounts": .array(
          charged.map {
            ["currency": .string($0.currency.code), "amount": .integer($0.minorUnits)]
          }), "processing": .integer(Int64(summary.jobs(.processing))),
        "need_person": .integer(Int64(summary.needPerson)),
      ],
      "\(summary.batch.stateText): \(summary.jobs(.charged)) of "
        + "\(counted(summary.batch.jobs, "job")) charged, "
        + charged.map(\.description).joined(separator: " + "))
  }
}

extension JobOutcome {
  /// What the log calls an answer that came to this: some leave the job open.
  fileprivate var event: String {
    switch self {
    case .inDoubt, .notExecuted: rawValue
    case .charged, .declined, .rejected, .processing, .unknown, .notCharged: "settled"
    }
  }
}

extension Summary {
  /// What is charged in each currency, under the batch's caps.
  var cappedAmounts: [CappedAmount] {
    currencies.map { currency in
      let cap = batch.terms.policy.batchCaps.first { $0.currency == currency }
      return CappedAmount(amount(.charged, currency), cap: cap?.minorUnits)
    }
  }
}
