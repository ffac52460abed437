import Foundation
import Support
import Testing

/// The moments of one charge, each reached exactly: the calls of a whole run tell which one it is.
@Suite struct MomentTests {
  let server: StripeServer
  let home: CrashHome
  let batch: String

  init() throws {
    server = try StripeServer()
    home = try CrashHome(testing: server)
    batch = try home.plan(["pm_card:cus_1"])
  }

  @Test func `killed before the claim is committed, nothing was sent and the job is queued`() throws
  {
    let killed = try kill(
      "pwrite64", at: { log, post in log[..<post].lastIndex { $0 == "pwrite64" } })

    #expect(try server.posts() == [])
    #expect(try killed.report(batch).counts["queued"] == 1)
    #expect(try killed.report(batch).budgets.map(\.held) == [0])
    try expectOneCharge(killed)
  }

  @Test func `killed after the claim and before connecting, the job is held and charged once`()
    throws
  {
    let closing = #"{"fault": "answer", "status": 200, "headers": {"Connection": "close"}}"#

    let killed = try kill(
      "connect", script: "[\(closing)]",
      at: { log, post in log[..<post].lastIndex { $0 == "connect" } })

    #expect(try server.posts() == [])
    try expectHeld(killed)
    try expectOneCharge(killed)
  }

  @Test func `killed once connected and before sending, the job is held and charged once`() throws {
    let killed = try kill("sendto", at: { _, post in post })

    #expect(try server.posts() == [])
    try expectHeld(killed)
    try expectOneCharge(killed)
  }

  @Test func `killed in the middle of sending, the job is held and charged once`() throws {
    let killed = try kill(
      "sendto", at: { log, post in log[(post + 1)...].firstIndex(of: "sendto") })

    #expect(try server.charged() == [])
    try expectHeld(killed)
    try expectOneCharge(killed)
  }

  @Test func `killed before the first byte of the answer, the charge is found and not made again`()
    throws
  {
    let killed = try kill("recvfrom", at: { log, post in log[post...].firstIndex(of: "recvfrom") })

    try waitUntil("the charge is made") { try server.charged().count == 1 }
    try expectHeld(killed)
    try expectOneCharge(killed)
  }

  @Test func `killed after the answer's headers, the charge is found and not made again`() throws {
    let cut = #"{"fault": "cut_body", "match": "POST"}"#

    let killed = try kill(
      "recvfrom", script: "[\(cut)]",
      at: { log, post in
        let first = log[post...].firstIndex(of: "recvfrom") ?? post
        return log[(first + 1)...].firstIndex(of: "recvfrom")
      })

    #expect(try server.charged().count == 1)
    try expectHeld(killed)
    try expectOneCharge(killed)
  }

  @Test func `killed after the answer and before it is kept, the charge is not made again`() throws
  {
    let killed = try kill("pwrite64", at: { log, post in log[post...].firstIndex(of: "pwrite64") })

    #expect(try server.charged().count == 1)
    try expectHeld(killed)
    try expectOneCharge(killed)
  }

  @Test func `killed after the last answer is kept and before the report, all is told later`()
    throws
  {
    let killed = try kill("write", at: { log, _ in log.lastIndex(of: "write") })

    #expect(try server.charged().count == 1)
    #expect(try killed.report(batch).state == "finished")
    #expect(try killed.report(batch).names("charged") == ["\(batch)#1"])
    #expect(try killed.sluice(["journal", "verify"]).status == 0)
  }

  /// Runs the batch in a copy of the home and kills it at a call.
  ///
  /// `place` finds the call among the names of all calls of a whole run; it is given where the
  /// request that moves money begins.
  private func kill(
    _ call: String, script: String = "[]", at place: ([String], Int) -> Int?
  ) throws -> CrashHome {
    let others = ["connect", "sendto", "recvfrom", "pwrite64", "write"].filter { $0 != call }
    let injection = Injection(call: call, effect: .kill)
    let sweep = Sweep(
      template: home, words: ["run", batch], also: others,
      reset: {
        try server.reset()
        try server.script(script)
      })
    let whole = try sweep.trial(injection, breaking: nil)
    let calls = whole.log.map { String(Trial.name(of: $0)) }
    let post = try #require(whole.log.firstIndex { $0.contains("\"POST ") })
    let moment = try #require(place(calls, post))
    let killed = try sweep.trial(injection, breaking: calls[...moment].count { $0 == call })
    #expect(killed.hasFired, killed.comment)
    return killed.home
  }

  /// Expects that the job may have been charged as far as the home knows.
  private func expectHeld(_ home: CrashHome) throws {
    let report = try home.report(batch)
    #expect(report.counts["in_doubt"] == 1)
    #expect(report.budgets.map(\.held) == [100])
    #expect(report.mistakes == [])
  }

  /// Expects the next run to charge the job, or to find its charge.
  private func expectOneCharge(_ home: CrashHome) throws {
    #expect(try home.sluice(["run", batch]).status == 0)
    let report = try home.report(batch)
    #expect(try server.charged() == ["\(batch)#1"])
    #expect(report.names("charged") == ["\(batch)#1"])
    #expect(report.budgets.map(\.spent) == [100])
    #expect(report.mistakes == [])
    #expect(try home.sluice(["journal", "verify"]).status == 0)
  }
}
