import Foundation
import Support
import Testing

/// Several workers at one batch.
@Suite struct LockTests {
  private let home: ProgramHome
  private let batch: String

  init() throws {
    home = try .quick()
    batch = try home.plan(
      plan(Array(repeating: 100, count: 600), of: "a"), under: jobFile("fees", cap: 600),
      as: "fees")
  }

  private func expectEachOnce() throws {
    let ledger = try home.ledger()
    #expect(ledger.charges.count == 600)
    #expect(Set(ledger.charges.values) == [1])
    #expect(try home.report(batch).mistakes == [])
    #expect(try home.damage() == [])
  }

  @Test func `a second worker is told which process is at the batch, and leaves`() throws {
    let first = try home.start(["run", batch, "--quiet"])
    try waitUntil("the first worker has begun") { try home.report(batch).state == "running" }

    let second = try home.sluice(["run", batch])

    #expect(second.status == 75)
    #expect(second.output == "")
    #expect(
      second.error == """
        sluice: process \(first.number) is working on \(batch)
          wait for it to end, then try again

        """)
    #expect(try first.wait() == Outcome(0))
    try expectEachOnce()
  }

  @Test func `of five workers that begin together one drains the batch`() throws {
    let workers = try (1...5).map { _ in try home.start(["run", batch, "--quiet"]) }

    let statuses = try workers.map { try $0.wait().status }

    // Whoever begins after the first has ended is told that there is nothing to run.
    #expect(statuses.filter { $0 == 0 }.count == 1, "\(statuses)")
    #expect(statuses.allSatisfy { [0, 75, 77].contains($0) }, "\(statuses)")
    try expectEachOnce()
  }
}
