package import Domain
internal import SQLite

/// Reading the journal back.
extension Store {
  /// The last entry's sequence and seal; sequence 0 before the first.
  package func journalHead() throws(Fault) -> JournalHead {
    try first("SELECT sequence, seal FROM journal ORDER BY sequence DESC LIMIT 1") {
      row throws(Fault) in
      JournalHead(sequence: row.integer("sequence"), seal: row.text("seal"))
    } ?? JournalHead(sequence: 0, seal: "")
  }

  /// Gives every entry to `body`, oldest first.
  package func forEachEntry(
    _ body: (JournalEntry) throws(Fault) -> Void
  ) throws(Fault) {
    try forEach("SELECT * FROM journal ORDER BY sequence") { row throws(Fault) in
      try body(JournalEntry(row: row))
    }
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
    try forEach(
      "SELECT * FROM journal WHERE subject = :subject ORDER BY sequence",
      [":subject": .text(subject)]
    ) { row throws(Fault) in
      let entry = JournalEntry(row: row)
      if events.contains(where: { $0.rawValue == entry.event }) { last = entry }
    }
    return try last.map(checked)
  }

  /// The entry itself, once its seal is found to be right.
  private func checked(_ entry: JournalEntry) throws(Fault) -> JournalEntry {
    let previous = try first(
      "SELECT seal FROM journal WHERE sequence = :sequence",
      [":sequence": .integer(entry.sequence - 1)]
    ) { row throws(Fault) in row.text("seal") }
    guard isSealed(entry, after: previous ?? "") else {
      throw .untrusted("the journal is wrong at sequence \(entry.sequence)")
    }
    return entry
  }

  private func isSealed(_ entry: JournalEntry, after previous: String) -> Bool {
    let seal = sealKey.seal(
      JournalEntry.sealed(
        after: previous, entry.sequence, entry.at, entry.actor, entry.event, entry.subject,
        entry.body, entry.sealKey))
    return entry.sealKey == sealKey.id
      && equalInConstantTime(Array(seal.utf8), Array(entry.seal.utf8))
  }

  /// Recomputes the whole chain, giving each entry to `body` once it is found to be right.
  ///
  /// Throws `storage` naming the first sequence that is wrong.
  @discardableResult
  package func verifyChain(
    _ body: (JournalEntry) throws(Fault) -> Void = { _ in }
  ) throws(Fault) -> JournalHead {
    var head = JournalHead(sequence: 0, seal: "")
    try forEachEntry { entry throws(Fault) in
      let expected = head.sequence + 1
      guard entry.sequence == expected else {
        throw .untrusted("the journal is wrong at sequence \(expected): an entry is missing")
      }
      guard isSealed(entry, after: head.seal) else {
        throw .untrusted("the journal is wrong at sequence \(expected): its seal does not match")
      }
      head = JournalHead(sequence: entry.sequence, seal: entry.seal)
      try body(entry)
    }
    guard head.sequence > 0 else { throw .untrusted("the journal is empty") }
    return head
  }
}
