import Foundation

/// A folder with a home in it in which the built program runs; removed with this object.
package final class ProgramHome: Sendable {
  package let folder: String

  /// A new home of a mode, in a folder inside `parent`.
  package init(mode: String, in parent: String = FileManager.default.temporaryDirectory.path)
    throws
  {
    folder = parent + "/sluice-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try succeed(["init", "--mode", mode, "--quiet"])
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// The state directory.
  package var path: String { folder + "/home" }

  /// Starts `sluice` with these words; a wrapper's words come first.
  package func start(
    _ words: [String], environment: [String: String] = [:], under wrapper: [String] = []
  ) throws -> RunningProcess {
    let bare = Sluice.environment(["HOME": folder, "SLUICE_HOME": path])
    return try RunningProcess(
      wrapper + [Sluice.path] + words, in: folder, environment: bare.merging(environment) { $1 })
  }

  /// Runs `sluice` with these words to its end.
  package func sluice(
    _ words: [String], environment: [String: String] = [:], under wrapper: [String] = []
  ) throws -> Outcome {
    try start(words, environment: environment, under: wrapper).wait(seconds: 1200)
  }

  /// Runs a command that must end with 0, and returns its output.
  @discardableResult
  package func succeed(
    _ words: [String], environment: [String: String] = [:]
  ) throws -> String {
    let outcome = try sluice(words, environment: environment)
    guard outcome.status == 0 else {
      throw TestServerError(message: "\(words.joined(separator: " ")): \(outcome)")
    }
    return outcome.output
  }

  /// Writes a file into the folder.
  package func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
  }

  /// Queues a plan under a job file, both under a name of their own, and returns the batch.
  package func submit(
    _ plan: String, under jobFile: String, as name: String, environment: [String: String] = [:]
  ) throws -> Submitted {
    try write(plan, to: name + ".csv")
    try write(jobFile, to: name + ".json")
    let words = ["submit", name + ".csv", "--job", name + ".json", "--json"]
    let output = try succeed(words, environment: environment)
    return try JSONDecoder().decode(Submitted.self, from: Data(output.utf8))
  }

  /// Queues and approves a plan; returns the batch.
  package func plan(
    _ plan: String, under jobFile: String, as name: String, environment: [String: String] = [:]
  ) throws -> String {
    let queued = try submit(plan, under: jobFile, as: name, environment: environment)
    try succeed(["approve", queued.batch, "--digest", queued.digest])
    return queued.batch
  }

  /// The report as a program reads it.
  package func report(_ batch: String) throws -> ReportedBatch {
    try ReportedBatch(try succeed(["report", batch, "--json"]))
  }
}

/// What `submit` says of a batch.
package struct Submitted: Decodable, Sendable {
  package let batch: String
  package let digest: String
}

/// The JSON report of a batch in one currency.
package struct ReportedBatch: Decodable, Sendable {
  package struct Halt: Decodable, Equatable, Sendable {
    package let reason: String
    package let number: Int?
  }

  package struct Budget: Decodable, Sendable {
    package let scope: String
    package let per: String
    package let limit: Int64
    package let spent: Int64
    package let held: Int64
  }

  package struct Job: Decodable, Sendable {
    package let number: Int
    package let account: String
    package let amount: Int64
    package let outcome: String
    package let reason: String?
    package let object: String?
  }

  package let batch: String
  package let state: String
  package let halt: Halt?
  package let budgets: [Budget]
  package let keys: [String]
  package let counts: [String: Int64]
  package let totals: [Totals]
  package let jobs: [Job]

  /// The money under each heading, in minor units.
  package struct Totals: Decodable, Sendable {
    package let submitted: Int64
    package let charged: Int64
    package let processing: Int64
    package let in_doubt: Int64
    package let unknown: Int64
  }

  /// Reads the text of a report.
  package init(_ text: String) throws {
    self = try JSONDecoder().decode(Self.self, from: Data(text.utf8))
  }

  /// The jobs under a heading.
  package func jobs(_ outcome: String) -> [Job] { jobs.filter { $0.outcome == outcome } }

  /// What is wrong with its sums; empty when all add up.
  package var mistakes: [String] {
    var mistakes: [String] = []
    let headings = counts.filter { $0.key != "submitted" }
    if headings.values.reduce(0, +) != counts["submitted"] { mistakes.append("\(counts)") }
    for (heading, count) in headings where Int64(jobs(heading).count) != count {
      mistakes.append("\(count) \(heading), and \(jobs(heading).count) are listed")
    }
    func sum(_ outcome: String) -> Int64 { jobs(outcome).reduce(0) { $0 + $1.amount } }
    let held = sum("processing") + sum("in_doubt") + sum("unknown")
    let charged = totals.first?.charged ?? 0
    if sum("charged") != charged { mistakes.append("\(charged) charged, not \(sum("charged"))") }
    for budget in budgets where budget.per == "batch" {
      if (budget.spent, budget.held) != (charged, held) {
        mistakes.append("\(budget), not \(charged) and \(held)")
      }
    }
    for budget in budgets where budget.spent + budget.held > budget.limit {
      mistakes.append("\(budget) is above its limit")
    }
    return mistakes
  }
}
