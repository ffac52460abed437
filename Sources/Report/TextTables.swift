internal import Domain
internal import Queue

/// The parts of the text that are columns.
extension TextReport {
  /// Jobs and money per heading, a line for each currency.
  static func headings(_ facts: ReportFacts) -> [String] {
    let summary = facts.summary
    var columns = Columns(["", ">jobs", ">amount"])
    for heading in Heading.reported where summary.jobs(heading) > 0 {
      columns.add(heading.words, summary.tallies.compactMapValues { $0[heading] })
    }
    columns.add("submitted", summary.submitted)
    return columns.lines
  }

  /// Why jobs were skipped, declined or rejected.
  static func reasons(_ facts: ReportFacts) -> [String] {
    let reasons = facts.summary.reasons.filter { $0.jobs > 0 }
    guard !reasons.isEmpty else { return [] }
    var columns = Columns(["reason", "", ">jobs"])
    for reason in reasons.prefix(12) {
      let words = shortened(printable(reason.reason))
      columns.add([words, reason.heading.words, groupedDigits(reason.jobs)])
    }
    return reasons.count > 12
      ? columns.lines + ["and \(groupedDigits(reasons.count - 12)) more"] : columns.lines
  }

  /// What the batch may move, and how much of it is gone.
  static func budgets(_ facts: ReportFacts) -> [String] {
    guard !facts.budgets.isEmpty else { return [] }
    var columns = Columns(["budget", ">limit", ">spent", ">held", ">room"])
    for line in facts.budgets.sorted(by: { $0.currency.code < $1.currency.code }) {
      let amounts = [line.limit, line.spent, line.held, line.room].map { amount in
        Money(minorUnits: amount, currency: line.currency).grouped
      }
      columns.add([line.currency.code] + amounts)
    }
    return columns.lines
  }

  /// Who planned and approved it, under which keys, and where to look it up.
  static func origin(_ facts: ReportFacts) -> [String] {
    let batch = facts.batch
    var lines = labeled("planned by", [batch.planner])
    lines += labeled("submitted by", [batch.submittedBy])
    lines += labeled("approved by", facts.approvedBy.isEmpty ? ["nobody"] : facts.approvedBy)
    if !facts.keys.isEmpty { lines += labeled("vault keys", facts.keys) }
    switch facts.mode {
    case .sandbox: break
    case .test, .live:
      lines += labeled("at Stripe", ["search for metadata['sluice_batch']:'\(batch.id)'"])
    }
    return lines + labeled("journal head", [facts.journalHead])
  }

  private static func labeled(_ label: String, _ values: [String]) -> [String] {
    let width = 14
    let rest = values.count > 10 ? " and \(groupedDigits(values.count - 10)) more" : ""
    let list = values.prefix(10).map(printable).joined(separator: ", ") + rest
    let lines = wrapped(list, indent: width)
    let first = padded(label, width) + (lines.first ?? "").dropFirst(width)
    return [trimmed(first)] + lines.dropFirst()
  }
}

extension Columns {
  /// A line for each currency in which there are jobs; only the first is labeled.
  fileprivate mutating func add(_ label: String, _ tallies: [Currency: Tally]) {
    var label = label
    for (currency, tally) in tallies.sorted(by: { $0.key.code < $1.key.code }) where tally.jobs > 0
    {
      let money = Money(minorUnits: tally.amount, currency: currency)
      add([label, groupedDigits(tally.jobs), money.description])
      label = ""
    }
  }
}
