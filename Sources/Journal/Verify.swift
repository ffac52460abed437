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

  /// The last event of a subject, and whether there is one.
  package func lastEvent(of subject: String) throws(Fault) -> JournalEntry? {
    try first(
      """
      SELECT *
      FROM   journal
      WHERE  subject = :subject
      ORDER  BY sequence DESC
      LIMIT  1
      """,
      [":subject": .text(subject)]
    ) { row throws(Fault) in JournalEntry(row: row) }
  }

  /// Recomputes the whole chain; throws `storage` naming the first sequence that is wrong.
  @discardableResult
  package func verifyChain() throws(Fault) -> JournalHead {
    var head = JournalHead(sequence: 0, seal: "")
    try forEachEntry { entry throws(Fault) in
      let expected = head.sequence + 1
      guard entry.sequence == expected else {
        throw .untrusted("the journal is wrong at sequence \(expected): an entry is missing")
      }
      let seal = sealKey.seal(
        JournalEntry.sealed(
          after: head.seal, entry.sequence, entry.at, entry.actor, entry.event, entry.subject,
          entry.body, entry.sealKey))
      guard entry.sealKey == sealKey.id,
        equalInConstantTime(Array(seal.utf8), Array(entry.seal.utf8))
      else {
        throw .untrusted("the journal is wrong at sequence \(expected): its seal does not match")
      }
      head = JournalHead(sequence: entry.sequence, seal: entry.seal)
    }
    guard head.sequence > 0 else { throw .untrusted("the journal is empty") }
    return head
  }
}
