import Foundation
import Sandbox
import Support
import Testing

/// `kill -9` at random moments, again and again, over jobs of every behaviour.
@Suite struct KillTests {
  private static let cap: Int64 = 4000

  @Test func `killed again and again over the sandbox, every account is charged at most once`()
    throws
  {
    let environment = ProcessInfo.processInfo.environment
    let wanted = environment["SLUICE_KILLS"].flatMap { Int($0) } ?? 40
    let seed = environment["SLUICE_SEED"].flatMap { UInt64($0) } ?? .random(in: 1...999_999)
    print("kills: \(wanted), SLUICE_SEED=\(seed)")
    var random = SeededRandom(seed: seed)
    var kills = 0

    while kills < wanted {
      let home = try CommandHome()
      let batch = try home.plan(Self.plan, under: JobFileText(cap: "40.00").text)
      for _ in 0..<min(20, wanted - kills) {
        guard try killed(home, batch, &random) else { break }
        kills += 1
      }
      try drain(home, batch)
      try expectTruth(home, batch, cap: Self.cap, "seed \(seed)")
      try home.succeed(["amend", batch, "--cap", "usd=80.00"])
      try home.approve(batch)
      _ = try killed(home, batch, &random)
      try drain(home, batch)
      try expectTruth(home, batch, cap: 2 * Self.cap, "seed \(seed)")
    }
  }

  /// Every behaviour of the sandbox once, with plain accounts between them.
  private static let plan: String = {
    let awkward = SandboxBehavior.byName.map { "cus_\($0.name)_1" }
    let accounts = awkward.enumerated().flatMap { place, account in
      [account] + (1...2).map { "cus_plain\(place)_\($0)" }
    }
    return csv(accounts.map { "\($0),1.00,in_\($0)" })
  }()

  /// Runs a batch and kills the run after up to 120 ms; false when it ended by itself.
  private func killed(
    _ home: CommandHome, _ batch: String, _ random: inout SeededRandom
  ) throws -> Bool {
    let run = try home.start(["run", batch])
    Thread.sleep(forTimeInterval: Double.random(in: 0...0.12, using: &random))
    run.signal(SIGKILL)
    return try run.wait().status == 128 + SIGKILL
  }

  /// Runs a batch until it is finished or its cap is met.
  private func drain(_ home: CommandHome, _ batch: String) throws {
    for _ in 0..<20 {
      let outcome = try home.sluice(["run", batch])
      #expect([0, 10, 11, 12, 13].contains(outcome.status), "\(outcome)")
      let report = try home.report(batch)
      if report.state == "finished" || report.halt?.reason == "cap_exhausted" { break }
    }
    try home.sluice(["settle", batch])
  }

  /// Expects the report, the budget, the journal and the sandbox's own record to agree.
  private func expectTruth(
    _ home: CommandHome, _ batch: String, cap: Int64, _ comment: Comment
  ) throws {
    let report = try home.report(batch)
    let ledger = try SandboxLedger(path: home.path + "/sandbox.db")
    let charged = report.jobs("charged").map { "\(batch)#\($0.number)" }
    #expect(ledger.charges.values.allSatisfy { $0 == 1 }, comment)
    #expect(Set(ledger.charges.keys) == Set(charged), comment)
    #expect(ledger.total == report.money["charged"], comment)
    #expect(ledger.total <= cap, comment)
    #expect(report.counts["in_doubt"] == 0, comment)
    #expect(report.counts["processing"] == 0, comment)
    #expect(report.mistakes == [], comment)
    #expect(try home.sluice(["journal", "verify"]).status == 0, comment)
  }
}
