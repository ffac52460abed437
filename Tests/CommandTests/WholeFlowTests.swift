import Foundation
import Support
import Testing

@Suite struct WholeFlowTests {
  private let home: CommandHome

  init() throws { home = try CommandHome() }

  @Test func `847 accounts go through plan, approval, cap, amendment and report`() throws {
    let total = try planTotal()
    let plan = try home.document(["submit", "--job", Repository.overdueJob], as: Plan.self)
    let preview = try home.document(["preview", plan.batch], as: PreviewDocument.self)
    try home.succeed(["approve", plan.batch, "--digest", plan.digest])

    let capped = try home.sluice(["run", plan.batch])
    let report = try home.report(plan.batch)
    let again = try home.sluice(["run", plan.batch])
    let unnamed = try home.sluice(["run"])

    #expect(total.jobs == 847)
    #expect(preview.totals == [.init(currency: "usd", jobs: 847, amount: total.amount)])
    #expect(preview.forecast.charged + preview.forecast.notReached == 847)
    #expect(preview.forecast.stop?.reason == "cap_exhausted")
    #expect(capped.status == 11)
    #expect(report.halt?.reason == "cap_exhausted")
    #expect(report.counts["submitted"] == 847)
    #expect(report.money["submitted"] == total.amount)
    #expect(report.mistakes == [])
    #expect(again.status == 11)
    #expect(unnamed == Outcome(0, output: "Nothing to run: no batch is approved.\n"))
    try expectLedger(plan.batch, atMost: 50_000, loose: ["processing"])
    #expect(try home.report(plan.batch).counts == report.counts)
    try expectRest(plan.batch, total.amount)
    try expectNobodyTwice(plan.batch)
  }

  /// The rest of the batch under a cap that covers it.
  private func expectRest(_ batch: String, _ amount: Int64) throws {
    try home.succeed(["amend", batch, "--cap", "usd=2000.00"])
    let unapproved = try home.sluice(["run", batch])
    try home.approve(batch)

    let rest = try home.sluice(["run", batch])
    let settle = try home.sluice(["settle"])

    let report = try home.report(batch)
    #expect(unapproved.status == 77)
    #expect(rest.status == 10, "\(rest.output)")
    #expect(settle.status == 0)
    #expect(report.state == "finished")
    #expect(report.counts["queued"] == 0)
    #expect(report.counts["processing"] == 0)
    #expect(report.money["submitted"] == amount)
    #expect(report.mistakes == [])
    try expectLedger(batch, atMost: 200_000)
  }

  /// The same list again: every reference that is charged is taken.
  private func expectNobodyTwice(_ batch: String) throws {
    let before = try SandboxLedger(path: home.path + "/sandbox.db")
    let first = try home.report(batch)
    let freed = 847 - (first.counts["charged"] ?? 0)

    let second = try home.document(["submit", "--job", Repository.overdueJob], as: Plan.self)
    let taken = try home.report(second.batch)
    try home.approve(second.batch)
    let run = try home.sluice(["run", second.batch])

    let ledger = try SandboxLedger(path: home.path + "/sandbox.db")
    #expect(freed > 0)
    #expect(taken.skipped == [.init(reason: "duplicate", jobs: Int(847 - freed))])
    #expect(taken.counts["queued"] == freed)
    #expect(run.status == 10)
    #expect(ledger.charges == before.charges)
    #expect(try home.report(second.batch).mistakes == [])
    #expect(try home.sluice(["journal", "verify"]).status == 0)
  }

  /// Expects the sandbox's own record to have exactly the charges of the report.
  ///
  /// Those under a loose heading may be there or not.
  private func expectLedger(
    _ batch: String, atMost cap: Int64, loose: [String] = []
  ) throws {
    let report = try home.report(batch)
    let ledger = try SandboxLedger(path: home.path + "/sandbox.db")
    let charged = Set(report.jobs("charged").map { "\(batch)#\($0.number)" })
    let others = Set(loose.flatMap(report.jobs).map { "\(batch)#\($0.number)" })
    #expect(Set(ledger.charges.keys).subtracting(others) == charged)
    #expect(ledger.charges.values.allSatisfy { $0 == 1 })
    #expect(ledger.total <= cap)
  }

  /// How many jobs the example plans, and their sum, read without Sluice's help.
  private func planTotal() throws -> (jobs: Int, amount: Int64) {
    let text = try String(contentsOfFile: Repository.overduePlan, encoding: .utf8)
    let amounts = text.matches(of: /,(\d+)\.(\d\d),usd,/).map {
      (Int64($0.output.1) ?? 0) * 100 + (Int64($0.output.2) ?? 0)
    }
    return (amounts.count, amounts.reduce(0, +))
  }
}

/// What `preview --json` says.
private struct PreviewDocument: Decodable {
  struct Total: Decodable, Equatable {
    let currency: String
    let jobs: Int
    let amount: Int64
  }

  struct Stop: Decodable {
    let number: Int
    let reason: String
  }

  struct Forecast: Decodable {
    let charged: Int
    let notReached: Int
    let stop: Stop?

    private enum CodingKeys: String, CodingKey {
      case charged, stop
      case notReached = "not_reached"
    }
  }

  let totals: [Total]
  let forecast: Forecast
}
