internal import Domain
internal import Queue

/// The parts of the text that are columns.
extension TextReport {
  /// Jobs and money per heading, a line for each currency.
  static func headings(_ facts: ReportFacts) -> [String] {
    let summary = facts.summary
    var table = Table(["", " jobs", " amount"])
    for heading in Heading.reported where summary.jobs(heading) > 0 {
      table.add(
        heading.words(facts.batch.family), summary.tallies.compactMapValues { $0[heading] })
    }
    table.add("submitted", summary.submitted)
    return table.lines + facts.beyondPlan.map(beyondPlan)
  }

  /// What moved otherwise than planned: the table tells what was planned, the budgets what moved.
  static func beyondPlan(_ difference: Money) -> String {
    let amount = Money(
      minorUnits: abs(difference.minorUnits), currency: difference.currency)
    return "Stripe moved \(amount) \(difference.minorUnits > 0 ? "more" : "less") than was planned."
  }

  /// Why jobs are under their headings, in count and in money.
  static func reasons(_ facts: ReportFacts) -> [String] {
    let reasons = facts.summary.reasons.filter { $0.jobs > 0 }
    guard !reasons.isEmpty else { return [] }
    var table = Table(["reason", "", " jobs", " amount"])
    for reason in reasons.prefix(12) {
      table.add([
        Layout.cell(reason.reason, to: 40), reason.heading.words(facts.batch.family),
        groupedDigits(reason.jobs),
        Money(minorUnits: reason.amount, currency: reason.currency).description,
      ])
    }
    return reasons.count > 12
      ? table.lines + ["and \(groupedDigits(reasons.count - 12)) more"] : table.lines
  }

  /// What the batch may move, and how much of it is gone.
  static func budgets(_ facts: ReportFacts) -> [String] {
    BudgetLines.lines(facts.budgets, at: facts.at)
  }

  /// Who planned and approved it, under which keys, and where to look it up.
  static func origin(_ facts: ReportFacts) -> [String] {
    let batch = facts.batch
    var lines = labeled("planned by", [batch.planner])
    lines += labeled("submitted by", [batch.submittedBy])
    lines +=
      facts.approvals.isEmpty
      ? Layout.labeled("approved by", "nobody")
      : facts.approvals.suffix(10).flatMap { Layout.labeled("approved by", $0.words) }
    if !facts.keys.isEmpty { lines += labeled("vault keys", facts.keys) }
    switch facts.mode {
    case .sandbox: break
    case .test, .live:
      lines += labeled("at Stripe", ["search for metadata['sluice_batch']:'\(batch.id)'"])
    }
    return lines + labeled("journal head", [facts.journalHead])
  }

  private static func labeled(_ label: String, _ values: [String]) -> [String] {
    let rest = values.count > 10 ? " and \(groupedDigits(values.count - 10)) more" : ""
    let list = values.prefix(10).map { Layout.cell($0, to: 60) }.joined(separator: ", ")
    return Layout.labeled(label, list + rest)
  }
}

extension Table {
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
