import Foundation
import Support
import Testing

@Suite struct DamageTests {
  @Test func `a database with overwritten pages is not run`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(csv(jobs: 200))
    let pages = try home.overwritePages(from: 8)

    let run = try home.sluice(["run", batch])
    let verify = try home.sluice(["journal", "verify"])

    #expect(pages > 10)
    for outcome in [run, verify] {
      #expect(outcome.status == 74)
      #expect(outcome.output == "")
      #expect(outcome.error.hasPrefix("sluice: the database is damaged: "), "\(outcome.error)")
    }
    #expect(try server.requests() == [])
  }

  @Test func `without its seal key a home tells and does nothing`() throws {
    let home = try CommandHome()
    let batch = try home.plan(csv(jobs: 1))
    try FileManager.default.removeItem(atPath: home.path + "/seal.key")

    for words in [["list"], ["run", batch], ["journal", "verify"]] {
      #expect(
        try home.sluice(words)
          == Outcome(
            74,
            error: """
              sluice: \(home.path)/seal.key is missing: the journal cannot be checked
                nothing was sent; run `sluice journal verify` and restore a backup

              """))
    }
  }

  @Test func `under another seal key nothing is sent`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(csv(jobs: 1))
    let other = try CommandHome()
    let mine = try String(contentsOfFile: home.path + "/seal.key", encoding: .utf8)
    let key = try String(contentsOfFile: other.path + "/seal.key", encoding: .utf8)
    try home.write(key, to: "home/seal.key")
    try home.setMode(0o600, of: "seal.key")

    for words in [["run", batch], ["journal", "verify"]] {
      #expect(
        try home.sluice(words)
          == Outcome(
            74,
            error: """
              sluice: seal.key does not hold the key "\(mine.prefix { $0 != ":" })", which the \
              home is sealed with
                put the seal.key that belongs to this home back; nothing was sent

              """))
    }
    #expect(try server.requests() == [])
  }

  @Test func `a seal key that is none is not used`() throws {
    let home = try CommandHome()
    try home.write("no key\n", to: "home/seal.key")
    try home.setMode(0o600, of: "seal.key")

    let outcome = try home.sluice(["list"])

    #expect(outcome.status == 74)
    #expect(outcome.error.hasPrefix("sluice: \(home.path)/seal.key is not a seal key\n"))
  }

  @Test func `a seal key that others can read is not used`() throws {
    let home = try CommandHome()
    try home.setMode(0o640, of: "seal.key")

    #expect(
      try home.sluice(["list"])
        == Outcome(
          77,
          error: """
            sluice: \(home.path)/seal.key can be read by others
              chmod 600 \(home.path)/seal.key

            """))
  }

  /// A limit on the size of files is a disk that is full: each write past it fails.
  @Test(arguments: [60_000, 90_000, 120_000, 160_000, 200_000])
  func `on a full disk the run ends and the next one charges the rest once`(
    _ limit: Int
  ) throws {
    let home = try CommandHome()
    let batch = try home.plan(csv(jobs: 40))

    let full = try home.sluice(["run", batch], under: ["prlimit", "--fsize=\(limit)"])
    let between = try home.report(batch)
    let rest = try home.sluice(["run", batch])

    let ledger = try SandboxLedger(path: home.path + "/sandbox.db")
    #expect(full.status == 74, "\(full)")
    #expect(full.error.hasPrefix("sluice: "))
    #expect(between.mistakes == [])
    #expect(rest.status == 0, "\(rest)")
    #expect(ledger.charges.count == 40)
    #expect(ledger.charges.values.allSatisfy { $0 == 1 })
    #expect(try home.report(batch).mistakes == [])
    #expect(try home.sluice(["journal", "verify"]).status == 0)
  }

  @Test func `on a full disk a plan is queued whole or not at all`() throws {
    let home = try CommandHome()
    try home.write(csv(jobs: 2000), to: "plan.csv")
    try home.write(JobFileText(cap: "5000.00").text, to: "job.json")

    let outcome = try home.sluice(
      ["submit", "plan.csv", "--job", "job.json"], under: ["prlimit", "--fsize=200000"])

    #expect(outcome.status == 74, "\(outcome)")
    #expect(try home.states() == [:])
    #expect(try home.sluice(["journal", "verify"]).status == 0)
    #expect(try home.sluice(["submit", "plan.csv", "--job", "job.json"]).status == 0)
  }
}

extension CommandHome {
  /// Overwrites the beginning of every page of the database from one on; returns how many.
  fileprivate func overwritePages(from first: Int) throws -> Int {
    try tamper("PRAGMA wal_checkpoint(TRUNCATE)")
    let file = URL(fileURLWithPath: path + "/sluice.db")
    var bytes = try Data(contentsOf: file)
    let count = bytes.count / 4096
    for page in first..<count {
      bytes.replaceSubrange(page * 4096..<page * 4096 + 16, with: Data(repeating: 0xA5, count: 16))
    }
    let handle = try FileHandle(forWritingTo: file)
    try handle.write(contentsOf: bytes)
    try handle.close()
    return count - first
  }
}
