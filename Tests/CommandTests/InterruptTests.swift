import Foundation
import Support
import Testing

@Suite struct InterruptTests {
  /// A test home of three jobs, and its server, which takes seconds over the first answer.
  private struct Slow {
    let server: StripeServer
    let home: CommandHome
    let batch: String

    init() throws {
      server = try StripeServer()
      home = try CommandHome(testing: server)
      batch = try home.plan(csv(jobs: 3))
      try server.script(#"[{"fault": "drip", "seconds": 0.002, "match": "POST /v1/payment"}]"#)
    }

    /// Starts a run and waits until its first request is on its way.
    func start() throws -> RunningProcess {
      let run = try home.start(["run", batch])
      try waitUntil("the first request is sent") { try server.charges().count == 1 }
      return run
    }

    /// Expects the first job settled and the others where they were, for this reason.
    func expectHalt(_ outcome: Outcome, _ reason: String) throws {
      let report = try home.report(batch)
      #expect(outcome.status == 12, "\(outcome)")
      #expect(outcome.output.hasPrefix("1 charged 1.00 usd"), "\(outcome)")
      #expect(report.state == "halted")
      #expect(report.halt?.reason == reason)
      #expect(report.counts["charged"] == 1)
      #expect(report.skipped == [.init(reason: reason, jobs: 2)])
      #expect(try server.charges().count == 1)
      try expectAgreement(home, batch, server)
    }

    /// Expects the next run to charge the rest, each once.
    func expectRest() throws {
      #expect(try home.sluice(["run", batch]).status == 0)
      #expect(try server.charges().count == 3)
      #expect(try home.report(batch).state == "finished")
      try expectAgreement(home, batch, server)
    }
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func `a signal lets the request in flight be settled and reported`(_ signal: Int32) throws {
    let slow = try Slow()
    let run = try slow.start()

    run.signal(signal)
    let outcome = try run.wait()

    try slow.expectHalt(outcome, "interrupted")
    try slow.expectRest()
  }

  @Test func `a signal while an answer is lost leaves the job in doubt and says so`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(csv(jobs: 3))
    try server.script(#"[{"fault": "silence", "seconds": 1, "match": "POST"}]"#)
    let run = try home.start(["run", batch])
    try waitUntil("the first request is sent") { try server.charges().count == 1 }

    run.signal(SIGINT)
    let outcome = try run.wait()

    let report = try home.report(batch)
    #expect(outcome.status == 13)
    #expect(report.halt == .init(reason: "interrupted", number: 1))
    #expect(report.counts["in_doubt"] == 1)
    #expect(report.mistakes == [])
    #expect(try home.sluice(["run", batch]).status == 0)
    #expect(Set(try server.charges().map { $0.headers["idempotency-key"] }).count == 3)
    try expectAgreement(home, batch, server)
  }

  @Test func `a stop from another terminal holds from the next claim on`() throws {
    let slow = try Slow()
    let run = try slow.start()

    try slow.home.succeed(["stop", "--reason", "wrong list"])
    let outcome = try run.wait()
    try slow.expectHalt(outcome, "stopped")
    let stopped = try slow.home.sluice(["run", slow.batch])
    try slow.home.succeed(["unstop"])

    #expect(stopped.status == 12)
    #expect(stopped.error.hasSuffix("\n  lift it with `sluice unstop`\n"))
    #expect(stopped.error.contains("wrong list"))
    try slow.expectRest()
  }

  @Test(arguments: [[], ["BATCH"]])
  func `a report says what lifts the very stop that halted the batch`(_ named: [String]) throws {
    let slow = try Slow()
    let batch = named.map { _ in slow.batch }
    let run = try slow.start()

    try slow.home.succeed(["stop"] + batch)
    let outcome = try run.wait()
    try slow.home.succeed(["unstop"] + batch)
    let lifted = try slow.home.succeed(["report", slow.batch])

    let unstop = (["  sluice unstop"] + batch).joined(separator: " ")
    #expect(outcome.output.contains("then lift the stop and go on:\n\(unstop)\n"), "\(outcome)")
    #expect(lifted.contains("The stop is lifted. To go on:\n  sluice run \(slow.batch)\n"))
  }

  @Test func `a revoked key admits no further claim, and the next run has another`() throws {
    let slow = try Slow()
    let run = try slow.start()
    let key = try #require(try slow.home.report(slow.batch).keys.first)

    try slow.home.succeed(["keys", "revoke", key, "--reason", "wrong cap"])
    let outcome = try run.wait()
    try slow.expectHalt(outcome, "key_revoked")
    try slow.expectRest()

    let keys = try slow.home.report(slow.batch).keys
    #expect(keys.count == 2)
    #expect(keys.first == key)
  }

  @Test func `of two runs one after the other the second takes a killed one's place`() throws {
    let slow = try Slow()
    let run = try slow.start()

    run.signal(SIGKILL)
    let killed = try run.wait()
    let between = try slow.home.report(slow.batch)

    #expect(killed.status == 128 + SIGKILL)
    #expect(between.counts["in_doubt"] == 1)
    #expect(between.mistakes == [])
    #expect(try slow.home.sluice(["run", slow.batch]).status == 0)
    #expect(Set(try slow.server.charges().map { $0.headers["idempotency-key"] }).count == 3)
    try expectAgreement(slow.home, slow.batch, slow.server)
  }
}
