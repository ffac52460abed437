import Audit
import Domain
import Foundation
import Journal
import Queue
import SQLite
import Support
import Testing

/// A journal that was cut, and copies of the database that were put back.
struct AgeTests {
  /// The last entry of every moment that was kept, oldest first.
  private static let ends = Result {
    try (0..<EventfulHome.ageCount()).map { age in
      try EventfulHome(age: age).open().journalHead()
    }
  }

  @Test func `the moments that are kept are different ones`() throws {
    let ends = try Self.ends.get().map(\.sequence)

    #expect(ends.count > 8)
    #expect(ends == ends.sorted() && Set(ends).count == ends.count)
  }

  @Test func `a tail of any length that is cut off is missed`() throws {
    let end = try #require(try Self.ends.get().last)
    for last in 1..<end.sequence {
      let home = try EventfulHome()
      try cut(home, after: last)

      let fault = #expect(throws: Fault.self) { try Audit(try home.open()).verify() }

      #expect(
        fault?.message.hasPrefix("the journal ends at \(last), but head says \(end.sequence): ")
          == true)
      #expect(try Sent.bySenders(in: home) == [], "cut after \(last)")
    }
  }

  @Test func `a cut tail is missed by the tables when head is cut with it`() throws {
    let end = try #require(try Self.ends.get().last)
    var others = 0
    // Behind all but the last of these money moved, and what the home has spent is everybody's.
    for last in try Self.ends.get().dropLast().map(\.sequence) + [end.sequence - 1] {
      let home = try EventfulHome()
      let touched = try batches(of: home, after: last)
      try cut(home, after: last)
      try writeHead(of: home, last)

      let fault = #expect(throws: Fault.self) { try Audit(try home.open()).verify() }
      let sent = try Sent.by(home)

      #expect(
        fault?.message.contains("no entry of the journal explains") == true
          || fault?.message.contains("its row says") == true, "\(String(describing: fault))")
      #expect(!touched.isEmpty)
      let untouched = try Sent.byUntouched.get()
      let allowed = untouched.filter { !touched.contains($0.job.batch.text) }
      #expect(sent.allSatisfy(allowed.contains), "cut after \(last): \(sent)")
      others += sent.count
    }
    #expect(others > 0)
    let home = try EventfulHome()
    try cut(home, after: end.sequence - 1)
    try "".write(toFile: home.home.headPath, atomically: false, encoding: .utf8)
    let fault = #expect(throws: Fault.self) { try Audit(try home.open()).verify() }
    #expect(fault?.message.hasSuffix("/head cannot be read") == true)
    #expect(try Sent.by(home) == [])
  }

  @Test func `an older copy of the database is missed by head`() throws {
    let ends = try Self.ends.get()
    let end = try #require(ends.last)
    for (age, older) in ends.enumerated().dropLast() {
      let home = try EventfulHome()
      for name in HomeFiles.database { try home.put(name, from: age) }

      let fault = #expect(throws: Fault.self) { try Audit(try home.open()).verify() }

      #expect(
        fault?.message.hasPrefix(
          "the journal ends at \(older.sequence), but head says \(end.sequence): ") == true)
      #expect(try Sent.by(home) == [])
    }
  }

  @Test func `an older copy of the database without head is not believed`() throws {
    for age in 0..<(try EventfulHome.ageCount()) {
      let home = try EventfulHome()
      for name in HomeFiles.database { try home.put(name, from: age) }
      try FileManager.default.removeItem(atPath: home.home.headPath)

      let fault = #expect(throws: Fault.self) { try Audit(try home.open()).verify() }

      #expect(fault?.message.contains("/head is missing: ") == true)
      #expect(try Sent.by(home) == [])
    }
  }

  /// Where no file tells, an end that was kept elsewhere does; and what was sent before is asked
  /// under the same idempotency keys.
  @Test func `an older copy of the whole home is missed by a kept end, and moves no money twice`()
    throws
  {
    let ends = try Self.ends.get()
    let end = try #require(ends.last)
    for (age, older) in ends.enumerated() {
      let home = try EventfulHome()
      for name in HomeFiles.database + ["seal.key", "head"] { try home.put(name, from: age) }
      let store = try home.open()

      #expect(try Audit(store).verify() == older)
      try store.require(try #require(ExpectedHead(older.description)))
      if older != end {
        let kept = try #require(ExpectedHead(end.description))
        let fault = #expect(throws: Fault.self) { try store.require(kept) }
        #expect(
          fault?.message.hasPrefix(
            "the journal ends at \(older.sequence), but --expect-head says \(end.sequence): ")
            == true)
      }
      _ = try Sent.by(home)
      let ledger = try SandboxLedger(path: home.home.sandboxPath)
      #expect(ledger.charges.values.allSatisfy { $0 == 1 }, "\(age): \(ledger.charges)")
    }
  }

  @Test func `another home's database under this home's files is not believed`() throws {
    let home = try EventfulHome()
    let other = try TestHome(seed: 7)
    for name in HomeFiles.database {
      let path = home.home.folder + "/" + name
      try? FileManager.default.removeItem(atPath: path)
      try FileManager.default.copyItem(atPath: other.home.folder + "/" + name, toPath: path)
    }

    let fault = #expect(throws: Fault.self) { try Audit(try home.open()).verify() }

    #expect(fault?.message.contains("seal.key does not hold the key") == true)
    #expect(try Sent.by(home) == [])
  }

  /// The batches that an entry behind this one is about.
  private func batches(of home: EventfulHome, after last: Int64) throws -> [String] {
    try Tampering.names(
      """
      SELECT id AS name
      FROM   batch
      WHERE  EXISTS (SELECT 1
                     FROM   journal
                     WHERE  sequence > \(last) AND instr(subject || body, batch.id) > 0)
      """, try home.connect())
  }

  private func cut(_ home: EventfulHome, after last: Int64) throws {
    try Tampering.apply("DELETE FROM journal WHERE sequence > \(last)", try home.connect())
  }

  /// Makes the file `head` one that was written when the journal had come so far.
  private func writeHead(of home: EventfulHome, _ last: Int64) throws {
    let seal = try Tampering.names(
      "SELECT seal AS name FROM journal WHERE sequence = \(last)", try home.connect())
    try "home_test \(last) \(seal.joined())\n".write(
      toFile: home.home.headPath, atomically: false, encoding: .utf8)
  }
}
