internal import Domain
internal import JSON
internal import Journal
internal import Planner
internal import Queue
internal import Stripe
internal import System

extension Command {
  static let submit = Command(
    spec: CommandSpec(
      "submit", group: .plan, summary: "validate a list of charges and queue it as a batch",
      arguments: [
        ArgumentSpec(
          "FILE", "a CSV file, - for standard input; otherwise the job file's source",
          isRequired: false)
      ],
      options: [
        OptionSpec(
          "--job", value: "JOBFILE", "the job file: operation, policy, columns", isRequired: true),
        OptionSpec("--planner", value: "NAME", "who planned it, as a label; otherwise your login"),
        OptionSpec("--dry-run", "validate everything and stop there"),
        Words.stripeURL,
      ],
      examples: [
        "sluice submit overdue.csv --job jobs/overdue.json",
        "sluice submit --job jobs/overdue.json --dry-run",
        "export-overdue | sluice submit - --job jobs/overdue.json --planner agent",
      ],
      discussion: """
        All or nothing: every problem is listed with its file, line and column, and nothing is \
        queued until there is none (exit 65). A job whose reference another batch has taken is \
        queued as skipped: duplicate. Nothing is charged: a person approves the batch first.
        """),
    run: { session throws(Fault) in
      let jobPath = session.invocation.value("--job") ?? ""
      let jobFile = try JobFileReader.read(path: jobPath)
      guard let path = session.invocation.argument("FILE") ?? jobFile.sourcePath else {
        throw Fault(
          .usage, "\(quoted(jobPath)) names no source, so FILE is needed",
          hint: "sluice submit FILE --job \(jobPath)")
      }
      let store = try session.openStore()
      let name = path == "-" ? "standard input" : path
      let head = try session.submissionHead(store, jobFile, source: name)
      var submission = try Submission(head, into: store)
      _ = try PlanReader.read(try InputFile(path: path), for: jobFile) { job throws(Fault) in
        try submission.add(job)
      }
      if session.invocation.flag("--dry-run") {
        return try session.tellDryRun(submission.count, of: jobFile)
      }
      let batch = try JobQueue(store).batch(try submission.submit())
      try store.checkpointIfLarge()
      try session.tellSubmitted(batch, store)
      return .done
    })

  static let list = Command(
    spec: CommandSpec(
      "list", group: .look, summary: "list the batches, newest first", examples: ["sluice list"]),
    run: { session throws(Fault) in
      let queue = JobQueue(try session.openStore())
      var rows: [JSONValue] = []
      var table = Table(["BATCH", "STATE", " JOBS", " TOTAL", " CHARGED", "SUBMITTED", "BY"])
      for batch in try queue.batches() {
        guard let summary = try? queue.summary(of: batch.id) else {
          session.warn("\(batch.id) does not add up: run `sluice journal verify`")
          continue
        }
        rows.append(summary.listJSON)
        table.add([
          batch.id.text, batch.stateText, groupedDigits(batch.jobs), summary.submittedText,
          summary.text(.charged), batch.submittedAt.description, printable(batch.planner),
        ])
      }
      try session.show(
        ["batches": .array(rows)],
        rows.isEmpty
          ? "No batch yet; queue one with `sluice submit FILE --job JOBFILE`." : table.text)
      return .done
    })
}

extension Session {
  fileprivate func submissionHead(
    _ store: Store, _ jobFile: JobFile, source: String
  ) throws(Fault) -> SubmissionHead {
    var random = SystemRandomNumberGenerator()
    let now = clock.now()
    return SubmissionHead(
      id: BatchID("\(jobFile.name)-\(now.compactDay)-\(randomName(length: 4, using: &random))"),
      jobFile: jobFile, source: source, planner: invocation.value("--planner") ?? login.name,
      submittedBy: login.name, submittedUID: login.uid, apiURL: try apiURL(of: store.facts),
      apiVersion: StripeAPI.version)
  }

  fileprivate func tellDryRun(_ jobs: Int, of jobFile: JobFile) throws(Fault) -> ExitCode {
    try show(
      ["dry_run": true, "job_file": .string(jobFile.name), "jobs": .integer(Int64(jobs))],
      "\(counted(jobs, "job")) in order. Nothing was queued (--dry-run).")
    return .done
  }

  fileprivate func tellSubmitted(_ batch: Batch, _ store: Store) throws(Fault) {
    let summary = try JobQueue(store).summary(of: batch.id)
    let duplicates = summary.jobs(.skipped)
    if isQuiet, !wantsJSON { return try write(batch.id.text + "\n") }
    try show(
      [
        "batch": .string(batch.id.text), "state": .string(batch.state.rawValue),
        "jobs": .integer(Int64(batch.jobs)), "duplicates": .integer(Int64(duplicates)),
        "digest": .string(batch.digest), "totals": summary.totalsJSON,
      ],
      """
      \(batch.id): \(counted(batch.jobs, "job")), \(summary.submittedText), \
      \(counted(duplicates, "duplicate")) skipped
      digest \(batch.digest)
      It waits for approval: sluice preview \(batch.id)
      """)
  }
}

extension Batch {
  /// The state, with the reason of a halt.
  var stateText: String { halt.map { "halted: \($0.reason.rawValue)" } ?? state.rawValue }
}

extension Summary {
  /// What was submitted, per currency: "1,685.53 usd + 500 jpy".
  var submittedText: String {
    currencies.map { Money(minorUnits: submitted[$0]?.amount ?? 0, currency: $0).description }
      .joined(separator: " + ")
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

  fileprivate var listJSON: JSONValue {
    [
      "batch": .string(batch.id.text), "state": .string(batch.state.rawValue),
      "halt": .optional(batch.halt?.reason.rawValue), "job_file": .string(batch.jobFile),
      "planner": .string(batch.planner), "submitted_by": .string(batch.submittedBy),
      "submitted_at": .string(batch.submittedAt.description), "jobs": .integer(Int64(batch.jobs)),
      "charged": .integer(Int64(jobs(.charged))), "totals": totalsJSON,
    ]
  }
}
