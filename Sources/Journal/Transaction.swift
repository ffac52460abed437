package import Domain
package import JSON
package import SQLite

/// One write transaction; dropped without `commit()`, it is rolled back.
package struct Transaction: ~Copyable {
  package let store: Store
  /// Which transaction, among all of this process.
  package let number: UInt64
  /// When it began, by this machine's clock; all that it writes happened at this instant.
  package let now: Timestamp

  init(store: Store, number: UInt64) {
    self.store = store
    self.number = number
    now = store.clock.now()
  }

  deinit { store.rollBack(number) }

  /// Runs one statement and says how many rows it changed.
  @discardableResult
  package func run(_ sql: String, _ parameters: Parameters) throws(Fault) -> Int {
    try store.run(sql, parameters)
  }

  /// Appends one sealed row to the journal: no entry, no effect.
  ///
  /// Throws `busy` when the home was rekeyed since this process opened it.
  @discardableResult
  package func append(
    _ event: JournalEvent, subject: String, _ body: JSONValue = [:]
  ) throws(Fault) -> JournalHead {
    let previous = try store.journalHead()
    guard previous.sealKey == nil || previous.sealKey == store.sealKey.id else {
      throw Fault(
        .busy, "the home was rekeyed while this ran", hint: "run the command again")
    }
    return try append(event, subject: subject, body, after: previous, under: store.sealKey)
  }

  func append(
    _ event: JournalEvent, subject: String, _ body: JSONValue, after previous: JournalHead,
    under key: SealKey
  ) throws(Fault) -> JournalHead {
    let (sequence, isOver) = previous.sequence.addingReportingOverflow(1)
    if isOver { throw .untrusted("the journal is wrong at sequence \(previous.sequence)") }
    let text = body.text
    let seal = key.seal(
      JournalEntry.sealed(
        after: previous.seal, sequence, now, store.actor, event.rawValue, subject, text, key.id))
    try run(
      """
      INSERT INTO journal (sequence, at, actor, event, subject, body, seal_key, seal)
      VALUES (:sequence, :at, :actor, :event, :subject, :body, :seal_key, :seal)
      """,
      [
        ":sequence": .integer(sequence), ":at": .integer(now.milliseconds),
        ":actor": .text(store.actor), ":event": .text(event.rawValue), ":subject": .text(subject),
        ":body": .text(text), ":seal_key": .text(key.id), ":seal": .text(seal),
      ])
    return JournalHead(sequence: sequence, seal: seal, sealKey: key.id)
  }

  /// Makes everything durable; throws `storage` when that cannot be known, and then nothing more
  /// may be sent.
  package consuming func commit() throws(Fault) -> Committed {
    try store.commit(number)
    return Committed(transaction: number)
  }
}
