package import Domain
package import JSON
package import SQLite

/// One write transaction; dropped without `commit()`, it is rolled back.
package struct Transaction: ~Copyable {
  package let store: Store
  /// Which transaction, among all of this process.
  package let number: UInt64

  init(store: Store, number: UInt64) {
    self.store = store
    self.number = number
  }

  deinit { store.rollBack(number) }

  /// Runs one statement and says how many rows it changed.
  @discardableResult
  package func run(_ sql: String, _ parameters: Parameters) throws(Fault) -> Int {
    try store.run(sql, parameters)
  }

  /// Appends one sealed row to the journal: no entry, no effect.
  @discardableResult
  package func append(
    _ event: JournalEvent, subject: String, _ body: JSONValue = [:]
  ) throws(Fault) -> JournalHead {
    let previous = try store.journalHead()
    let sequence = previous.sequence + 1
    let at = store.clock.now()
    let text = body.text
    let seal = store.sealKey.seal(
      JournalEntry.sealed(
        after: previous.seal, sequence, at, store.actor, event.rawValue, subject, text,
        store.sealKey.id))
    try run(
      """
      INSERT INTO journal (sequence, at, actor, event, subject, body, seal_key, seal)
      VALUES (:sequence, :at, :actor, :event, :subject, :body, :seal_key, :seal)
      """,
      [
        ":sequence": .integer(sequence), ":at": .integer(at.milliseconds),
        ":actor": .text(store.actor), ":event": .text(event.rawValue), ":subject": .text(subject),
        ":body": .text(text), ":seal_key": .text(store.sealKey.id), ":seal": .text(seal),
      ])
    return JournalHead(sequence: sequence, seal: seal)
  }

  /// Makes everything durable; throws `storage` when that cannot be known, and then nothing more
  /// may be sent.
  package consuming func commit() throws(Fault) -> Committed {
    try store.commit(number)
    return Committed(transaction: number)
  }
}
