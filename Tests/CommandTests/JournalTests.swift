import Foundation
import Support
import Testing

struct JournalTests {
  @Test func `verify says that the journal is whole and every table agrees`() throws {
    let home = try CommandHome()
    let batch = try home.plan(csv(jobs: 3))
    try home.succeed(["run", batch])

    let text = try home.succeed(["journal", "verify"])
    let head = try home.document(["journal", "head"], as: Head.self)
    let json = try home.document(["journal", "verify"], as: Whole.self)

    #expect(
      text
        == "The journal is whole up to its entry \(head.sequence), and every table agrees with it, "
        + "head \(head.sequence):\(head.seal.prefix(16))\n")
    #expect(json == Whole(entries: head.sequence, head: "\(head.sequence):\(head.seal.prefix(16))"))
  }

  @Test func `a charged job made out as declined is named, and its reference not freed`() throws {
    let home = try CommandHome()
    let batch = try home.plan(csv("cus_1,1.00,in_1"))
    try home.succeed(["run", batch])
    try home.tamper("UPDATE job SET state = 'declined'")
    let again = try home.plan(csv("cus_1,1.00,in_1"))

    let verify = try home.sluice(["journal", "verify"])
    let run = try home.sluice(["run", again])

    #expect(verify.status == 74)
    #expect(
      verify.error
        == """
        sluice: the journal's entry 7 (settled) says \(batch)#1 is charged, its row says declined
          nothing was sent; find out who changed the database, and put a backup back

        """)
    #expect(run == verify)
  }

  @Test func `an end that was kept is compared, and printed as it is taken`() throws {
    let home = try CommandHome()
    _ = try home.plan(csv(jobs: 1))
    let head = try home.succeed(["journal", "head"]).trimmingCharacters(in: .newlines)
    try home.succeed(["stop"])

    let whole = try home.sluice(["journal", "verify", "--expect-head", head])
    let short = try home.sluice(["journal", "verify", "--expect-head", String(head.prefix(18))])
    let other = try home.sluice(["journal", "verify", "--expect-head", "3:0123456789abcdef"])
    let ahead = try home.sluice(["journal", "verify", "--expect-head", "9:0123456789abcdef"])
    let wrong = try home.sluice(["journal", "verify", "--expect-head", "latest"])

    #expect([whole, short, other, ahead, wrong].map(\.status) == [0, 0, 74, 74, 64])
    #expect(
      other.error.hasPrefix("sluice: the journal's entry 3 is not the one that --expect-head"))
    #expect(
      ahead.error.hasPrefix(
        "sluice: the journal ends at 4, but --expect-head says 9: entries were cut off"))
  }

  @Test func `an older copy of the database that is put back sends nothing`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(csv(jobs: 3))
    let names = ["sluice.db", "sluice.db-wal"]
    for name in names {
      try FileManager.default.copyItem(
        atPath: home.path + "/" + name, toPath: home.folder + "/" + name)
    }
    try home.succeed(["run", batch])
    let charged = try server.charges().count
    try? FileManager.default.removeItem(atPath: home.path + "/sluice.db-shm")
    for name in names {
      try FileManager.default.removeItem(atPath: home.path + "/" + name)
      try FileManager.default.moveItem(
        atPath: home.folder + "/" + name, toPath: home.path + "/" + name)
    }

    let refused = try ["run \(batch)", "journal verify", "stop", "cancel \(batch)"].map {
      try home.sluice($0.split(separator: " ").map(String.init))
    }
    let read = try home.sluice(["list"])
    let accepted = try home.sluice(["journal", "head", "--accept", "--reason", "drill"])
    let verify = try home.sluice(["journal", "verify"])

    #expect(refused.map(\.status) == [74, 74, 74, 74])
    #expect(refused.allSatisfy { $0.error.contains("the journal ends at 3, but head says ") })
    #expect(try server.charges().count == charged)
    #expect(read.status == 0)
    #expect(accepted.status == 0 && accepted.output.hasPrefix("4:"))
    #expect(verify.status == 0)
  }

  @Test(arguments: [["--accept"], ["--accept", "--reason", ""], ["--reason", "x"]])
  func `a head is accepted with a reason only`(words: [String]) throws {
    let home = try CommandHome()

    let outcome = try home.sluice(["journal", "head"] + words)

    #expect(outcome.status == 64)
    #expect(try home.succeed(["journal", "head"]).hasPrefix("1:"))
  }

  @Test func `rekey prints the new key, and the home goes on under it`() throws {
    let home = try CommandHome()
    let batch = try home.plan(csv(jobs: 3))
    try home.succeed(["run", batch, "--limit", "1"])

    let rekey = try home.document(["journal", "rekey"], as: Rekeyed.self)
    let run = try home.sluice(["run", batch])

    let file = try String(contentsOfFile: home.path + "/seal.key", encoding: .utf8)
    let mode = try FileManager.default.attributesOfItem(atPath: home.path + "/seal.key")[
      .posixPermissions]
    #expect(file.hasPrefix(rekey.seal_key + ":"))
    #expect(file.split(separator: "\n").count == 2)
    #expect((mode as? NSNumber)?.intValue == 0o600)
    #expect(run.status == 0)
    try home.succeed(["journal", "verify"])
  }

  @Test func `export prints one JSON object a line, in order`() throws {
    let home = try CommandHome()
    let batch = try home.plan(csv(jobs: 2))
    try home.succeed(["run", batch])

    let lines = try home.succeed(["journal", "export"]).split(separator: "\n")
    let entries = try lines.map {
      try JSONDecoder().decode(Exported.self, from: Data($0.utf8))
    }

    #expect(entries.map(\.sequence) == Array(1...entries.count))
    #expect(
      entries.map(\.event) == [
        "home_created", "submitted", "approved", "started", "key_issued", "claimed", "settled",
        "claimed", "settled", "finished",
      ])
  }

  @Test func `an index that hides entries is found`() throws {
    let home = try CommandHome()
    _ = try home.plan(csv(jobs: 2))
    let script = """
      import sqlite3, sys
      def change(old, new):
          db = sqlite3.connect(sys.argv[1])
          db.execute("PRAGMA writable_schema = ON")
          db.execute("UPDATE sqlite_schema SET sql = replace(sql, ?, ?) "
                     "WHERE name = 'journal_subject'", (old, new))
          db.commit()
          db.close()
      change("(subject, sequence)", "(actor, sequence)")
      db = sqlite3.connect(sys.argv[1])
      db.execute("REINDEX journal_subject")
      db.commit()
      db.close()
      change("(actor, sequence)", "(subject, sequence)")
      """
    let python = try RunningProcess(
      ["python3", "-c", script, home.path + "/sluice.db"], in: home.folder,
      environment: Sluice.environment([:]), input: nil)
    #expect(try python.wait().status == 0)

    let verify = try home.sluice(["journal", "verify"])

    #expect(verify.status == 74)
    #expect(verify.error.hasPrefix("sluice: the database is damaged: "))
  }

  @Test func `a home on a network file system is neither made nor opened`() throws {
    let home = try CommandHome()
    let fresh = home.folder + "/fresh"
    // The kernel's answer is overwritten: its first eight bytes are the file system's number.
    let trace = [
      "strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=statfs",
      "-e", "inject=statfs:poke_exit=@arg2=6969000000000000",
    ]

    let list = try home.sluice(["list"], under: trace)
    let made = try home.sluice(["init", "--home", fresh], under: trace)

    #expect(list.status == 78)
    #expect(
      list.error
        == """
        sluice: \(home.path) is on NFS, where locks and syncs cannot be trusted
          choose a folder on a local disk with --home or $SLUICE_HOME

        """)
    #expect(made.status == 78)
    #expect(!FileManager.default.fileExists(atPath: fresh + "/sluice.db"))
    #expect(try home.sluice(["list"]).status == 0)
  }
}

private struct Head: Decodable {
  let sequence: Int
  let seal: String
}

private struct Whole: Decodable, Equatable {
  let entries: Int
  let head: String
}

private struct Rekeyed: Decodable {
  let seal_key: String
}

private struct Exported: Decodable {
  let sequence: Int
  let event: String
}
