internal import Domain
internal import Journal
internal import Queue
internal import System
internal import Worker

/// One line on a terminal that says how far a run is; nothing where nobody looks.
final class Progress: Signals {
  private let session: Session
  private let store: Store
  private let isShown: Bool
  private var total = 0
  private var settledCount = 0
  private var failed = 0
  private var charged: [Currency: Int64] = [:]
  private var lastDrawn = Milliseconds(0)

  init(_ session: Session, _ store: Store) {
    self.session = session
    self.store = store
    isShown = Terminal.isTerminal(.error) && !session.isQuiet
  }

  /// Starts the line of a batch, counting what is charged already.
  func begin(_ id: BatchID) throws(Fault) {
    guard isShown else { return }
    let summary = try JobQueue(store).summary(of: id)
    total = summary.batch.jobs
    settledCount =
      total - summary.jobs(.queued) - (summary.batch.halt == nil ? 0 : unreached(summary))
    failed = summary.jobs(.declined) + summary.jobs(.rejected)
    for currency in summary.currencies {
      charged[currency] = summary.amount(.charged, currency).minorUnits
    }
  }

  private func unreached(_ summary: Summary) -> Int {
    summary.reasons.filter { $0.reason == summary.batch.halt?.reason.rawValue }
      .reduce(0) { $0 + $1.jobs }
  }

  /// Clears the line.
  func end() {
    if isShown { try? Terminal.write("\r\u{1B}[K", to: .error) }
  }

  // MARK: Signals

  var isInterrupted: Bool { Interrupt.isRequested }

  func settled(_ job: JobID, _ outcome: JobOutcome, _ amount: Money) {
    switch outcome {
    case .charged:
      settledCount += 1
      charged[amount.currency, default: 0] += amount.minorUnits
    case .declined, .rejected:
      settledCount += 1
      failed += 1
    case .processing, .unknown, .notCharged: settledCount += 1
    case .inDoubt, .notExecuted: break
    }
    draw()
  }

  func waiting(_ wait: Milliseconds, because reason: String) {
    guard isShown, wait.count >= 1000 else { return }
    let seconds = (wait.count + 500) / 1000
    try? Terminal.write(
      "\r\u{1B}[K\(line) · waiting \(seconds) s: \(printable(reason))", to: .error)
  }

  private func draw() {
    let now = session.clock.uptime()
    guard isShown, now.count - lastDrawn.count >= 50 else { return }
    lastDrawn = now
    try? Terminal.write("\r\u{1B}[K\(line)", to: .error)
  }

  private var line: String {
    let money = charged.sorted { $0.key.code < $1.key.code }
      .map { Money(minorUnits: $0.value, currency: $0.key).description }
    let percent = total == 0 ? 100 : settledCount * 100 / total
    return "\(percent)% · \(groupedDigits(settledCount)) of \(groupedDigits(total)) jobs · "
      + "\(money.isEmpty ? "nothing" : money.joined(separator: " + ")) charged"
      + (failed > 0 ? " · \(groupedDigits(failed)) not charged" : "")
  }
}
