import Foundation
import Support
import Testing

/// Several workers, each at a batch of its own, under one budget of the home.
@Suite struct HomeBudgetTests {
  private static let limit: Int64 = 20_000

  /// Runs batches of these amounts at once, and returns what the reports say and what moved.
  private func run(
    _ amounts: [[Int]], in home: ProgramHome
  ) throws -> (reports: [ReportedBatch], ledger: SandboxLedger) {
    try home.succeed(["budget", "set", "usd=200.00", "--per", "month"])
    let batches = try amounts.enumerated().map { place, amounts in
      try home.plan(
        plan(amounts, of: "b\(place)"), under: jobFile("fees", cap: 900), as: "plan\(place)")
    }
    let workers = try batches.map { try home.start(["run", $0, "--quiet"]) }
    let outcomes = try workers.map { try $0.wait() }
    #expect(outcomes.allSatisfy { [0, 11].contains($0.status) }, "\(outcomes)")
    return (try batches.map(home.report), try home.ledger())
  }

  @Test func `jobs of one amount fill the budget to the last that fits`() throws {
    let home = try ProgramHome.quick()
    let amounts = Array(repeating: Array(repeating: 170, count: 120), count: 4)

    let (reports, ledger) = try run(amounts, in: home)

    #expect(ledger.total == Self.limit / 170 * 170)
    #expect(reports.reduce(0) { $0 + ($1.totals.first?.charged ?? 0) } == ledger.total)
    #expect(Set(reports.map { $0.halt?.reason }) == ["home_budget_exhausted"])
    #expect(try home.damage() == [])
  }

  @Test(arguments: 1...3)
  func `whatever the amounts, no worker stops before a job that would still have fitted`(
    seed: UInt64
  ) throws {
    let home = try ProgramHome.quick()
    var random = SeededRandom(seed: seed)
    let amounts = (1...4).map { _ in
      (1...60).map { _ in Int.random(in: 50...900, using: &random) }
    }

    let (reports, ledger) = try run(amounts, in: home)

    let room = Self.limit - ledger.total
    #expect(room >= 0)
    #expect(Set(ledger.charges.values) == [1])
    for report in reports {
      let halt = try #require(report.halt)
      let job = report.jobs[try #require(halt.number) - 1]
      #expect(halt.reason == "home_budget_exhausted")
      #expect(job.amount > room)
    }
    let budgets = reports.flatMap(\.budgets).filter { $0.scope == "home" }
    #expect(Set(budgets.map(\.spent)) == [ledger.total])
    #expect(Set(budgets.map(\.held)) == [0])
    #expect(try home.damage() == [])
  }
}
