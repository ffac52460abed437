import Foundation
import Support

/// A folder with a home in it that is copied, broken and looked at; removed with this object.
final class CrashHome {
  /// Where the programs run, and where plans and job files are.
  let folder: String
  /// More variables for every command.
  var environment: [String: String] = [:]

  /// The state directory.
  var path: String { folder + "/home" }

  /// A new home of a mode, with a job file that caps a batch at 2.00 usd.
  init(mode: String = "sandbox", environment: [String: String] = [:]) throws {
    folder = Self.newFolder()
    self.environment = environment
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try succeed(["init", "--mode", mode, "--quiet"])
    try allow("2.00")
  }

  /// A test-mode home whose Stripe is a server on loopback.
  convenience init(testing server: StripeServer) throws {
    try self.init(
      mode: "test",
      environment: [
        "SLUICE_STRIPE_URL": server.url, "STRIPE_API_KEY": "rk_test_51CrashTestsOnly",
      ])
  }

  /// A copy of a home that no process has open, files and all.
  init(of home: CrashHome) throws {
    folder = Self.newFolder()
    environment = home.environment
    try FileManager.default.copyItem(atPath: home.folder, toPath: folder)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  // In memory where there is such a folder: a sweep copies a home hundreds of times.
  private static func newFolder() -> String {
    let memory = "/dev/shm"
    let isThere = FileManager.default.isWritableFile(atPath: memory)
    let base = isThere ? memory : FileManager.default.temporaryDirectory.path
    return base + "/sluice-" + UUID().uuidString
  }

  // MARK: Commands

  /// Runs `sluice` with these words to its end.
  @discardableResult
  func sluice(_ words: [String], under wrapper: [String] = []) throws -> Outcome {
    try start(words, under: wrapper).wait()
  }

  /// Starts `sluice` with these words.
  func start(_ words: [String], under wrapper: [String] = []) throws -> RunningProcess {
    let bare = Sluice.environment(["HOME": folder, "SLUICE_HOME": path])
    return try RunningProcess(
      wrapper + [Sluice.path] + words, in: folder,
      environment: bare.merging(environment) { $1 })
  }

  /// Runs a command that must end with a status, and returns its output.
  @discardableResult
  func succeed(_ words: [String], status: Int32 = 0) throws -> String {
    let outcome = try sluice(words)
    guard outcome.status == status else {
      throw TestServerError(message: "\(words.joined(separator: " ")): \(outcome)")
    }
    return outcome.output
  }

  /// Runs a command that must end with 0, and decodes the JSON document it prints.
  func document<Value: Decodable>(_ words: [String], as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: Data(try succeed(words + ["--json"]).utf8))
  }

  // MARK: The flow

  /// Writes a file into the folder.
  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
  }

  /// Writes the job file, with this cap of a batch in usd.
  func allow(_ cap: String) throws {
    try write(
      """
      {"name": "fees", "operation": "payment_intents.create", "currency": "usd",
       "policy": {"allowed_operations": ["payment_intents.create", "customers.retrieve"],
         "caps": [{"per": "batch", "amount": "\(cap)", "currency": "usd"}]}}

      """, to: "job.json")
  }

  /// Queues a plan of 1.00 usd for each account; the reference is the account's.
  ///
  /// What comes before an account's colon is its payment method; without one Stripe is asked.
  func submit(_ accounts: [String]) throws -> SubmittedPlan {
    let lines = accounts.map { account in
      let parts = account.split(separator: ":")
      let method = parts.count == 2 ? parts[0] : ""
      return "\(parts[parts.count - 1]),1.00,in_\(parts[parts.count - 1]),\(method)\n"
    }
    try write("account,amount,reference,payment_method\n" + lines.joined(), to: "plan.csv")
    return try document(["submit", "plan.csv", "--job", "job.json"], as: SubmittedPlan.self)
  }

  /// Queues and approves such a plan; returns the batch.
  func plan(_ accounts: [String]) throws -> String {
    let plan = try submit(accounts)
    try succeed(["approve", plan.batch, "--digest", plan.digest])
    return plan.batch
  }

  /// Gives a halted batch another cap in usd, and approves it as its preview shows it.
  func amend(_ batch: String, cap: String) throws {
    try succeed(["amend", batch, "--cap", "usd=" + cap])
    let plan = try document(["preview", batch], as: SubmittedPlan.self)
    try succeed(["approve", batch, "--digest", plan.digest])
  }

  // MARK: Looking

  /// The report as a program reads it.
  func report(_ batch: String) throws -> CrashReport {
    try document(["report", batch], as: CrashReport.self)
  }

  /// What the journal tells, in order; a batch's random name says nothing here.
  func events() throws -> [String] {
    struct Entry: Decodable {
      let event: String
    }
    return try succeed(["journal", "export"]).split(separator: "\n").map {
      try JSONDecoder().decode(Entry.self, from: Data($0.utf8)).event
    }
  }
}

/// What `submit` says of a batch.
struct SubmittedPlan: Decodable {
  let batch: String
  let digest: String
}

/// The JSON report of a batch of one currency, as far as these tests look.
struct CrashReport: Decodable {
  struct Halt: Decodable {
    let reason: String
  }

  struct Budget: Decodable {
    let limit: Int64
    let spent: Int64
    let held: Int64
  }

  struct Job: Decodable {
    let number: Int
    let amount: Int64
    let outcome: String
  }

  let batch: String
  let state: String
  let halt: Halt?
  let budgets: [Budget]
  let keys: [String]
  let counts: [String: Int64]
  let jobs: [Job]

  /// The names of the jobs under some headings, as Stripe is told them.
  func names(_ outcomes: String...) -> Set<String> {
    Set(jobs.filter { outcomes.contains($0.outcome) }.map { "\(batch)#\($0.number)" })
  }

  /// What is wrong with its sums; empty when all add up.
  var mistakes: [String] {
    var mistakes: [String] = []
    let headings = counts.filter { $0.key != "submitted" }
    if headings.values.reduce(0, +) != counts["submitted"] { mistakes.append("\(counts)") }
    for (heading, count) in headings where jobs.count(where: { $0.outcome == heading }) != count {
      mistakes.append("\(heading) is not \(count)")
    }
    let sums = Dictionary(grouping: jobs, by: \.outcome)
      .mapValues { jobs in jobs.reduce(0) { $0 + $1.amount } }
    let held = ["in_doubt", "processing", "unknown"].reduce(0) { $0 + (sums[$1] ?? 0) }
    for budget in budgets {
      if budget.spent != sums["charged"] ?? 0 { mistakes.append("spent \(budget.spent)") }
      if budget.held != held { mistakes.append("held \(budget.held)") }
      if budget.spent + budget.held > budget.limit { mistakes.append("over \(budget.limit)") }
    }
    return mistakes
  }
}
