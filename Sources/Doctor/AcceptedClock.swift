package import Domain
internal import JSON
package import Journal
internal import SQLite

/// What people have accepted of a clock that was ahead and is right again.
package struct AcceptedClock {
  package let store: Store

  /// The clock of a home's machine.
  package init(_ store: Store) { self.store = store }

  /// The latest time that an entry bears which nobody has accepted; nil where that is no later than
  /// now, give or take what clocks may differ by.
  package func ahead(tolerance: Milliseconds) throws(Fault) -> Timestamp? {
    let latest = try store.first(
      """
      SELECT max(at) AS at
      FROM   journal
      WHERE  sequence > (SELECT coalesce(max(sequence), 0)
                         FROM   journal
                         WHERE  event = 'clock_accepted')
      """
    ) { row throws(Fault) in row.optionalInteger("at").map(Timestamp.init(milliseconds:)) }
    guard let latest = latest ?? nil, latest.since(store.clock.now()) > tolerance else {
      return nil
    }
    return latest
  }

  /// Accepts such times as they are: the doctor does not tell of them any more.
  ///
  /// Nothing else changes: no approval or key ends sooner or later for it.
  package func accept(_ ahead: Timestamp) throws(Fault) {
    let transaction = try store.begin()
    try transaction.append(
      .clockAccepted, subject: store.facts.id,
      ["ahead_until_ms": .integer(ahead.milliseconds)])
    _ = try transaction.commit()
  }
}
