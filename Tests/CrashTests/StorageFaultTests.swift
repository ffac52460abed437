import Domain
import Foundation
import Journal
import SQLite
import Stripe
import Support
import Testing

/// Faults of the file that no sweep meets: locks, refused entries, other processes.
@Suite struct StorageFaultTests {
  /// Under strace no sleep takes time: the ten seconds for which a lock is waited for, each time,
  /// are over at once.
  private static let impatiently = [
    "strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=/nanosleep", "-e",
    "inject=/nanosleep:retval=0",
  ]

  @Test func `a database that stays locked sends nothing, and the next run goes on`() throws {
    let server = try StripeServer()
    let home = try CrashHome(testing: server)
    let batch = try home.plan(["pm_card:cus_1"])

    let locked = try home.locked { try home.sluice(["run", batch], under: Self.impatiently) }

    #expect(locked.status == 75, "\(locked)")
    #expect(locked.error.contains("the database is locked by another process"))
    #expect(try server.posts() == [])
    #expect(try home.sluice(["run", batch]).status == 0)
    #expect(try server.charged() == ["\(batch)#1"])
  }

  @Test func `an answer that a lock keeps out is asked for again by the next run`() throws {
    let server = try StripeServer()
    let home = try CrashHome(testing: server)
    let batch = try home.plan(["pm_card:cus_1", "pm_card:cus_2"])
    try server.script(#"[{"fault": "drip", "seconds": 0.002, "match": "POST"}]"#)
    let run = try home.start(["run", batch], under: Self.impatiently)
    try waitUntil("the charge is asked for") { try server.posts().count == 1 }

    let locked = try home.locked { try run.wait() }

    #expect(locked.status == 74, "\(locked)")
    #expect(try server.posts().count == 1)
    #expect(try home.report(batch).names("in_doubt") == ["\(batch)#1"])
    #expect(try home.sluice(["run", batch]).status == 0)
    #expect(try server.charged() == ["\(batch)#1", "\(batch)#2"])
    #expect(try home.report(batch).mistakes == [])
  }

  @Test func `an entry that cannot be written takes its whole transaction along`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(3))
    stripe.onSend = { _ in
      try? test.block()
      return .pass
    }

    #expect(throws: Fault.self) { try test.run(id, over: stripe) }
    #expect(throws: Fault.self) { try test.submit([.sample(9)]) }
    try test.unblock()
    try test.reopen()

    #expect(stripe.sends.count == 1)
    #expect(try test.states(id) == [.sending, .queued, .queued])
    #expect(try test.budget(of: id).held == 100)
    try test.store.verifyChain()
    stripe.onSend = { _ in .pass }
    try test.run(id, over: stripe)
    #expect(try test.states(id) == [.charged, .charged, .charged])
    #expect(try SandboxLedger(path: test.home.sandboxPath).total == 300)
  }

  /// `SLUICE_SWEEP=all` drains 10,000 jobs.
  @Test func `others submit, stop, revoke, look and checkpoint during a run, and nothing is lost`()
    throws
  {
    let jobs = Sweep.isWhole ? 10_000 : 150
    let home = try CrashHome()
    try home.allow("\(jobs).00")
    let batch = try home.plan((1...jobs).map { "pm_card:cus_\($0)" })
    let run = try home.start(["run", batch, "--quiet"])
    var rounds = 0

    while run.isRunning, rounds < jobs {
      rounds += 1
      try home.growLog()
      try home.disturb(rounds)
      #expect(try home.report(batch).mistakes == [])
    }
    let outcome = try run.wait(seconds: 600)

    let ledger = try SandboxLedger(path: home.path + "/sandbox.db")
    let events = try home.events()
    #expect(outcome.status == 0, "\(outcome)")
    #expect(rounds > 0)
    #expect(ledger.charges.count == jobs + rounds)
    #expect(ledger.charges.values.allSatisfy { $0 == 1 })
    for event in ["stopped", "unstopped", "key_revoked"] {
      #expect(events.count { $0 == event } == rounds, "\(event)")
    }
    #expect(events.count { $0 == "submitted" } == rounds + 1)
    #expect(try home.sluice(["journal", "verify"]).status == 0)
  }
}

extension CrashHome {
  /// Does something while another process's transaction keeps the database locked.
  fileprivate func locked<Value>(_ body: () throws -> Value) throws -> Value {
    let database = try Database(
      path: path + "/sluice.db", .existing, busyTimeoutMilliseconds: 1000)
    try database.execute("BEGIN IMMEDIATE")
    let value = try body()
    try database.execute("ROLLBACK")
    return value
  }

  /// Submits, stops, revokes and runs a batch of its own, and so checkpoints a log that is large.
  fileprivate func disturb(_ round: Int) throws {
    let batch = try plan(["pm_card:cus_other_\(round)"])
    try succeed(["stop", batch])
    try succeed(["run", batch], status: 12)
    try succeed(["unstop", batch])
    try succeed(["run", batch, "--quiet"])
    let key = try report(batch).keys
    for key in key { try succeed(["keys", "revoke", key]) }
  }
}
