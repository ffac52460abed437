package import Domain
internal import SQLite

/// Reading the journal back.
extension Store {
  /// The last entry's sequence and seal; sequence 0 before the first.
  package func journalHead() throws(Fault) -> JournalHead {
    try first("SELECT sequence, seal, seal_key FROM journal ORDER BY sequence DESC LIMIT 1") {
      row throws(Fault) in
      JournalHead(
        sequence: row.integer("sequence"), seal: row.text("seal"), sealKey: row.text("seal_key"))
    } ?? .beginning
  }

  /// The seal of one entry; nil when there is no such entry.
  func seal(at sequence: Int64) throws(Fault) -> String? {
    try first(
      "SELECT seal FROM journal WHERE sequence = :sequence", [":sequence": .integer(sequence)]
    ) { row throws(Fault) in row.text("seal") }
  }

  /// Gives every entry after a sequence to `body`, oldest first.
  package func forEachEntry(
    after sequence: Int64 = 0, _ body: (JournalEntry) throws(Fault) -> Void
  ) throws(Fault) {
    try forEach(
      "SELECT * FROM journal WHERE sequence > :after ORDER BY sequence",
      [":after": .integer(sequence)]
    ) { row throws(Fault) in try body(JournalEntry(row: row)) }
  }

  /// The last entry of a subject, nil when there is none; throws `storage` when its seal is wrong.
  package func lastEvent(of subject: String) throws(Fault) -> JournalEntry? {
    let entry = try first(
      """
      SELECT *
      FROM   journal
      WHERE  subject = :subject
      ORDER  BY sequence DESC
      LIMIT  1
      """,
      [":subject": .text(subject)]
    ) { row throws(Fault) in JournalEntry(row: row) }
    return try entry.map(checked)
  }

  /// The last entry of a subject that is one of these events.
  package func lastEvent(
    of subject: String, among events: [JournalEvent]
  ) throws(Fault) -> JournalEntry? {
    var last: JournalEntry?
    try forEachUnchecked(of: subject, among: events) { entry throws(Fault) in last = entry }
    return try last.map(checked)
  }

  /// Every entry of a subject that is one of these events, oldest first; small sets only.
  package func events(
    of subject: String, among events: [JournalEvent]
  ) throws(Fault) -> [JournalEntry] {
    var entries: [JournalEntry] = []
    try forEachEvent(of: subject, among: events) { entry throws(Fault) in entries.append(entry) }
    return entries
  }

  /// Gives every entry of a subject that is one of these events to `body`, oldest first, once its
  /// seal is found to be right.
  package func forEachEvent(
    of subject: String, among events: [JournalEvent],
    _ body: (JournalEntry) throws(Fault) -> Void
  ) throws(Fault) {
    try forEachUnchecked(of: subject, among: events) { entry throws(Fault) in
      try body(try checked(entry))
    }
  }

  private func forEachUnchecked(
    of subject: String, among events: [JournalEvent],
    _ body: (JournalEntry) throws(Fault) -> Void
  ) throws(Fault) {
    try forEach(
      "SELECT * FROM journal WHERE subject = :subject ORDER BY sequence",
      [":subject": .text(subject)]
    ) { row throws(Fault) in
      let entry = JournalEntry(row: row)
      if events.contains(where: { $0.rawValue == entry.event }) { try body(entry) }
    }
  }

  /// The entry itself, once its seal is found to be right.
  private func checked(_ entry: JournalEntry) throws(Fault) -> JournalEntry {
    let previous = try seal(at: entry.sequence &- 1)
    guard isSealed(entry, after: previous ?? "", under: try sealKeys.key(entry.sealKey)) else {
      throw .untrusted("the journal is wrong at sequence \(entry.sequence)")
    }
    return entry
  }

  private func isSealed(
    _ entry: JournalEntry, after previous: String, under key: SealKey
  ) -> Bool {
    let seal = key.seal(
      JournalEntry.sealed(
        after: previous, entry.sequence, entry.at, entry.actor, entry.event, entry.subject,
        entry.body, entry.sealKey))
    return entry.sealKey == key.id
      && equalInConstantTime(Array(seal.utf8), Array(entry.seal.utf8))
  }

  /// Recomputes the chain from its beginning or from an entry that is known to be right.
  ///
  /// Gives each entry to `body` once it is found to be right.
  ///
  /// The key changes only where an entry says that the home was rekeyed, and never back: whoever
  /// has an older key cannot add to the journal. Throws `storage` naming the first sequence that
  /// is wrong.
  @discardableResult
  package func verifyChain(
    after known: JournalHead = .beginning, _ body: (JournalEntry) throws(Fault) -> Void = { _ in }
  ) throws(Fault) -> JournalHead {
    var head = known
    var keys = KeyChain(known.sealKey)
    try forEachEntry(after: known.sequence) { entry throws(Fault) in
      let expected = head.sequence + 1
      guard entry.sequence == expected else {
        throw .untrusted("the journal is wrong at sequence \(expected): an entry is missing")
      }
      guard keys.take(entry) else {
        throw .untrusted("the journal is wrong at sequence \(expected): its key is out of use")
      }
      guard isSealed(entry, after: head.seal, under: try sealKeys.key(entry.sealKey)) else {
        throw .untrusted("the journal is wrong at sequence \(expected): its seal does not match")
      }
      head = JournalHead(entry)
      try body(entry)
    }
    guard head.sequence > 0 else { throw .untrusted("the journal is empty") }
    guard head.sealKey == sealKey.id else {
      throw .untrusted("the journal ends under another seal key than the home's")
    }
    return head
  }
}

/// The keys that a journal was sealed with, one after another.
private struct KeyChain {
  private var current: String?
  private var earlier: Set<String> = []

  init(_ current: String?) { self.current = current }

  /// Takes the key of the next entry; false when it may not be sealed with it.
  mutating func take(_ entry: JournalEntry) -> Bool {
    defer { current = entry.sealKey }
    guard let current, entry.sealKey != current else { return true }
    earlier.insert(current)
    return entry.event == JournalEvent.rekeyed.rawValue && !earlier.contains(entry.sealKey)
  }
}
