package import Domain
internal import JSON
package import Journal
internal import SQLite

/// The kill switch: while it is on, nothing is claimed and nothing is sent again.
package struct StopSwitch {
  package let store: Store

  /// The kill switch of a home.
  package init(_ store: Store) { self.store = store }

  /// The stop in force, if there is one.
  package func current() throws(Fault) -> Stop? {
    try store.first(
      "SELECT reason, stopped_by, stopped_at FROM stop WHERE lifted_at IS NULL ORDER BY id LIMIT 1"
    ) { row throws(Fault) in Stop(row: row) }
  }

  /// Stops everything; the next claim of every worker is refused.
  ///
  /// False when it was stopped before.
  package func stop(reason: String) throws(Fault) -> Bool {
    let transaction = try store.begin()
    guard try current() == nil else { return false }
    try transaction.run(
      "INSERT INTO stop (reason, stopped_by, stopped_at) VALUES (:reason, :by, :now)",
      [
        ":reason": .text(reason), ":by": .text(store.actor),
        ":now": .integer(store.clock.now().milliseconds),
      ])
    try transaction.append(.stopped, subject: store.facts.id, ["reason": .string(reason)])
    _ = try transaction.commit()
    return true
  }

  /// Lifts the stop; what was halted by it goes on when it is run by name.
  ///
  /// False when none was on.
  package func lift() throws(Fault) -> Bool {
    let transaction = try store.begin()
    let lifted = try transaction.run(
      "UPDATE stop SET lifted_by = :by, lifted_at = :now WHERE lifted_at IS NULL",
      [":by": .text(store.actor), ":now": .integer(store.clock.now().milliseconds)])
    guard lifted > 0 else { return false }
    try transaction.append(.unstopped, subject: store.facts.id)
    _ = try transaction.commit()
    return true
  }
}

/// A stop in force: who, when and why.
package struct Stop: Equatable, Sendable {
  package let reason: String
  package let by: String
  package let at: Timestamp

  init(row: borrowing Row) {
    reason = row.text("reason")
    by = row.text("stopped_by")
    at = Timestamp(milliseconds: row.integer("stopped_at"))
  }

  /// "stopped by ana at 2026-11-22T10:00:00Z: wrong list".
  package var sentence: String { "stopped by \(by) at \(at): \(printable(reason))" }
}
