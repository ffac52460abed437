import Foundation
import SQLite
import Support
import System
import Testing

/// Sweeps of runs over the sandbox, whose record is a file of its own.
@Suite struct SandboxSweepTests {
  @Test func `killed at any write or sync, a run over the sandbox charges each job once`() throws {
    let home = try CrashHome()
    let batch = try home.plan(["cus_1", "cus_lost_answer_2", "cus_3"])
    let sweep = Sweep(template: home, words: ["run", batch], points: 5)

    for injection in Injection.kills(["pwrite64", "fdatasync", "ftruncate"]) {
      try sweep.over(injection, status: 11) { try expectRest(batch, $0) }
    }
  }

  @Test func `killed in the middle of a checkpoint, a run loses nothing`() throws {
    let home = try CrashHome()
    let batch = try home.plan(["cus_1", "cus_2", "cus_3"])
    try home.growLog()
    let sweep = Sweep(template: home, words: ["run", batch], points: 4)

    for injection in checkpointing(.kill) {
      try sweep.over(injection, status: 11) { try expectRest(batch, $0) }
    }
  }

  @Test func `on a failing or full disk a checkpoint loses nothing`() throws {
    let home = try CrashHome()
    let batch = try home.plan(["cus_1", "cus_2", "cus_3"])
    try home.growLog()
    let sweep = Sweep(template: home, words: ["run", batch], points: 2)

    for injection in checkpointing(.error("EIO")) + checkpointing(.error("ENOSPC")) {
      try sweep.over(injection, status: 11) { trial in
        #expect([11, 74].contains(trial.outcome.status), trial.comment)
        try expectRest(batch, trial)
      }
    }
  }

  /// The calls of a checkpoint: nothing else writes to the database file itself.
  private func checkpointing(_ effect: Injection.Effect) -> [Injection] {
    [
      Injection(call: "pwrite64", effect: effect, files: ["sluice.db"]),
      Injection(call: "fdatasync", effect: effect, files: ["sluice.db"]),
      Injection(call: "ftruncate", effect: effect, files: ["sluice.db", "sluice.db-wal"]),
    ]
  }

  private func expectRest(_ batch: String, _ trial: Trial) throws {
    let home = trial.home
    var report = try home.report(batch)
    for _ in 0..<3 where report.halt?.reason != "cap_exhausted" {
      let outcome = try home.sluice(["run", batch])
      #expect([11, 13].contains(outcome.status), "\(trial), then \(outcome)")
      report = try home.report(batch)
    }
    let ledger = try SandboxLedger(path: home.path + "/sandbox.db")
    #expect(report.mistakes == [], trial.comment)
    #expect(ledger.charges == ["\(batch)#1": 1, "\(batch)#2": 1], trial.comment)
    #expect(report.names("charged") == Set(ledger.charges.keys), trial.comment)
    #expect(report.budgets.map(\.spent) == [ledger.total], trial.comment)
    #expect(try home.sluice(["journal", "verify"]).status == 0, trial.comment)
  }
}

extension CrashHome {
  /// Writes so many pages that the log is past the size at which a run checkpoints.
  ///
  /// Like every writer it holds the write lock shared: a checkpoint must not race it.
  func growLog() throws {
    let lock = try FileLock(path: path + "/write.lock")
    let database = try Database(
      path: path + "/sluice.db", .existing, busyTimeoutMilliseconds: 10_000)
    try database.execute("PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 0")
    for _ in 0..<5000 {
      if try logSize() > 16 << 20 { return }
      try lock.lock(.shared)
      defer { lock.unlock() }
      try database.execute(
        "BEGIN IMMEDIATE; PRAGMA user_version = 4; PRAGMA user_version = 5; COMMIT")
    }
    throw TestServerError(message: "the log is still small")
  }

  private func logSize() throws -> Int {
    let facts = try FileManager.default.attributesOfItem(atPath: path + "/sluice.db-wal")
    return (facts[.size] as? NSNumber)?.intValue ?? 0
  }
}
