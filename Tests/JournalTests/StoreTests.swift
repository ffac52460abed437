import Domain
import Foundation
import JSON
import Journal
import SQLite
import Support
import Testing

struct StoreTests {
  @Test func `a new home is private and complete`() throws {
    let test = try TestHome()
    let folder = test.home.folder

    for (name, mode) in [("", 0o700), ("/sluice.db", 0o600), ("/seal.key", 0o600)] {
      let facts = try FileManager.default.attributesOfItem(atPath: folder + name)
      #expect((facts[.posixPermissions] as? NSNumber)?.intValue == mode)
    }
    #expect(try test.store.journalHead().sequence == 1)
    #expect(test.store.facts.mode == .sandbox)
    #expect(!FileManager.default.fileExists(atPath: folder + "/sluice.db.new"))
  }

  @Test func `a second home in the same folder is refused and the first one stays`() throws {
    let test = try TestHome()
    var random = SeededRandom(seed: 2)

    let fault = #expect(throws: Fault.self) {
      try test.home.create(
        HomeFacts(id: "home_2", mode: .live, stripeAccount: nil), clock: test.clock, actor: "ana",
        using: &random)
    }

    #expect(fault?.exit == .configuration)
    try test.reopen()
    #expect(test.store.facts.id == "home_test")
  }

  @Test func `an unknown schema version is refused`() throws {
    let test = try TestHome()
    try test.tamper("PRAGMA user_version = 99")

    let fault = #expect(throws: Fault.self) { try test.reopen() }

    #expect(fault?.exit == .configuration)
    #expect(fault?.message == "this home has schema version 99, this sluice knows 5")
  }

  @Test func `another application's database is refused`() throws {
    let test = try TestHome()
    try test.tamper("PRAGMA application_id = 7")

    let fault = #expect(throws: Fault.self) { try test.reopen() }

    #expect(fault?.exit == .storage)
  }

  @Test func `a seal key that others can read is refused`() throws {
    let test = try TestHome()
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o644], ofItemAtPath: test.home.sealKeyPath)

    let fault = #expect(throws: Fault.self) { try test.reopen() }

    #expect(fault?.exit == .notAllowed)
    #expect(fault?.hint == "chmod 600 \(test.home.sealKeyPath)")
  }

  @Test func `a transaction that is dropped leaves nothing behind`() throws {
    let test = try TestHome()

    try abandon(test.store)

    #expect(try test.store.journalHead().sequence == 1)
  }

  @Test func `the log is checkpointed only when nobody else is writing`() throws {
    let test = try TestHome()
    let log = test.home.databasePath + "-wal"
    try append(to: test.store)
    let size = { try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int ?? 0 }
    let writer = try Store(home: test.home, clock: test.clock, actor: "ben")

    let transaction = try writer.begin()
    try test.store.checkpointIfLarge(bytes: 0)
    #expect(try size() > 0)
    _ = try transaction.commit()
    try test.store.checkpointIfLarge(bytes: 0)

    #expect(try size() == 0)
    #expect(try test.store.verifyChain().sequence == 2)
  }

  private func abandon(_ store: Store) throws {
    let transaction = try store.begin()
    try transaction.append(.stopped, subject: "x")
  }

  private func append(to store: Store) throws {
    let transaction = try store.begin()
    try transaction.append(.stopped, subject: "x")
    _ = try transaction.commit()
  }
}

struct VerifyTests {
  private let test: TestHome

  init() throws {
    test = try TestHome()
    for number in 1...5 {
      let transaction = try test.store.begin()
      try transaction.append(.stopped, subject: "s\(number)", ["n": .integer(Int64(number))])
      _ = try transaction.commit()
    }
  }

  @Test func `an untouched journal is whole`() throws {
    #expect(try test.store.verifyChain().sequence == 6)
  }

  @Test func `the journal refuses to be edited`() {
    #expect(throws: SQLiteError.self) { try test.tamper("UPDATE journal SET actor = 'eve'") }
    #expect(throws: SQLiteError.self) { try test.tamper("DELETE FROM journal") }
  }

  @Test(arguments: [
    ("UPDATE journal SET actor = 'eve' WHERE sequence = 3", 3),
    ("UPDATE journal SET body = '{}' WHERE sequence = 4", 4),
    ("UPDATE journal SET at = at + 1 WHERE sequence = 2", 2),
    ("UPDATE journal SET event = 'unstopped' WHERE sequence = 5", 5),
    ("UPDATE journal SET subject = 's9' WHERE sequence = 6", 6),
    ("UPDATE journal SET seal = substr(seal, 2) || '0' WHERE sequence = 3", 3),
    ("DELETE FROM journal WHERE sequence = 3", 3),
    (
      "INSERT INTO journal SELECT 7, at, actor, event, subject, body, seal_key, seal FROM journal "
        + "WHERE sequence = 6", 7
    ),
  ])
  func `an altered journal is found, and the first wrong sequence named`(
    change: String, sequence: Int
  ) throws {
    try test.tamper(
      "DROP TRIGGER journal_no_update; DROP TRIGGER journal_no_delete; " + change)

    let fault = #expect(throws: Fault.self) { try test.store.verifyChain() }

    #expect(fault?.exit == .storage)
    #expect(fault?.message.hasPrefix("the journal is wrong at sequence \(sequence): ") == true)
  }

  @Test func `a journal sealed under another key does not verify`() throws {
    let other = String(repeating: "ab", count: 32)
    let path = test.home.sealKeyPath
    let id = try #require(
      try String(contentsOfFile: path, encoding: .utf8).split(separator: ":").first)
    try "\(id):\(other)\n".write(toFile: path, atomically: false, encoding: .utf8)
    try test.reopen()

    #expect(throws: Fault.self) { try test.store.verifyChain() }
  }
}
