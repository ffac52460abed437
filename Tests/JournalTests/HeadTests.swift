import Domain
import Foundation
import JSON
import Journal
import Queue
import SQLite
import Stripe
import Support
import Testing
import Vault

struct HeadTests {
  private let test: TestHome

  init() throws { test = try TestHome() }

  @Test func `a home has a private head from its beginning, and each commit brings it up`() throws {
    let facts = try FileManager.default.attributesOfItem(atPath: test.home.headPath)
    let first = try String(contentsOfFile: test.home.headPath, encoding: .utf8)
    try append(3)
    let head = try test.store.journalHead()

    #expect((facts[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    #expect(first.hasPrefix("home_test 1 "))
    #expect(head.sequence == 4)
    #expect(
      try String(contentsOfFile: test.home.headPath, encoding: .utf8)
        == "home_test 4 \(head.seal)\n")
  }

  @Test func `entries that were cut off are missed, and nothing is written`() throws {
    try append(5)
    try cut(after: 4)
    try test.reopen()

    let fault = #expect(throws: Fault.self) { try test.store.checkHead() }

    #expect(fault?.exit == .storage)
    #expect(
      fault?.message
        == "the journal ends at 4, but head says 6: entries were cut off, or an older copy of the "
        + "database was put back")
    #expect(fault?.hint?.contains("sluice journal head --accept") == true)
    #expect(throws: Fault.self) { try append(1) }
    #expect(try test.store.journalHead().sequence == 4)
  }

  @Test func `a stop and a revocation are written although head is missing`() throws {
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2))
    try test.run(id, over: stripe, limit: 1)
    let key = try #require(try test.vault.keys(of: id).first)
    try FileManager.default.removeItem(atPath: test.home.headPath)
    try test.reopen()

    #expect(try StopSwitch(test.store).stop(reason: "now"))
    #expect(try test.vault.revoke(key, reason: "now").revokedAt != nil)

    #expect(!FileManager.default.fileExists(atPath: test.home.headPath))
    #expect(try StopSwitch(test.store).current()?.reason == "now")
    try test.reopen()
    #expect(throws: Fault.self) { try StopSwitch(test.store).lift() }
    #expect(throws: Fault.self) { try test.run(id, over: stripe) }
    #expect(stripe.sends.count == 1)
  }

  @Test func `an older copy of the database is found, even when it has grown since`() throws {
    try append(2)
    let older = try copy()
    try append(2)
    let newest = try Data(contentsOf: URL(fileURLWithPath: test.home.headPath))
    defer { try? FileManager.default.removeItem(atPath: older.folder) }

    try newest.write(to: URL(fileURLWithPath: older.headPath))
    let put = #expect(throws: Fault.self) { try append(1, to: try open(older)) }
    try FileManager.default.removeItem(atPath: older.headPath)
    _ = try open(older).acceptHead(reason: "for a while")
    try append(3, to: try open(older))
    try newest.write(to: URL(fileURLWithPath: older.headPath))
    let grown = #expect(throws: Fault.self) { try append(1, to: try open(older)) }

    #expect(put?.message.hasPrefix("the journal ends at 3, but head says 5: ") == true)
    #expect(
      grown?.message.hasPrefix("the journal's entry 5 is not the one that head names") == true)
  }

  @Test func `a head that is gone or of another home is missed`() throws {
    let path = test.home.headPath
    let head = try String(contentsOfFile: path, encoding: .utf8)
    try head.replacingOccurrences(of: "home_test", with: "home_2")
      .write(toFile: path, atomically: false, encoding: .utf8)
    let other = #expect(throws: Fault.self) { try append(1) }
    try "nonsense\n".write(toFile: path, atomically: false, encoding: .utf8)
    let unreadable = #expect(throws: Fault.self) { try append(1) }
    try FileManager.default.removeItem(atPath: path)
    let gone = #expect(throws: Fault.self) { try append(1) }

    #expect(other?.message == "head is about the home \"home_2\", and this is home_test")
    #expect(unreadable?.message == "\(path) cannot be read")
    #expect(
      gone?.message == "\(path) is missing: nothing tells whether entries were cut off")
    #expect([other, unreadable, gone].allSatisfy { $0?.exit == .storage })
    #expect(try test.store.journalHead().sequence == 1)
  }

  @Test func `head never goes back`() throws {
    try append(3)
    let other = try Store(home: test.home, clock: test.clock, actor: "ben")
    other.writesHead = .whenTold
    try append(1, to: other)
    try append(1)
    let before = try String(contentsOfFile: test.home.headPath, encoding: .utf8)

    try other.writeHead()

    #expect(before.hasPrefix("home_test 6 "))
    #expect(try String(contentsOfFile: test.home.headPath, encoding: .utf8) == before)
  }

  @Test func `a store that writes head when told leaves it until then`() throws {
    test.store.writesHead = .whenTold
    try append(3)
    let before = try test.store.recordedHead()?.head.sequence
    try test.store.writeHead()

    #expect(before == 1)
    #expect(try test.store.recordedHead()?.head == test.store.journalHead())
  }

  @Test func `what is committed is told as done although head cannot be written`() throws {
    try FileManager.default.createDirectory(
      atPath: test.home.headPath + ".new", withIntermediateDirectories: false)

    let fault = #expect(throws: Fault.self) { try append(1) }

    #expect(try test.store.journalHead().sequence == 2)
    #expect(fault?.exit == .storage)
    #expect(fault?.message.hasPrefix("it is done and in the journal, but ") == true)
    #expect(fault?.hint?.hasPrefix("do not repeat it; ") == true)
  }

  @Test func `a person's word takes a cut journal as it is, and both ends are journaled`() throws {
    try append(5)
    let lost = try test.store.journalHead()
    try cut(after: 4)
    try test.reopen()
    let kept = try test.store.journalHead()

    let head = try test.store.acceptHead(reason: "backup of Monday")

    try test.reopen()
    try append(1)
    let entry = try #require(try test.store.lastEvent(of: "home_test"))
    #expect(head.sequence == 5)
    #expect(entry.event == "head_accepted")
    #expect(entry.fields?["head"]?.string == "6:\(lost.seal)")
    #expect(entry.fields?["journal"]?.string == "4:\(kept.seal)")
    #expect(entry.fields?["reason"]?.string == "backup of Monday")
    #expect(try test.store.verifyChain().sequence == 6)
  }

  @Test func `a journal that is wrong in itself is not taken by anyone's word`() throws {
    try append(3)
    try test.tamper("DROP TRIGGER journal_no_update; UPDATE journal SET actor = 'eve'")
    try FileManager.default.removeItem(atPath: test.home.headPath)

    #expect(throws: Fault.self) { try test.store.acceptHead(reason: "trust me") }
    #expect(!FileManager.default.fileExists(atPath: test.home.headPath))
  }

  private func append(_ count: Int, to store: Store? = nil) throws {
    for _ in 0..<count {
      let transaction = try (store ?? test.store).begin()
      try transaction.append(.stopped, subject: "x")
      _ = try transaction.commit()
    }
  }

  private func cut(after sequence: Int) throws {
    try test.tamper(
      """
      DROP TRIGGER journal_no_delete;
      DELETE FROM journal WHERE sequence > \(sequence);
      CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
      BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
      """)
  }

  /// A copy of the home as it is now, in another folder.
  private func copy() throws -> Home {
    let home = Home(folder: test.home.folder + "-copy")
    try FileManager.default.createDirectory(
      atPath: home.folder + "/locks", withIntermediateDirectories: true)
    for name in ["sluice.db", "sluice.db-wal", "seal.key", "head"] {
      try FileManager.default.copyItem(
        atPath: test.home.folder + "/" + name, toPath: home.folder + "/" + name)
    }
    return home
  }

  private func open(_ home: Home) throws -> Store {
    try Store(home: home, clock: test.clock, actor: "ana")
  }
}

struct ExpectedHeadTests {
  @Test func `an end of the journal that was kept is found in it`() throws {
    let test = try TestHome()
    let kept = try test.store.journalHead()
    _ = try StopSwitch(test.store).stop(reason: "x")

    for text in [kept.description, "1:\(kept.seal)", "1:\(kept.seal.prefix(40))"] {
      try test.store.require(try #require(ExpectedHead(text)))
    }
  }

  @Test func `a journal that was cut or written anew does not hold it`() throws {
    let test = try TestHome()
    let kept = try test.store.journalHead()

    let cut = #expect(throws: Fault.self) {
      try test.store.require(try #require(ExpectedHead("2:\(kept.seal)")))
    }
    let other = #expect(throws: Fault.self) {
      try test.store.require(try #require(ExpectedHead("1:0000000000000000")))
    }

    #expect(cut?.exit == .storage)
    #expect(cut?.message.hasPrefix("the journal ends at 1, but --expect-head says 2: ") == true)
    #expect(other?.message.hasPrefix("the journal's entry 1 is not the one that ") == true)
  }

  @Test(arguments: [
    "", "1", "1:", ":0123456789abcdef", "1:0123456789abcde", "1:0123456789ABCDEF",
    "0:0123456789abcdef", "-1:0123456789abcdef", "+1:0123456789abcdef", "1:0123456789abcdeg",
    "1:0123456789abcdef:", " 1:0123456789abcdef",
    "1:" + String(repeating: "0", count: 65),
  ])
  func `what is no end of a journal is refused`(_ text: String) {
    #expect(ExpectedHead(text) == nil)
  }
}
