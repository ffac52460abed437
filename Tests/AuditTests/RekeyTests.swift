import Audit
import Domain
import Foundation
import Journal
import Queue
import Stripe
import Support
import Testing
import Vault

struct RekeyTests {
  private var random = SeededRandom(seed: 5)

  @Test func `after a rekey everything verifies, under a key before the old one`() throws {
    let home = try EventfulHome()
    let store = try home.open()
    let before = try home.keys()
    var random = self.random

    let key = try Audit(store).rekey(using: &random)

    let after = try home.keys()
    #expect(after == ["\(key)"] + before)
    let entry = try #require(try home.open().lastEvent(of: store.facts.id))
    #expect(entry.event == "rekeyed" && entry.sealKey == key)
    #expect(try Audit(try home.open()).verify().sequence == entry.sequence)
  }

  @Test func `two rekeys leave three keys and a home that works`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(4))
    try test.run(id, over: stripe, limit: 1)
    var random = self.random

    for limit in [1, 2] {
      _ = try Audit(test.store).rekey(using: &random)
      try test.reopen()
      try test.run(id, over: stripe, limit: limit)
    }

    #expect(try test.states(id) == [.charged, .charged, .charged, .charged])
    #expect(try Audit(test.store).verify() == test.store.journalHead())
  }

  @Test func `a job in doubt is asked for again under its old idempotency key`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2))
    let signals = TestSignals()
    stripe.onSend = { _ in
      signals.isInterrupted = true
      return .executed(.lost("reset"))
    }
    try test.run(id, over: stripe, signals: signals)
    stripe.onSend = { _ in .pass }
    var random = self.random

    _ = try Audit(test.store).rekey(using: &random)
    try test.reopen()
    try test.run(id, over: stripe)

    #expect(stripe.sends.map(\.job.number) == [1, 1, 2])
    #expect(stripe.sends[0].idempotencyKey == stripe.sends[1].idempotencyKey)
    #expect(try SandboxLedger(path: test.home.sandboxPath).total == 200)
  }

  @Test func `a job that is first claimed after a rekey gets the key it would have had`() throws {
    let keys = try [false, true].map { isRekeyed in
      let test = try TestHome()
      let stripe = try TestStripe(test)
      let id = try test.plan(PlannedJob.samples(1))
      var random = self.random
      if isRekeyed {
        _ = try Audit(test.store).rekey(using: &random)
        try test.reopen()
      }
      try test.run(id, over: stripe)
      return stripe.sends.map(\.idempotencyKey)
    }

    #expect(keys[0] == keys[1])
    #expect(keys[0].count == 1)
  }

  @Test func `a process that opened the home before a rekey writes nothing more`() throws {
    let test = try TestHome()
    let id = try test.submit(PlannedJob.samples(1))
    let old = test.store
    try test.reopen()
    var random = self.random
    _ = try Audit(test.store).rekey(using: &random)

    let fault = #expect(throws: Fault.self) {
      try StopSwitch(old, of: id).stop(reason: "late")
    }

    #expect(fault?.exit == .busy)
    #expect(fault?.message == "the home was rekeyed while this ran")
    try test.reopen()
    #expect(try Audit(test.store).verify() == test.store.journalHead())
  }

  @Test func `the old key cannot add to the journal after a rekey`() throws {
    let test = try TestHome()
    let copy = test.home.folder + "/stolen.key"
    try FileManager.default.copyItem(atPath: test.home.sealKeyPath, toPath: copy)
    let old = String(try String(contentsOfFile: copy, encoding: .utf8).prefix { $0 != ":" })
    let thief = test.store
    try test.reopen()
    var random = self.random
    let new = try Audit(test.store).rekey(using: &random)
    let head = try test.store.journalHead()
    try test.tamper(
      "DROP TRIGGER journal_no_update; UPDATE journal SET seal_key = '\(old)' WHERE sequence = 2")
    _ = try StopSwitch(thief).stop(reason: "forged")
    try test.tamper(
      """
      UPDATE journal SET seal_key = '\(new)' WHERE sequence = 2;
      CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
      BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
      """)
    try test.reopen()

    let fault = #expect(throws: Fault.self) { try test.store.verifyChain() }

    #expect(head.sequence == 2)
    #expect(fault?.message == "the journal is wrong at sequence 3: its key is out of use")
  }

  @Test func `a row whose seal is wrong keeps a rekey from changing anything`() throws {
    let home = try EventfulHome()
    try home.tamper("UPDATE vault_key SET seal = '00' WHERE rowid = 2")
    let store = try home.open()
    let head = try store.journalHead()
    var random = self.random

    let fault = #expect(throws: Fault.self) { try Audit(store).rekey(using: &random) }

    #expect(fault?.exit == .storage)
    #expect(fault?.message.hasSuffix("does not match its row; nothing was changed") == true)
    #expect(try home.open().journalHead() == head)
    try home.tamper(
      "UPDATE vault_key SET seal = (SELECT seal FROM vault_key WHERE rowid = 1) WHERE rowid = 2")
  }

  @Test func `a crash after the new key is in the file leaves a home that works`() throws {
    let home = try EventfulHome()
    var random = self.random
    try crash(try home.open(), using: &random)

    #expect(try home.keys().count == 2)
    #expect(try Audit(try home.open()).verify().sequence > 1)
    let key = try Audit(try home.open()).rekey(using: &random)
    #expect(try home.keys().first == key)
    #expect(try home.keys().count == 3)
    #expect(try Audit(try home.open()).verify().sequence > 1)
  }

  @Test func `a home from a backup works with a seal key that was added to since`() throws {
    let home = try EventfulHome()
    let backup = try EventfulHome()
    var random = self.random
    _ = try Audit(try home.open()).rekey(using: &random)

    try FileManager.default.removeItem(atPath: backup.home.sealKeyPath)
    try FileManager.default.copyItem(
      atPath: home.home.sealKeyPath, toPath: backup.home.sealKeyPath)

    #expect(try Audit(try backup.open()).verify() == backup.open().journalHead())
  }

  @Test func `a home without its newest key says which one is missing`() throws {
    let home = try EventfulHome()
    let old = try String(contentsOfFile: home.home.sealKeyPath, encoding: .utf8)
    var random = self.random
    let key = try Audit(try home.open()).rekey(using: &random)
    try old.write(toFile: home.home.sealKeyPath, atomically: false, encoding: .utf8)

    let fault = #expect(throws: Fault.self) { try home.open() }

    #expect(fault?.exit == .storage)
    #expect(fault?.message.contains(key) == true)
  }

  @Test func `a rekey waits for no run: it is refused`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2))
    let other = try TestHome.second(of: test)
    var faults: [Fault?] = []
    stripe.onSend = { _ in
      var random = SeededRandom(seed: 5)
      do throws(Fault) {
        _ = try Audit(other.store).rekey(using: &random)
        faults.append(nil)
      } catch {
        faults.append(error)
      }
      return .pass
    }

    try test.run(id, over: stripe)

    #expect(faults.map { $0?.exit } == [.busy, .busy])
    #expect(try test.states(id) == [.charged, .charged])
    #expect(
      try String(contentsOfFile: test.home.sealKeyPath, encoding: .utf8).split(separator: "\n")
        .count == 1)
  }

  /// What a rekey does before its transaction ends, and no more.
  private func crash(_ store: Store, using random: inout SeededRandom) throws {
    let transaction = try store.begin()
    _ = try transaction.addSealKey(using: &random)
  }
}

extension EventfulHome {
  /// The ids in `seal.key`, in their order.
  fileprivate func keys() throws -> [String] {
    try String(contentsOfFile: home.sealKeyPath, encoding: .utf8).split(separator: "\n")
      .compactMap { $0.split(separator: ":").first.map(String.init) }
  }
}
