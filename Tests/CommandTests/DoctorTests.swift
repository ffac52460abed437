import Foundation
import Support
import Testing

/// The doctor on homes that are whole, and on homes that are not, each spoilt for real.
@Suite struct DoctorTests {
  @Test func `of a new home nothing is wrong`() throws {
    let home = try CommandHome()

    let outcome = try home.sluice(["doctor"])
    let document = try home.doctor()

    #expect(outcome.status == 0)
    #expect(outcome.output.hasSuffix("Nothing is wrong.\nsandbox: no money moves\n"))
    #expect(document.messages("problem") + document.messages("warning") == [])
    #expect(document.of("locks").map(\.message) == ["nobody is working on a batch"])
    #expect(try home.sluice(["doctor", "-q"]) == Outcome(0))
  }

  @Test func `without a home it says so`() throws {
    let home = try CommandHome(mode: nil)

    let document = try home.doctor()

    #expect(document.exit == 78)
    #expect(document.of("home").first?.message == "there is no home at \(home.path)")
    #expect(document.of("home").first?.hint?.contains("sluice init") == true)
  }

  @Test(arguments: [
    ("", 0o755, "chmod 700 "), ("locks", 0o711, "chmod 700 "), ("sluice.db", 0o644, "chmod 600 "),
    ("head", 0o640, "chmod 600 "),
  ])
  func `what others may use is named`(_ name: String, _ mode: Int, _ hint: String) throws {
    let home = try CommandHome()
    try home.setMode(mode, of: name)

    let document = try home.doctor()

    let path = home.path + (name.isEmpty ? "" : "/" + name)
    #expect(document.exit == 77)
    #expect(document.messages("problem") == ["modes: others than its owner may use \(path)"])
    #expect(document.of("modes").first?.hint == hint + path)
  }

  @Test func `a home of another user is named`() throws {
    let home = try CommandHome()
    // Only root can give a home away; for others a folder of root's will do.
    let (path, owner) = geteuid() == 0 ? (home.path, 12) : ("/usr", 0)
    if geteuid() == 0 {
      try FileManager.default.setAttributes([.ownerAccountID: owner], ofItemAtPath: path)
    }

    let document = try home.doctor("--home", path)

    #expect(document.exit == 77)
    #expect(
      document.messages("problem") == [
        "home: \(path) is the home of uid \(owner), and this is uid \(geteuid())"
      ])
    #expect(document.of("database").isEmpty)
  }

  @Test(arguments: [
    ("rm seal.key", 74, "database", "is missing"),
    ("chmod 644 seal.key", 77, "modes", "seal.key"),
    ("echo nonsense > seal.key", 74, "database", "is not a seal key"),
    ("rm head", 74, "head", "is missing: nothing tells whether entries were cut off"),
    ("sed -i 's/ [0-9]* / 99 /' head", 74, "head", "but head says 99"),
    ("printf '%-200s' x | dd of=sluice.db conv=notrunc status=none", 74, "database", "damaged"),
  ])
  func `a file of the home that is gone or wrong is named`(
    _ deed: String, _ exit: Int32, _ check: String, _ message: String
  ) throws {
    let home = try CommandHome()
    let shell = try RunningProcess(
      ["sh", "-c", deed], in: home.path, environment: Sluice.environment([:])
    ).wait()

    let document = try home.doctor()

    let found = document.of(check).filter { $0.level == "problem" }
    #expect(shell == Outcome(0))
    #expect(document.exit == exit)
    #expect(found.first?.message.contains(message) == true, "\(document.findings)")
  }

  @Test func `a row or a rule that was changed by hand is named`() throws {
    let home = try CommandHome()
    _ = try home.submit(csv(jobs: 2))
    try home.tamper("UPDATE job SET amount_minor = 1 WHERE number = 2")

    let row = try home.doctor()
    try home.tamper("PRAGMA user_version = 99")
    let version = try home.doctor()

    #expect(row.exit == 74)
    #expect(row.of("journal").first?.level == "problem")
    #expect(version.exit == 78)
    #expect(version.of("database").first?.message.contains("schema version 99") == true)
  }

  @Test func `an entry of the future tells of a clock that was ahead`() throws {
    let home = try CommandHome()
    try home.tamper("DROP TRIGGER journal_no_update")
    try home.tamper("UPDATE journal SET at = at + 86400000")

    let times = try home.doctor().of("times").first

    #expect(times?.level == "warning")
    #expect(times?.message.hasSuffix(": this clock was ahead") == true)
  }

  @Test func `what a person accepts of such a clock is told of no more, until it happens again`()
    throws
  {
    let home = try CommandHome()
    // The last entry's time is what a clock of tomorrow would have written.
    let tomorrow =
      "INSERT INTO journal SELECT sequence + 1, at + 86400000, actor, 'notified', "
      + "subject, '{}', seal_key, seal FROM journal ORDER BY sequence DESC LIMIT 1"
    try home.tamper(tomorrow)

    let accepted = try home.doctor("--accept-clock")
    let quiet = try home.doctor()
    try home.tamper(tomorrow)
    let again = try home.doctor()

    #expect(accepted.of("times").first?.level == "ok")
    #expect(quiet.of("times").first?.level == "ok")
    #expect(again.of("times").first?.level == "warning")
    #expect(try home.succeed(["journal", "export"]).contains("clock_accepted"))
  }

  @Test func `a log that nobody empties is a warning`() throws {
    let home = try CommandHome()
    _ = try home.submit(csv(jobs: 1))
    let log = try FileHandle(forWritingTo: URL(fileURLWithPath: home.path + "/sluice.db-wal"))
    try log.truncate(atOffset: 70 << 20)
    try log.close()

    let document = try home.doctor()

    #expect(document.exit == 0)
    #expect(
      document.messages("warning").filter { $0.hasPrefix("log: ") }
        == ["log: the write-ahead log holds 71,680 KiB"])
  }

  @Test func `whoever works on a batch is named`() throws {
    let home = try CommandHome()
    let batch = try home.submit(csv(jobs: 1)).batch
    let lock = home.path + "/locks/\(batch).lock"
    let holder = try RunningProcess(
      ["flock", lock, "sh", "-c", "echo $$ > '\(lock)'; echo held; sleep 60"], in: home.folder,
      environment: Sluice.environment([:]))
    try waitUntil("the lock is held") {
      (try? String(contentsOfFile: lock, encoding: .utf8))?.hasSuffix("\n") == true
    }

    let locks = try home.doctor().of("locks").map(\.message)
    holder.signal(SIGTERM)

    #expect(locks.count == 1)
    #expect(locks.first?.hasSuffix(" is working on \(batch)") == true)
  }

  @Test func `a stop is told, and how it is lifted, by the list as well`() throws {
    let home = try CommandHome()
    try home.succeed(["stop", "--reason", "month end"])

    let found = try home.doctor().of("stop")
    let list = try home.sluice(["list"])

    #expect(found.map(\.level) == ["warning"])
    #expect(found.first?.message.hasSuffix(": month end") == true)
    #expect(list.error.contains(": month end; lift it with `sluice unstop`"))
  }

  @Test func `a folder that holds no home is not told to change its modes`() throws {
    let home = try CommandHome(mode: nil)
    let folder = home.folder + "/other"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])

    let outcome = try home.sluice(["doctor", "--home", folder])

    #expect(outcome.status == 78)
    #expect(outcome.output.contains("there is no home at"))
    #expect(!outcome.output.contains("chmod"))
  }

  @Test func `two examinations at once are no usage`() throws {
    let home = try CommandHome()

    for other in [["--job", "job.json"], ["--accept-clock"]] {
      let outcome = try home.sluice(["doctor", "--restored"] + other)
      #expect(outcome.status == 64)
      #expect(outcome.error.contains("and doctor with \(other[0]) afterwards"))
    }
  }

  @Test func `with nothing to accept of the clock it says so`() throws {
    let outcome = try CommandHome().sluice(["doctor", "--accept-clock"])

    #expect(outcome.status == 0)
    #expect(outcome.error == "There is nothing to accept: no entry is later than now.\n")
  }
}
