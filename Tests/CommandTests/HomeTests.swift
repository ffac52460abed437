import Foundation
import Support
import Testing

@Suite struct HomeTests {
  @Test(arguments: [
    ["list"], ["run"], ["report", "x"], ["settle"], ["stop"], ["keys", "list"],
    ["journal", "verify"], ["submit", "plan.csv", "--job", "job.json"],
  ])
  func `without a home a command says how to make one`(_ words: [String]) throws {
    let home = try CommandHome(mode: nil)
    try home.write(csv(jobs: 1), to: "plan.csv")
    try home.write(JobFileText().text, to: "job.json")

    let outcome = try home.sluice(words)

    #expect(
      outcome
        == Outcome(
          78,
          error: """
            sluice: there is no home at \(home.path)
              make one with `sluice init`, or name another with --home or $SLUICE_HOME

            """))
    #expect(!FileManager.default.fileExists(atPath: home.path))
  }

  @Test func `the usual place of the home is below the state folder`() throws {
    let home = try CommandHome(mode: nil)

    let usual = try home.sluice(["list"], environment: ["SLUICE_HOME": ""])
    let state = try home.sluice(
      ["list"], environment: ["SLUICE_HOME": "", "XDG_STATE_HOME": home.folder + "/state"])

    #expect(
      usual.error.hasPrefix("sluice: there is no home at \(home.folder)/.local/state/sluice\n"))
    #expect(state.error.hasPrefix("sluice: there is no home at \(home.folder)/state/sluice\n"))
  }

  @Test func `a home is private and is not made twice`() throws {
    let home = try CommandHome()

    let again = try home.sluice(["init", "--mode", "test"])

    #expect(
      again
        == Outcome(
          78,
          error: """
            sluice: there is a home at \(home.path) already
              use it, or name another folder with --home

            """))
    let files = FileManager.default
    for name in ["", "/locks", "/sluice.db", "/seal.key", "/write.lock"] {
      let mode = try files.attributesOfItem(atPath: home.path + name)[.posixPermissions] as? Int
      #expect((mode ?? 0o777) & 0o077 == 0, "\(name)")
    }
  }

  @Test(arguments: [
    ("the agent's", "the agent'\\''s"), ("an agent'\u{301}; false", "an agent'\\''\u{301}; false"),
  ])
  func `init prints the line that a shell evaluates`(name: String, quoted: String) throws {
    let home = try CommandHome(mode: nil)

    let outcome = try home.sluice(["init", "--home", name])

    #expect(outcome.status == 0)
    #expect(
      Array(outcome.output.utf8) == Array("export SLUICE_HOME='\(home.folder)/\(quoted)'\n".utf8))
    #expect(outcome.error == "Made a sandbox home: no money moves.\n")
  }

  @Test(arguments: [
    ("", "home"), ("sluice.db", "home/sluice.db"), ("seal.key", "home/seal.key"),
  ])
  func `a home that may not be read is not allowed`(_ name: String, _ shown: String) throws {
    let home = try CommandHome()
    try home.setMode(0, of: name)

    let outcome = try home.sluice(["list"], under: Sluice.withoutPowers)

    #expect(
      outcome
        == Outcome(
          77,
          error: """
            sluice: \(home.folder)/\(shown): permission denied
              check its owner and mode

            """))
  }

  @Test func `a home cannot be made in a folder that may not be written`() throws {
    let home = try CommandHome(mode: nil)
    try FileManager.default.createDirectory(atPath: home.path, withIntermediateDirectories: true)
    try home.setMode(0o500, of: "")

    let outcome = try home.sluice(["init"], under: Sluice.withoutPowers)

    #expect(
      outcome
        == Outcome(
          77,
          error: "sluice: \(home.path): permission denied\n  check its owner and mode\n"))
  }

  @Test(arguments: [0o770, 0o703, 0o722])
  func `a home that others may write to is not trusted`(_ mode: Int) throws {
    let home = try CommandHome()
    try home.setMode(mode, of: "")

    for words in [["list"], ["stop"], ["journal", "verify"]] {
      #expect(
        try home.sluice(words)
          == Outcome(
            77,
            error: """
              sluice: \(home.path) can be written by others
                chmod 700 \(home.path), once you know that nobody has

              """))
    }
  }

  @Test(arguments: [0o755, 0o710, 0o705])
  func `a folder that is open to others is not made a home`(_ mode: Int) throws {
    let home = try CommandHome(mode: nil)
    try FileManager.default.createDirectory(atPath: home.path, withIntermediateDirectories: true)
    try home.setMode(mode, of: "")

    let refused = try home.sluice(["init"])
    let names = try FileManager.default.contentsOfDirectory(atPath: home.path)
    try home.setMode(0o700, of: "")

    #expect(
      refused
        == Outcome(
          77,
          error: """
            sluice: \(home.path) is open to others
              chmod 700 \(home.path), or name a folder that is not there yet

            """))
    #expect(names == [])
    #expect(try home.sluice(["init"]).status == 0)
  }

  @Test func `in a home that may not be written nothing is sent`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(csv(jobs: 3))
    try home.setMode(0o400, of: "sluice.db")

    let run = try home.sluice(["run", batch], under: Sluice.withoutPowers)
    let charges = try server.charges()
    try home.setMode(0o600, of: "sluice.db")
    let again = try home.sluice(["run", batch])

    #expect(
      run
        == Outcome(
          74,
          error: """
            sluice: the database cannot be written: attempt to write a readonly database
              check the owner and mode of the home and its disk

            """))
    #expect(charges == [])
    #expect(again.status == 0)
    #expect(try server.charged().count == 3)
  }

  @Test(arguments: [
    ["submit", "plan.csv", "--job", "job.json"], ["stop"],
    ["budget", "set", "usd=1.00", "--per", "day"],
  ])
  func `in a folder that may not be written nothing is done before it is refused`(
    _ words: [String]
  ) throws {
    let home = try CommandHome()
    try home.write(JobFileText().text, to: "job.json")
    try home.write(csv(jobs: 1), to: "plan.csv")
    let head = try home.succeed(["journal", "head"])
    try home.setMode(0o500, of: "")

    let refused = try home.sluice(words, under: Sluice.withoutPowers)
    try home.setMode(0o700, of: "")

    #expect(
      refused
        == Outcome(
          77, error: "sluice: \(home.path): permission denied\n  check its owner and mode\n"))
    #expect(try home.succeed(["journal", "head"]) == head)
  }

  @Test func `in a read-only folder the sandbox is not opened and nothing is claimed`() throws {
    let home = try CommandHome()
    let batch = try home.plan(csv(jobs: 3))
    try home.setMode(0o500, of: "")

    let run = try home.sluice(["run", batch], under: Sluice.withoutPowers)

    #expect(
      run
        == Outcome(
          74,
          error: """
            sluice: the sandbox's file \(home.path)/sandbox.db cannot be made: permission denied
              nothing was sent; check the owner and mode of the home and its disk

            """))
    #expect(try home.states() == [batch: "approved"])
  }

  @Test func `a home of a newer schema is left alone`() throws {
    let home = try CommandHome()
    let batch = try home.plan(csv(jobs: 1))
    try home.tamper("PRAGMA user_version = 99")

    for words in [["list"], ["run", batch], ["journal", "verify"]] {
      #expect(
        try home.sluice(words)
          == Outcome(
            78,
            error: """
              sluice: this home has schema version 99, this sluice knows 5
                use the sluice that made it, or a newer one

              """))
    }
  }

  @Test(arguments: [
    ("another application's", "sluice.db is not a Sluice database"),
    ("empty", "sluice.db is not a Sluice database"),
    ("garbage", "the database is damaged: file is not a database"),
  ])
  func `a file that is no Sluice database is not touched`(
    _ kind: String, _ message: String
  ) throws {
    let home = try CommandHome()
    switch kind {
    case "garbage": try home.write("no database, but long enough", to: "home/sluice.db")
    case "empty": try home.write("", to: "home/sluice.db")
    default: try home.tamper("PRAGMA application_id = 1196444487")
    }

    let outcome = try home.sluice(["list"])

    #expect(outcome.status == 74)
    #expect(outcome.error.hasPrefix("sluice: \(message)\n  "), "\(outcome.error)")
  }
}
