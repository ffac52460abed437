internal import Domain
internal import JSON
internal import Journal
internal import Queue
internal import Report
internal import Service
internal import System

extension Command {
  static let list = Command(
    spec: CommandSpec(
      "list", group: .look, summary: "list the batches, newest first",
      options: [
        OptionSpec(
          "--state", value: "STATE", "only batches that are submitted, approved, halted, ...",
          repeats: true),
        OptionSpec("--limit", value: "N", "at most N batches"),
      ],
      examples: [
        "sluice list", "sluice list --state halted --state approved", "sluice list --limit 5",
      ],
      discussion: """
        A batch whose jobs do not add up to what was submitted is named in a warning and left out.
        """),
    run: { session throws(Fault) in
      let states = try session.states()
      let limit = try session.limit("--limit")
      let store = try session.openStore()
      let queue = JobQueue(store)
      let batches = try BatchDesk(store).list(in: states)
      var rows: [JSONValue] = []
      var table = Table([
        .text("BATCH", least: 30), .text("STATE", least: 12), " JOBS", .text("TOTAL", least: 14),
        .text("MOVED", least: 10), "SUBMITTED", .text("PLANNER", least: 7),
      ])
      for batch in batches.prefix(limit ?? batches.count) {
        do throws(Fault) {
          let summary = try queue.summary(of: batch.id)
          rows.append(summary.listJSON)
          table.add(summary.listCells)
        } catch {
          session.warn("\(error.message): run `sluice journal verify`")
        }
      }
      try session.show(
        ["batches": .array(rows)], rows.isEmpty ? session.noBatch : table.text, of: store.facts)
      return .done
    })

  static let report = Command(
    spec: CommandSpec(
      "report", group: .look,
      summary: "say account by account who was charged, and who not and why",
      arguments: [Words.batch],
      options: [
        OptionSpec("--format", value: "FORMAT", "text (the default), json, csv or html"),
        OptionSpec("--output", value: "FILE", "write it to a file instead"),
      ],
      examples: [
        "sluice report overdue-20261122",
        "sluice report overdue-20261122 --format json --output report.json",
        "sluice report overdue-20261122 --format csv --output report.csv",
        "sluice report overdue-20261122 --format html --output report.html",
      ],
      discussion: """
        A report that does not add up, in count and in money, is refused (exit 70). CSV has a row \
        per job; cells that a spreadsheet would take for a formula begin with an apostrophe. HTML \
        is one page to look at, to search and to print; it loads nothing.
        """),
    run: { session throws(Fault) in
      let format = try session.format(otherwise: ReportFormat.text, json: .json)
      let store = try session.openStore()
      let id = try JobQueue(store).batch(matching: session.batchWord).id
      guard let path = session.invocation.value("--output") else {
        try store.writeReport(id, format) { text throws(Fault) in try session.write(text) }
        return .done
      }
      let file = try OutputFile(path: path)
      try store.writeReport(id, format) { text throws(Fault) in try file.write(text) }
      try file.finish()
      return .done
    })
}

/// What a report can be written as.
enum ReportFormat: String, CaseIterable {
  case text, json, csv, html
}

extension Session {
  fileprivate func states() throws(Fault) -> [BatchState] {
    var states: [BatchState] = []
    for word in invocation.values("--state") {
      states.append(
        try Self.word(word, "batch state", among: BatchState.allCases.map(\.rawValue)) {
          BatchState(rawValue: $0)
        })
    }
    return states
  }

  /// The value that a word names, or a fault that names the closest and all others.
  static func word<Value>(
    _ word: String, _ kind: String, among words: [String], _ value: (String) -> Value?
  ) throws(Fault) -> Value {
    if let value = value(word) { return value }
    let meant = closest(to: word, among: words).map { "did you mean \($0)? " } ?? ""
    throw Fault(
      .usage, "there is no \(kind) \(quoted(word))",
      hint: meant + "choose one of \(words.joined(separator: ", "))")
  }

  /// The number of rows that an option allows, or nil when it is not given.
  func limit(_ option: String) throws(Fault) -> Int? {
    guard let word = invocation.value(option) else { return nil }
    guard let limit = Int(word), limit > 0 else {
      throw Fault(
        .usage, "\(quoted(word)) is no number of rows", hint: "write it like \(option) 20")
    }
    return limit
  }

  fileprivate var noBatch: String {
    invocation.values("--state").isEmpty
      ? "No batch yet; queue one with `sluice submit FILE --job JOBFILE`."
      : "No batch is in that state."
  }
}

extension Summary {
  fileprivate var listCells: [String] {
    [
      batch.id.text, batch.stateText, groupedDigits(batch.jobs),
      Self.short(totals),
      Self.short(currencies.map { amount(.charged, $0) }.filter { $0.minorUnits > 0 }),
      String(batch.submittedAt.description.prefix(10)), Layout.cell(batch.planner),
    ]
  }

  /// "1,685.53 usd", and how many more currencies there are.
  private static func short(_ amounts: [Money]) -> String {
    guard let first = amounts.first else { return "-" }
    return amounts.count == 1 ? "\(first)" : "\(first) +\(amounts.count - 1)"
  }

  fileprivate var listJSON: JSONValue {
    [
      "batch": .string(batch.id.text), "family": .string(batch.family.rawValue),
      "state": .string(batch.state.rawValue), "halt": .optional(batch.halt?.reason.rawValue),
      "job_file": .string(batch.jobFile), "planner": .string(batch.planner),
      "submitted_by": .string(batch.submittedBy),
      "submitted_at": .string(batch.submittedAt.description), "jobs": .integer(Int64(batch.jobs)),
      "charged": .integer(Int64(jobs(.charged))), "totals": totalsJSON,
    ]
  }
}
