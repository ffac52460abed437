package import Domain
internal import JSON
package import Journal

/// The kill switch: while it is on, nothing is claimed and nothing is sent again.
///
/// The journal itself is the switch, so that no row can be deleted to turn it off.
package struct StopSwitch {
  package let store: Store

  /// The batch that it stops; nil for every one of the home.
  private let batch: BatchID?

  /// The kill switch of a home, or of one of its batches.
  package init(_ store: Store, of batch: BatchID? = nil) {
    self.store = store
    self.batch = batch
  }

  /// The stop that keeps a batch from going on: the home's, or its own.
  package static func inForce(on batch: BatchID, _ store: Store) throws(Fault) -> Stop? {
    if let stop = try StopSwitch(store).current() { return stop }
    return try StopSwitch(store, of: batch).current()
  }

  /// The stop in force under this switch, if there is one.
  package func current() throws(Fault) -> Stop? {
    let entry = try store.lastEvent(of: subject)
    guard let entry, entry.event == JournalEvent.stopped.rawValue else { return nil }
    return Stop(entry, of: batch)
  }

  /// Stops the home or the batch: the next claim is refused.
  ///
  /// False when it was stopped before.
  package func stop(reason: String) throws(Fault) -> Bool {
    let transaction = try store.begin(withoutHead: true)
    guard try current() == nil else { return false }
    try transaction.append(.stopped, subject: subject, ["reason": .string(reason)])
    _ = try transaction.commit()
    return true
  }

  /// Lifts the stop; what was halted by it goes on when it is run by name.
  ///
  /// False when nothing was stopped.
  package func lift() throws(Fault) -> Bool {
    let transaction = try store.begin()
    guard try current() != nil else { return false }
    try transaction.append(.unstopped, subject: subject)
    _ = try transaction.commit()
    return true
  }

  /// What the entries are about: nothing else is journaled under this name.
  private var subject: String { "stop of \(batch?.text ?? store.facts.id)" }
}

/// A stop in force: who, when and why.
package struct Stop: Equatable, Sendable {
  /// The batch it stops; nil for every one of the home.
  package let batch: BatchID?
  package let reason: String
  package let by: String
  package let at: Timestamp

  init(_ entry: JournalEntry, of batch: BatchID?) {
    self.batch = batch
    reason = entry.fields?["reason"]?.string ?? ""
    by = entry.actor
    at = entry.at
  }

  /// "stopped by ana at 2026-11-22T10:00:00Z: wrong list".
  package var sentence: String { "stopped by \(by) at \(at): \(printable(reason))" }
}
