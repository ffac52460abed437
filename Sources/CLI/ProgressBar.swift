package import Domain
internal import Report

/// How far a run is, as one line of a terminal.
package struct ProgressBar: Equatable, Sendable {
  /// Jobs that are at their end, and how many there are.
  package var done = 0
  package var total = 0
  package var declined = 0
  package var rejected = 0
  /// In the order they are shown.
  package var amounts: [CappedAmount] = []
  /// How many jobs this run has brought to their end, and how long it took.
  package var settledHere = 0
  package var elapsed = Milliseconds(0)
  /// What the worker waits for.
  package var wait: String?

  /// A bar of nothing yet.
  package init() {}

  /// The line, one column short of so many: a full last column would wrap on some terminals.
  package func line(columns: Int) -> String {
    let room = columns - 1
    let (amount, failures, speed, left) = (amountText, failureText, speedText, timeLeft)
    if let wait { return Layout.shortened(Self.joined([percent, amount, wait]), to: room) }
    let choices = [
      [percent, amount, failures, speed, left], [percent, amount, failures, left],
      [percent, amount, left], [percent, amount],
    ].map(Self.joined)
    for text in choices {
      let length = room - Layout.width(of: text) - 3
      if length >= 10 { return bar(min(length, 30)) + " " + text }
    }
    if let plain = choices.last, Layout.width(of: plain) <= room { return plain }
    return room >= 17 ? bar(min(room - 7, 30)) + " " + percent : percent
  }

  private static func joined(_ parts: [String?]) -> String {
    parts.compactMap { $0 }.joined(separator: " · ")
  }

  private func bar(_ length: Int) -> String {
    let filled = total == 0 ? length : min(length, length * done / total)
    return "[" + String(repeating: "#", count: filled)
      + String(repeating: ".", count: length - filled) + "]"
  }

  private var percent: String {
    let percent = total == 0 ? 100 : min(100, done * 100 / total)
    return Layout.padded("\(percent)%", 4, toTheRight: true)
  }

  private var amountText: String? {
    amounts.isEmpty ? nil : amounts.map(\.words).joined(separator: " + ")
  }

  private var failureText: String? {
    let counts = [(declined, "declined"), (rejected, "rejected")].filter { $0.0 > 0 }
    guard !counts.isEmpty else { return nil }
    return counts.map { "\(groupedDigits($0.0)) \($0.1)" }.joined(separator: ", ")
  }

  // A rate of the first moments says nothing, so it is told after a second.
  private var isMeasured: Bool { settledHere > 0 && elapsed >= .seconds(1) }

  /// "12.3 jobs/s".
  private var speedText: String? {
    guard isMeasured else { return nil }
    let tenths = Int64(settledHere) * 10_000 / elapsed.count
    return "\(groupedDigits(Int(tenths / 10))).\(tenths % 10) jobs/s"
  }

  /// "0:31 left", were no cap to stop it before.
  private var timeLeft: String? {
    guard isMeasured, done < total else { return nil }
    let seconds = (Int64(total - done) * elapsed.count / Int64(settledHere) + 999) / 1000
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let clock = hours > 0 ? "\(hours):\(two(minutes))" : "\(minutes)"
    return "\(clock):\(two(seconds % 60)) left"
  }
}

/// What a batch has moved in one currency, and the most it may.
package struct CappedAmount: Equatable, Sendable {
  package var moved: Money
  /// Minor units; nil where there is no cap in this currency.
  package let cap: Int64?

  /// So much money under a cap.
  package init(_ moved: Money, cap: Int64?) {
    self.moved = moved
    self.cap = cap
  }

  /// "312.40 of 500.00 usd".
  package var words: String {
    guard let cap else { return moved.description }
    return "\(moved.grouped) of \(Money(minorUnits: cap, currency: moved.currency))"
  }
}
