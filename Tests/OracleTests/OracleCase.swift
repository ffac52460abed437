import Foundation
import Support

/// One seeded case: a batch that is run, killed and run again through every fault of its schedule.
struct OracleCase {
  /// What came of it.
  struct Result: Sendable {
    var mistakes: [String] = []
    /// The faults it met.
    var met: [String] = []
    var runs = 0
    /// The report's counts, by heading.
    var counts: [String: Int64] = [:]
    /// Minor units that moved at localstripe.
    var moved: Int64 = 0
  }

  private let plan: CasePlan
  private let home: ProgramHome
  private let front: Wire
  private let frontURL: String
  private let stripe: Wire
  private var result = Result()

  /// The rounds after which faults are off: from then on everything has to come to its end.
  private static let faultyRounds = 15

  /// The case of a seed in a home that others use as well.
  init(seed: UInt64, home: ProgramHome, stripe: String, front: String) {
    plan = CasePlan(seed: seed)
    self.home = home
    self.front = Wire(front)
    self.stripe = Wire(stripe, key: LocalStripe.key)
    frontURL = front
  }

  /// Runs it to its end and compares.
  mutating func run() -> Result {
    do {
      var accounts = try CaseAccounts(of: plan, at: stripe)
      let batch = try home.plan(
        accounts.lines, under: plan.jobFile, as: plan.name, environment: environment)
      try order(plan.faults)
      try drain(batch, &accounts)
      try settle(batch)
      try compare(batch, &accounts, isOver: true)
    } catch {
      result.mistakes.append("\(error)")
    }
    result.mistakes = result.mistakes.map { "SLUICE_SEED=\(plan.name): \($0)" }
    return result
  }

  private var environment: [String: String] {
    ["SLUICE_STRIPE_URL": frontURL, "STRIPE_API_KEY": "sk_test_case_\(plan.name)"]
  }

  private var processFile: String { home.folder + "/\(plan.name).process" }

  private func order(_ faults: [String: String]) throws {
    try front.post(
      "/_cases/" + plan.name, json: Schedule(faults: faults, process: processFile))
  }

  private func progress() throws -> Progress { try front.get("/_cases/" + plan.name) }

  /// Runs the batch, and again after every death and every halt, until it is at its end.
  ///
  /// After each run, however it ended, the comparison is made.
  private mutating func drain(_ batch: String, _ accounts: inout CaseAccounts) throws {
    let known = ["sh", "-c", #"echo $$ >"$0"; exec "$@""#, processFile]
    for round in 1...40 {
      if round == Self.faultyRounds { try order([:]) }
      let outcome = try home.sluice(
        ["run", batch, "--json"], environment: environment, under: known)
      result.runs += 1
      try compare(batch, &accounts, isOver: false)
      switch outcome.status {
      case 128 + SIGKILL, 69, 78: continue
      case 0, 10...13: break
      default: throw TestServerError(message: "\(outcome)")
      }
      // A halt before the first claim has no report.
      guard !outcome.output.isEmpty else { continue }
      let report = try ReportedBatch(outcome.output)
      if report.state == "finished" || report.halt?.reason == "cap_exhausted" { return }
    }
    throw TestServerError(message: "\(batch) does not come to its end")
  }

  /// With faults off and nothing under way, asks once more about what is not known.
  private mutating func settle(_ batch: String) throws {
    try order([:])
    try waitUntil("nothing is under way") { try progress().working == 0 }
    result.met = try progress().met
    let outcome = try home.sluice(["settle", batch], environment: environment)
    guard [0, 10, 13].contains(outcome.status) else {
      throw TestServerError(message: "\(outcome)")
    }
  }

  // MARK: The comparison

  /// Holds the report against what localstripe has.
  ///
  /// No process is running, so the report stands still; what is under way at the front may still
  /// move money, so localstripe is asked first.
  private mutating func compare(
    _ batch: String, _ accounts: inout CaseAccounts, isOver: Bool
  ) throws {
    let movements = try accounts.movements()
    let report = try home.report(batch)
    var left = movements
    for job in report.jobs {
      let name =
        plan.operation == .invoices
        ? accounts.accounts[job.number - 1].object ?? "" : "\(report.batch)#\(job.number)"
      let ours = movements.filter { $0.job == name }
      left.removeAll { $0.job == name }
      compare(
        job, ours.filter(\.succeeded), failed: ours.filter { !$0.succeeded }, isOver: isOver)
    }
    let charged = report.totals.first?.charged ?? 0
    result.counts = report.counts
    result.moved = movements.filter(\.succeeded).reduce(0) { $0 + $1.amount }
    expect(left.isEmpty, "localstripe has movements of no job: \(left)")
    expect(report.mistakes.isEmpty, "\(report.mistakes)")
    expect(
      isOver ? charged == result.moved : charged <= result.moved,
      "\(charged) charged, but \(result.moved) moved")
    expect(result.moved <= plan.cap, "\(result.moved) moved under a cap of \(plan.cap)")
  }

  private mutating func compare(
    _ job: ReportedBatch.Job, _ succeeded: [CaseAccounts.Movement],
    failed: [CaseAccounts.Movement], isOver: Bool
  ) {
    expect(succeeded.count <= 1, "charged more than once: \(job) \(succeeded)")
    expect(succeeded.allSatisfy { $0.amount == job.amount }, "another amount: \(job) \(succeeded)")
    expect(failed.count <= 1, "declined more than once: \(job) \(failed)")
    switch job.outcome {
    case "charged": expect(succeeded.map(\.object) == [job.object], "not charged: \(job)")
    case "declined", "rejected", "skipped":
      expect(succeeded.isEmpty, "charged all the same: \(job) \(succeeded)")
    case "queued":
      expect(succeeded.isEmpty, "charged and queued: \(job) \(succeeded)")
      expect(!isOver, "not reached: \(job)")
    case "unknown":
      expect(!isOver || succeeded.isEmpty, "charged, and not found: \(job) \(succeeded)")
    case "in_doubt", "processing": expect(!isOver, "not settled: \(job)")
    default: expect(false, "no outcome: \(job)")
    }
  }

  private mutating func expect(_ isSo: Bool, _ otherwise: String) {
    if !isSo { result.mistakes.append(otherwise) }
  }
}
