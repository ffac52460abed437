internal import Domain
package import Queue

/// The report for people: made to fit a terminal, whatever the number of jobs.
package enum TextReport {
  /// The reason of an invoice that is paid, though Stripe does not tell by whom.
  package static let payerNotProven = "payer_not_proven"

  /// The whole text with its last line break.
  ///
  /// `jobs` are those that need a person and those whose payer is not proven: of each, the first
  /// ten are listed.
  package static func text(_ facts: ReportFacts, needPerson jobs: [Job] = []) -> String {
    let sections = [
      opening(facts), ending(facts), unsettled(facts, jobs), unproven(facts, jobs),
      headings(facts), reasons(facts), budgets(facts), origin(facts),
    ]
    return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }
      .joined(separator: "\n")
  }

  /// The line that says it all, and what it is about.
  private static func opening(_ facts: ReportFacts) -> [String] {
    let batch = facts.batch
    let about = [
      batch.id.text, "job file \(batch.jobFile)", facts.mode.rawValue, batch.state.rawValue,
    ]
    let lines =
      [facts.summary.headline]
      + Layout.wrapped(about.map { Layout.cell($0, to: 60) }.joined(separator: " · "))
    switch facts.mode {
    case .sandbox: return lines + ["sandbox: no money moves"]
    case .test, .live: return lines
    }
  }

  /// Why the batch stopped, if it did, and what to type next.
  private static func ending(_ facts: ReportFacts) -> [String] {
    guard let steps = facts.nextSteps else { return [] }
    let lead = Layout.wrapped(Layout.cell(steps.sentence)) + Layout.wrapped(steps.purpose ?? "")
    return lead + steps.commands.map { "  " + printable($0) }
  }

  /// What is not settled yet, and how to settle it.
  private static func unsettled(_ facts: ReportFacts, _ jobs: [Job]) -> [String] {
    let lines = needed(facts, jobs) + processing(facts)
    guard !lines.isEmpty else { return [] }
    return lines + ["To ask Stripe:", "  sluice settle \(printable(facts.batch.id.text))"]
  }

  /// The jobs that nobody knows the outcome of.
  private static func needed(_ facts: ReportFacts, _ jobs: [Job]) -> [String] {
    guard let lead = facts.needSentence else { return [] }
    let listed = jobs.filter { Heading($0.state, in: .running).needsPerson }
    return Layout.wrapped(lead) + firstTen(listed, of: facts.summary.needPerson, facts.batch)
  }

  /// The invoices that somebody paid, but nobody knows whether it was by this batch.
  private static func unproven(_ facts: ReportFacts, _ jobs: [Job]) -> [String] {
    guard let lead = facts.unprovenSentence else { return [] }
    let listed = jobs.filter {
      ReportFacts.isUnproven(Heading($0.state, in: .running), $0.reason(in: facts.batch))
    }
    return Layout.wrapped(lead) + firstTen(listed, of: facts.unprovenCount, facts.batch)
  }

  /// The first ten jobs, each with what was said of it, and how many more there are.
  private static func firstTen(_ jobs: [Job], of count: Int, _ batch: Batch) -> [String] {
    let listed = jobs.prefix(10)
    guard !listed.isEmpty else { return [] }
    let rest = count - listed.count
    return listed.flatMap { described($0, batch) }
      + (rest > 0 ? ["  and \(groupedDigits(rest)) more"] : [])
  }

  private static func described(_ job: Job, _ batch: Batch) -> [String] {
    let planned = job.planned
    let cells = [
      "#\(job.id.number)", Layout.cell(planned.account, to: 30),
      Layout.cell(planned.movement.invoice ?? planned.reference, to: 30),
      planned.amount.description,
      Heading(job.state, in: .running).words(batch.family),
    ]
    let message =
      job.details.message.map { Layout.wrapped(Layout.cell($0, to: 200), indent: 6) } ?? []
    return Layout.wrapped(cells.joined(separator: "  "), indent: 2) + message
  }

  private static func processing(_ facts: ReportFacts) -> [String] {
    facts.processingSentence.map { Layout.wrapped($0) } ?? []
  }
}
