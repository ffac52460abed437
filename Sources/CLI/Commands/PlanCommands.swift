internal import Approval
internal import Domain
internal import JSON
internal import Journal
internal import Planner
internal import Queue
internal import Report
internal import Service
internal import Stripe
internal import System

extension Command {
  static let submit = Command(
    spec: CommandSpec(
      "submit", group: .plan, summary: "validate a list of charges and queue it as a batch",
      arguments: [
        ArgumentSpec(
          "FILE", "CSV or JSON Lines, - for standard input; otherwise the job file's source",
          isRequired: false)
      ],
      options: [
        OptionSpec(
          "--job", value: "JOBFILE", "the job file: operation, policy, columns", isRequired: true),
        OptionSpec(
          "--cap", value: "CUR=DECIMAL", "a lower cap for this batch than the job file's",
          repeats: true),
        OptionSpec("--planner", value: "NAME", "who planned it, as a label; otherwise your login"),
        OptionSpec("--dry-run", "validate everything and stop there"),
        Words.stripeKeyFile, Words.stripeURL,
      ],
      examples: [
        "sluice submit overdue.csv --job jobs/overdue.json",
        "sluice submit --job jobs/overdue-invoices.json --cap usd=200.00",
        "sluice submit --job jobs/overdue.json --dry-run",
        "export-overdue | sluice submit - --job jobs/overdue.json --planner agent",
      ],
      discussion: """
        All or nothing: every problem is listed with its file, line and column, and nothing is \
        queued until there is none (exit 65). A job whose reference another batch has taken is \
        queued as skipped: duplicate. Nothing is charged: a person approves the batch first.

        Without FILE the job file's source is read: a file, a command's output, or Stripe's open \
        invoices that are overdue.

        --planner says that somebody else planned it: then that planner's quotas in planners.json \
        hold, as they do for `sluice mcp` (exit 77). A person who submits as themselves has none.
        """),
    run: { session throws(Fault) in
      let jobFile = try session.jobFile()
      let planner = try session.text("--planner")
      let store = try session.openStore()
      let quota = try planner.map { planner throws(Fault) in try session.quota(of: planner) }
      let input = try session.openPlan(of: jobFile, store)
      let format = session.planFormat(of: jobFile)
      let submitter = try session.submitter(store, planner, under: quota)
      let intake = PlanIntake(store, jobFile, from: submitter)
      if session.invocation.flag("--dry-run") {
        let jobs = try intake.check(input, format: format).value()
        return try session.tellDryRun(jobs, of: jobFile)
      }
      try session.tellSubmitted(try intake.queue(input, format: format).value(), store)
      return .done
    })
}

extension PlannerAnswer {
  /// What was given; throws `notAllowed` in the refusal's words.
  fileprivate func value() throws(Fault) -> Value {
    switch self {
    case .given(let value): return value
    case .refused(let refusal):
      throw Fault(.notAllowed, refusal.message, hint: refusal.advice)
    }
  }
}

extension Session {
  /// The job file that `--job` names, under the caps that `--cap` lowers.
  fileprivate func jobFile() throws(Fault) -> JobFile {
    var jobFile = try JobFileReader.read(path: invocation.value("--job") ?? "")
    for cap in try caps() { jobFile = try jobFile.lowered(to: cap) }
    return jobFile
  }

  /// The plan: FILE, or what the job file's source gives.
  fileprivate func openPlan(of jobFile: JobFile, _ store: Store) throws(Fault) -> InputFile {
    if let path = invocation.argument("FILE") { return try InputFile(path: path) }
    if let input = try openSource(of: jobFile, store) { return input }
    let path = invocation.value("--job") ?? ""
    throw Fault(
      .usage, "\(quoted(path)) names no source, so FILE is needed",
      hint: "sluice submit FILE --job \(path)")
  }

  /// What the job file's source gives; nil where it names none.
  func openSource(of jobFile: JobFile, _ store: Store) throws(Fault) -> InputFile? {
    switch jobFile.source {
    case .stripe(let days): return try overdueInvoices(days, store)
    case .some(let source):
      // A command's children are in a group of their own, which a signal to us does not reach.
      if case .command = source { Interrupt.install() }
      return try source.open()
    case nil: return nil
    }
  }

  /// How the plan is written, where the job file says so; otherwise its first byte tells.
  fileprivate func planFormat(of jobFile: JobFile) -> PlanFormat? {
    invocation.argument("FILE") == nil ? jobFile.source.map { $0.format ?? .jsonLines } : nil
  }

  /// Stripe's open invoices that are overdue, page by page.
  private func overdueInvoices(_ days: Int, _ store: Store) throws(Fault) -> InputFile {
    var invoices = OverdueInvoices(
      overdueDays: days, now: clock.now(), over: try connect(store), clock: clock)
    return InputFile(name: "Stripe's overdue invoices") { () throws(Fault) in
      try invoices.next()
    }
  }

  /// Who hands in a plan of this home, under the planner's label or else the login's name.
  func submitter(
    _ store: Store, _ planner: String?, under quota: Quota? = nil
  ) throws(Fault) -> Submitter {
    let person = try person(in: store)
    return Submitter(
      person, planner: planner ?? person.name, apiURL: try apiURL(of: store.facts), quota: quota,
      messenger: messenger)
  }

  /// How much a planner may queue in this home.
  func quota(of planner: String) throws(Fault) -> Quota {
    try QuotaFile.read(path: home.plannersPath).quota(of: planner)
  }

  fileprivate func tellDryRun(_ jobs: Int, of jobFile: JobFile) throws(Fault) -> ExitCode {
    try show(
      ["dry_run": true, "job_file": .string(jobFile.name), "jobs": .integer(Int64(jobs))],
      "\(counted(jobs, "job")) in order. Nothing was queued (--dry-run).")
    return .done
  }

  fileprivate func tellSubmitted(_ summary: Summary, _ store: Store) throws(Fault) {
    let (batch, duplicates) = (summary.batch, summary.duplicates)
    if let deadlock = try Approver(store).deadlock(of: batch) { warn(deadlock.line) }
    if isQuiet, !wantsJSON { return try write(batch.id.text + "\n") }
    let counts =
      "\(batch.id): \(counted(batch.jobs, "job")), \(summary.submittedText), "
      + "\(counted(duplicates, "duplicate")) skipped"
    try show(
      [
        "batch": .string(batch.id.text), "state": .string(batch.state.rawValue),
        "jobs": .integer(Int64(batch.jobs)), "duplicates": .integer(Int64(duplicates)),
        "digest": .string(batch.digest), "totals": summary.totalsJSON,
      ],
      """
      \(Layout.wrapped(counts).joined(separator: "\n"))
      digest \(batch.digest)
      It waits for approval: sluice preview \(batch.id)
      """, of: store.facts)
  }
}

extension Batch {
  /// The state, with the reason of a halt.
  var stateText: String { halt.map { "halted: \($0.reason.rawValue)" } ?? state.rawValue }
}

extension Summary {
  /// What was submitted, per currency: "1,685.53 usd + 500 jpy".
  var submittedText: String {
    totals.map(\.description).joined(separator: " + ")
  }

  /// The money under a heading, per currency that has any.
  func text(_ heading: Heading) -> String {
    let amounts = currencies.map { amount(heading, $0) }.filter { $0.minorUnits != 0 }
    return amounts.isEmpty ? "-" : amounts.map(\.description).joined(separator: " + ")
  }

  /// Count and sum of what was submitted, per currency.
  var totalsJSON: JSONValue {
    .array(
      currencies.map { currency in
        let tally = submitted[currency] ?? Tally()
        return [
          "currency": .string(currency.code), "jobs": .integer(Int64(tally.jobs)),
          "amount": .integer(tally.amount),
        ]
      })
  }
}
