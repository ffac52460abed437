import Foundation
import Support
import Testing

/// What takes up where a killed run left off is killed, or fails, as well.
@Suite struct RecoverySweepTests {
  @Test func `killed again while it asks again, a run charges each job once`() throws {
    let doubt = try Doubt(["cus_lost_answer_1", "cus_2"])
    let sweep = Sweep(template: doubt.home, words: ["run", doubt.batch], points: 2)

    for injection in Injection.kills(Injection.writes) {
      try sweep.over(injection, doubt.expectEnd)
    }
  }

  @Test func `on a failing disk a run that asks again charges each job once`() throws {
    let doubt = try Doubt(["cus_lost_answer_1", "cus_2"])
    let sweep = Sweep(template: doubt.home, words: ["run", doubt.batch], points: 1)

    for injection in Injection.errors(["EIO", "ENOSPC"], Injection.writes) {
      try sweep.over(injection) { trial in
        // The sandbox's own record may fail, and then its answer is lost once more.
        #expect([0, 13, 74].contains(trial.outcome.status), trial.comment)
        try doubt.expectEnd(trial)
      }
    }
  }

  @Test func `killed while it settles, nothing is lost and settle may be typed again`() throws {
    let doubt = try Doubt(["cus_processing_1", "cus_lost_answer_2"])
    let sweep = Sweep(template: doubt.home, words: ["settle", doubt.batch], points: 2)

    for injection in Injection.kills(Injection.writes) {
      try sweep.over(injection, doubt.expectEnd)
    }
  }

  @Test func `a home that is killed or fails while it is made is whole or not there`() throws {
    let nowhere = try CrashHome()
    try FileManager.default.removeItem(atPath: nowhere.path)
    let sweep = Sweep(template: nowhere, words: ["init"], points: 2)
    let errors = Injection.errors(["EIO", "ENOSPC"], Injection.writes)

    for injection in Injection.kills(Injection.writes) + errors {
      try sweep.over(injection) { trial in
        let found = try trial.home.sluice(["journal", "verify"])
        let again = try trial.home.sluice(["init"])
        #expect(injection.effect == .kill || trial.outcome.status == 74, trial.comment)
        #expect([0, 78].contains(found.status), "\(trial), then \(found)")
        #expect(again.status == (found.status == 0 ? 78 : 0), "\(trial), then \(again)")
        #expect(try trial.home.sluice(["journal", "verify"]).status == 0, trial.comment)
      }
    }
  }

  /// A sandbox home whose run was killed while it waited to ask again about a lost answer.
  private struct Doubt {
    let home: CrashHome
    let batch: String

    init(_ accounts: [String]) throws {
      home = try CrashHome()
      batch = try home.plan(accounts.map { "pm_card:" + $0 })
      let waiting = Injection(call: "/nanosleep", effect: .kill)
      let log = home.folder + "/waiting"
      let killed = try home.sluice(
        ["run", batch], under: waiting.words(breaking: 1, log: log, also: []))
      #expect(killed.status == 128 + SIGKILL, "\(killed)")
      #expect(try home.report(batch).names("in_doubt").count == 1)
    }

    /// Expects that everything is charged once in the end.
    func expectEnd(_ trial: Trial) throws {
      let home = trial.home
      var report = try home.report(batch)
      for _ in 0..<3 where report.names("charged").count < 2 {
        try home.sluice([report.state == "finished" ? "settle" : "run", batch])
        report = try home.report(batch)
      }
      let ledger = try SandboxLedger(path: home.path + "/sandbox.db")
      #expect(ledger.charges == ["\(batch)#1": 1, "\(batch)#2": 1], trial.comment)
      #expect(report.names("charged").count == 2, trial.comment)
      #expect(report.mistakes == [], trial.comment)
      #expect(report.budgets.map(\.spent) == [200], trial.comment)
      #expect(try home.sluice(["journal", "verify"]).status == 0, trial.comment)
    }
  }
}
