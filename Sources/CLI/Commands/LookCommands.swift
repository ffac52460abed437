internal import Domain
internal import JSON
internal import Journal
internal import Queue
internal import Report
internal import Service
internal import System

extension Command {
  static let report = Command(
    spec: CommandSpec(
      "report", group: .look,
      summary: "say account by account who was charged, and who not and why",
      arguments: [Words.batch],
      options: [
        OptionSpec(
          "--format", value: "FORMAT", "how it is written, as text unless said otherwise",
          choices: ReportFormat.allCases.map(\.rawValue)),
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
      let store = try session.openStoreForAnybody()
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
  /// The number of rows that an option allows, or nil when it is not given.
  func limit(_ option: String) throws(Fault) -> Int? {
    guard let word = invocation.value(option) else { return nil }
    guard let limit = Int(word), limit > 0 else {
      throw Fault(
        .usage, "\(quoted(word)) is no number of rows", hint: "write it like \(option) 20")
    }
    return limit
  }
}
