import Foundation
import Support
import Testing

/// Runs that are killed, or whose disk or connection fails, at every place where that can be.
///
/// What really happened is in the server's memory, which is another process's.
@Suite struct RunSweepTests {
  /// A batch of three jobs of which the cap lets two be charged, and its Stripe.
  private struct Capped {
    let server: StripeServer
    let sweep: Sweep
    let batch: String

    init(points: Int, also: [String] = []) throws {
      let server = try StripeServer()
      let home = try CrashHome(testing: server)
      // For the first account Stripe is asked; the second's claim takes the first's answer along.
      batch = try home.plan(["cus_1", "pm_card:cus_2", "pm_card:cus_3"])
      sweep = Sweep(
        template: home, words: ["run", batch], points: points, also: also,
        reset: server.reset)
      self.server = server
    }

    /// Expects a run whose disk fails to end with 74, and to send nothing more that moves money.
    func expectSilence(after injection: Injection) throws {
      let whole = try sweep.over(injection, status: 11) { trial in
        #expect(trial.outcome.status == 74, trial.comment)
        #expect(trial.postsAfter == 0, trial.comment)
        #expect(try server.posts().count == trial.postsBefore, trial.comment)
        try expectTruth(trial)
      }
      #expect(whole.postsBefore == 2, whole.comment)
    }

    /// Expects what holds at every instant, and that the next runs end where they should.
    func expectTruth(_ trial: Trial) throws {
      var report = try expectPromises(trial)
      for _ in 0..<3 where report.halt?.reason != "cap_exhausted" {
        let next = try trial.home.sluice(["run", batch])
        #expect(next.status == 11, "\(trial), then \(next)")
        report = try expectPromises(trial)
      }
      #expect(report.halt?.reason == "cap_exhausted", trial.comment)
      #expect(report.names("charged") == ["\(batch)#1", "\(batch)#2"], trial.comment)
      #expect(report.budgets.map(\.spent) == [200], trial.comment)
      #expect(try trial.home.sluice(["journal", "verify"]).status == 0, trial.comment)
    }

    /// Never twice, never above, never lost, no phantom, and the figures add up.
    private func expectPromises(_ trial: Trial) throws -> CrashReport {
      let report = try trial.home.report(batch)
      let theirs = try server.charged()
      #expect(report.mistakes(against: theirs) == [], trial.comment)
      #expect(theirs.count <= 2, trial.comment)
      return report
    }
  }

  @Test func `killed at any write or sync, a run goes on and charges each job once`() throws {
    let capped = try Capped(points: 6)

    for injection in Injection.kills(Injection.writes) {
      try capped.sweep.over(injection, status: 11, capped.expectTruth)
    }
  }

  @Test func `killed at any send or receive, a run goes on and charges each job once`() throws {
    let capped = try Capped(points: 6)

    for injection in Injection.kills(Injection.messages + ["poll"]) {
      try capped.sweep.over(injection, status: 11, capped.expectTruth)
    }
  }

  @Test func `after any write or sync that fails a run sends nothing more`() throws {
    let capped = try Capped(points: 4, also: ["sendto"])

    for injection in Injection.errors(["EIO", "ENOSPC"], Injection.writes) {
      try capped.expectSilence(after: injection)
    }
  }

  @Test func `a request that follows a broken call is seen`() throws {
    let capped = try Capped(points: 1, also: ["sendto"])
    let lost = Injection(call: "recvfrom", effect: .error("ECONNRESET"))
    let whole = try capped.sweep.trial(lost, breaking: nil)
    let post = try #require(whole.log.firstIndex { $0.contains("\"POST ") })
    let answer = whole.log[..<post].count(where: lost.names) + 1

    let trial = try capped.sweep.trial(lost, breaking: answer)

    #expect(trial.postsBefore == 1)
    #expect(trial.postsAfter == 2)
    #expect(try capped.server.posts().count == 3)
    try capped.expectTruth(trial)
  }

  @Test func `a read of the home that fails ends a run, and nothing is sent after it`() throws {
    let capped = try Capped(points: 6, also: ["sendto"])
    let files = ["sluice.db", "sluice.db-wal", "sluice.db-shm", "seal.key", "head"]
    let reads = ["pread64", "openat"].map {
      Injection(call: $0, effect: .error("EIO"), files: files)
    }

    for injection in reads {
      try capped.expectSilence(after: injection)
    }
  }

  @Test func `when any send, receive or connect fails, each job is charged once`() throws {
    let capped = try Capped(points: 3)
    let failures =
      Injection.errors(["ECONNREFUSED", "ETIMEDOUT"], ["connect"])
      + Injection.errors(["EPIPE", "ECONNRESET"], ["sendto"])
      + Injection.errors(["ECONNRESET"], ["recvfrom"])

    for injection in failures {
      try capped.sweep.over(injection, status: 11) { trial in
        #expect([11, 12, 69].contains(trial.outcome.status), trial.comment)
        try capped.expectTruth(trial)
      }
    }
  }
}
