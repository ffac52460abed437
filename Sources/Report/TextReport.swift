internal import Domain
package import Queue

/// The report for people: made to fit a terminal, whatever the number of jobs.
package enum TextReport {
  /// The whole text with its last line break.
  ///
  /// `jobs` are those that need a person: of those in doubt or unknown, the first ten are listed.
  package static func text(_ facts: ReportFacts, needPerson jobs: [Job] = []) -> String {
    let sections = [
      opening(facts), ending(facts), unsettled(facts, jobs), headings(facts), reasons(facts),
      budgets(facts), origin(facts),
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
    let lines = [facts.summary.headline] + wrapped(about.map(printable).joined(separator: " · "))
    switch facts.mode {
    case .sandbox: return lines + ["sandbox: no money moves"]
    case .test, .live: return lines
    }
  }

  /// Why the batch stopped, if it did, and what to type next.
  private static func ending(_ facts: ReportFacts) -> [String] {
    guard let steps = facts.nextSteps else { return [] }
    let lead = wrapped(printable(steps.sentence)) + wrapped(steps.purpose ?? "")
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
    let count = facts.summary.needPerson
    guard count > 0 else { return [] }
    let lead =
      "\(counted(count, "job")) \(count == 1 ? "needs" : "need") you: nobody knows yet whether "
      + "money moved, so it stays held."
    let listed = jobs.filter { Heading($0.state, in: .running).needsPerson }.prefix(10)
    var lines = wrapped(lead) + listed.flatMap(described)
    if listed.count < count, !listed.isEmpty {
      lines.append("  and \(groupedDigits(count - listed.count)) more")
    }
    return lines
  }

  private static func described(_ job: Job) -> [String] {
    let planned = job.planned
    let cells = [
      "#\(job.id.number)", printable(planned.account), printable(planned.reference),
      planned.amount.description, Heading(job.state, in: .running).words,
    ]
    let message = job.details.message.map { wrapped(printable($0), indent: 6) } ?? []
    return wrapped(cells.joined(separator: "  "), indent: 2) + message
  }

  private static func processing(_ facts: ReportFacts) -> [String] {
    let count = facts.summary.jobs(.processing)
    guard count > 0 else { return [] }
    let isOne = count == 1
    let lead =
      "\(counted(count, "job")) \(isOne ? "is" : "are") processing: Stripe has taken "
      + "\(isOne ? "it" : "them") and has not finished."
    return wrapped(lead)
  }
}
