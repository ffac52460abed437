package import Domain
internal import JSON
internal import System

/// What the file `head` says: how far the journal of a home had come when it was last written.
///
/// It lies beside `seal.key`, outside the database, so that a journal whose end was cut off, and a
/// database put back from an older copy, are found.
package struct RecordedHead: Equatable, Sendable {
  package let home: String
  package let head: JournalHead

  /// One line: the home's id, the last sequence and its seal.
  var line: String { "\(home) \(head.sequence) \(head.seal)\n" }

  init(home: String, head: JournalHead) {
    self.home = home
    self.head = head
  }

  init?(text: String) {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard words.count == 3, let sequence = Int64(words[1]), sequence > 0, words[2].count == 64
    else { return nil }
    self.init(home: String(words[0]), head: JournalHead(sequence: sequence, seal: String(words[2])))
  }
}

extension Store {
  /// What the file `head` says; nil when there is none.
  package func recordedHead() throws(Fault) -> RecordedHead? {
    let content: [UInt8]?
    do {
      guard try Files.facts(of: home.headPath) != nil else { return nil }
      content = try Files.read(home.headPath, limit: 1000)
    } catch {
      throw Fault(error, path: home.headPath)
    }
    guard let recorded = RecordedHead(text: String(decoding: content ?? [], as: UTF8.self)) else {
      throw Self.disputed("\(home.headPath) cannot be read")
    }
    return recorded
  }

  /// Throws `storage` unless the journal holds what the file `head` says.
  package func checkHead() throws(Fault) {
    guard let recorded = try recordedHead() else {
      throw Self.disputed("\(home.headPath) is missing: nothing tells whether entries were cut off")
    }
    if let dispute = try dispute(of: recorded) { throw Self.disputed(dispute) }
  }

  /// Brings the file `head` up to the journal's end, durably; it never goes back.
  package func writeHead() throws(Fault) {
    let lock = try lockHead()
    defer { lock.unlock() }
    try checkHead()
    let recorded = try recordedHead()
    let head = try journalHead()
    guard head.sequence > recorded?.head.sequence ?? 0 else { return }
    try record(head)
  }

  /// Writes the file `head` anew, whatever it said; the caller has a person's word for it.
  package func overwriteHead() throws(Fault) {
    let lock = try lockHead()
    defer { lock.unlock() }
    try record(try journalHead())
  }

  /// Takes the journal as it is, for a reason that a person gives, and writes `head` anew.
  ///
  /// Both ends are journaled. Throws `storage` when the journal itself is wrong.
  package func acceptHead(reason: String) throws(Fault) -> JournalHead {
    let recorded = try? recordedHead()
    let found = try verifyChain()
    isHeadChecked = true
    writesHead = .whenTold
    let transaction = try begin()
    let head = try transaction.append(
      .headAccepted, subject: facts.id,
      [
        "journal": .string("\(found.sequence):\(found.seal)"),
        "head_home": .optional(recorded?.home),
        "head": .optional(recorded.map { "\($0.head.sequence):\($0.head.seal)" }),
        "reason": .string(reason),
      ])
    _ = try transaction.commit()
    try overwriteHead()
    return head
  }

  /// Lets what takes leave away be added to a journal that the file `head` disputes.
  ///
  /// The file stays as it is: it disputes the longer journal as well, until a person accepts that.
  package func writeBehindHead() {
    isHeadChecked = true
    writesHead = .whenTold
  }

  private func record(_ head: JournalHead) throws(Fault) {
    do throws(Fault) {
      let file = try OutputFile(path: home.headPath)
      try file.write(RecordedHead(home: facts.id, head: head).line)
      try file.finish()
    } catch {
      throw Fault(
        .storage, error.message,
        hint: "the journal is written up to \(head); make room or check the folder's mode")
    }
  }

  private func lockHead() throws(Fault) -> FileLock {
    do {
      let lock = try FileLock(path: home.headLockPath)
      try lock.lock(.exclusive)
      return lock
    } catch {
      throw Fault(error, path: home.headLockPath)
    }
  }

  /// Why the journal is not the one that was recorded, in a sentence; nil when it is.
  private func dispute(of recorded: RecordedHead) throws(Fault) -> String? {
    guard recorded.home == facts.id else {
      return "head is about the home \(quoted(recorded.home)), and this is \(facts.id)"
    }
    return try dispute(of: recorded.head.sequence, seal: recorded.head.seal, saidBy: "head")
  }

  /// Why the journal does not hold an entry with a seal that begins so, in a sentence; nil when it
  /// does.
  func dispute(
    of sequence: Int64, seal: String, saidBy witness: String
  ) throws(Fault) -> String? {
    let end = try journalHead().sequence
    guard end >= sequence else {
      return "the journal ends at \(end), but \(witness) says \(sequence): entries were cut off, "
        + "or an older copy of the database was put back"
    }
    guard try self.seal(at: sequence)?.hasPrefix(seal) == true else {
      return "the journal's entry \(sequence) is not the one that \(witness) names: it was written "
        + "anew, or another copy of the database was put back"
    }
    return nil
  }

  static func disputed(_ message: String) -> Fault {
    Fault(
      .storage, message,
      hint: "put the newest copy of the home back; if there is none, look at Stripe with "
        + "`sluice doctor --restored`, then say that the journal is right with "
        + "`sluice journal head --accept --reason TEXT`")
  }
}

/// An end of the journal that somebody kept, as reports print it.
package struct ExpectedHead: Equatable, Sendable {
  let sequence: Int64
  let seal: String

  /// Reads `1712:9f3c0a5be1d2c4f7`, with 16 digits of the seal or more; nil when it is anything
  /// else.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let sequence = Int64(parts[0]), sequence > 0, (16...64).contains(parts[1].utf8.count),
      parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else { return nil }
    self.sequence = sequence
    seal = String(parts[1])
  }
}

extension Store {
  /// Throws `storage` unless the journal holds an entry that somebody kept.
  package func require(_ expected: ExpectedHead) throws(Fault) {
    let dispute = try dispute(
      of: expected.sequence, seal: expected.seal, saidBy: "--expect-head")
    if let dispute { throw .untrusted(dispute) }
  }
}
