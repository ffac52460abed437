internal import Approval
internal import Domain
internal import Journal
internal import Queue
internal import Report
internal import System

extension Preview {
  /// The preview for a person; `isAsking` when the question follows, so that it needs no telling
  /// how to approve.
  func text(_ home: HomeFacts, isAsking: Bool = false) -> String {
    var lines = head(home) + [""] + largestJobs + repeatedAccounts
    if !flags.isEmpty { lines += ["", "Look at"] + flags.flatMap(told) }
    lines += ["", "Forecast, if every \(verb.noun) succeeds"]
    lines += forecast.sentences(verb).flatMap { Layout.wrapped($0, indent: 2) }
    lines += ["", "Budgets"] + BudgetLines.lines(budgets, at: at, indent: 2)
    lines += Layout.wrapped(localEnds, indent: 2)
    lines += ["", "digest \(batch.digest)"]
    if batch.state == .submitted, !isAsking {
      lines.append("Approve it with: sluice approve \(batch.id)\(except)")
    }
    return lines.joined(separator: "\n")
  }

  private var except: String { excluded.map { " --except \($0.text)" } ?? "" }

  private var verb: Verb { Verb(batch.family) }

  private func head(_ home: HomeFacts) -> [String] {
    let policy = batch.terms.policy
    let sums = totals.map { "\(counted($0.jobs, "job")), \($0.amount)" }
    let names = policy.allowedOperations.map(\.name).joined(separator: ", ")
    return ["\(batch.id) is \(batch.stateText)"]
      + batch.originLines
      + line("mode", "\(home.mode.rawValue)\(home.mode == .sandbox ? ": no money moves" : "")")
      + line("operation", names)
      + line("to \(verb.infinitive)", sums.isEmpty ? "nothing" : sums.joined(separator: "; "))
      + (excluded.map { line("left out", leftOut($0)) } ?? [])
      + line("cap", policy.caps.map(\.words).joined(separator: ", "))
      + (policy.maxPerJob.isEmpty
        ? [] : line("per job", policy.maxPerJob.map(\.description).joined(separator: ", ")))
      + approvals
      + (batch.terms.fourEyes ? line("approver", "another login than the submitter's") : [])
  }

  private var approvals: [String] { given.words.map { line("approvals", $0) } ?? [] }

  private func leftOut(_ numbers: JobNumbers) -> String {
    "\(counted(excludedCount, "job")) (\(Layout.shortened(numbers.text, to: 50))), "
      + "to be skipped: excluded"
  }

  private func line(_ label: String, _ text: String) -> [String] {
    Layout.labeled(label, text, indent: 2, width: 12)
  }

  private var largestJobs: [String] {
    guard !largest.isEmpty else { return [] }
    return ["Largest jobs"] + Self.table(largest.map { ($0.planned, nil) }, indent: 2)
  }

  private var repeatedAccounts: [String] {
    guard !repeated.isEmpty else { return [] }
    return ["Accounts with several jobs"]
      + repeated.map { "  \(Layout.cell($0.account, to: 60)): \(counted($0.jobs, "job"))" }
  }

  /// A flag: its sum, its rule, the first of its jobs.
  private func told(_ flag: PreviewFlag) -> [String] {
    let most = 5
    let examples = flag.examples.prefix(most).map { job in
      (job.planned, job.fact.isInTitle ? nil : job.fact.words(verb))
    }
    return Layout.wrapped("\(flag.title(verb)): \(flag.sum)", indent: 2)
      + (flag.rule(verb).map { Layout.wrapped($0, indent: 4) } ?? [])
      + Self.table(examples, indent: 4)
      + (flag.jobs > most ? ["    and \(groupedDigits(flag.jobs - most)) more"] : [])
  }

  /// Jobs, a line each, with a fact where there is one.
  private static func table(
    _ jobs: [(planned: PlannedJob, fact: String?)], indent: Int
  ) -> [String] {
    var table = Table(
      ["", " ", .text("", least: 16), .text("", least: 16), "", .text("", least: 16)],
      indent: indent)
    for (planned, fact) in jobs {
      table.add([
        "#\(planned.number)", planned.amount.description, Layout.cell(planned.account),
        Layout.cell(planned.reference), "line \(planned.line)", Layout.cell(fact ?? ""),
      ])
    }
    return table.lines
  }

  /// When the days and months of the budgets are over by the clock on the wall, where that is
  /// another one than UTC's.
  var localEnds: String {
    let ends = windowEnds.map { ($0.per.rawValue, LocalTime($0.at)) }
    guard ends.contains(where: { !$0.1.isUTC }) else { return "" }
    return "Here " + ends.map { "the \($0) ends at \($1.words)" }.joined(separator: ", ") + "."
  }
}
