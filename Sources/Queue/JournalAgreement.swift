package import Domain
internal import JSON
package import Journal

/// Whether the rows say what the journal says; a state edited by hand is not believed.
extension JobQueue {
  /// Whether the last entry that moved the batch leads to the state it is in, seen at one moment.
  ///
  /// Throws `busy` when a person has decided about the batch since it was read.
  package func journalAgrees(with batch: Batch) throws(Fault) -> Bool {
    let moves = JournalEvent.allCases.filter { Self.state(after: $0) != nil }
    let (state, entry) = try store.snapshot { () throws(Fault) in
      (try self.batch(batch.id).state, try store.lastEvent(of: batch.id.text, among: moves))
    }
    guard state == batch.state else {
      throw Fault(
        .busy, "\(batch.id) changed while this command ran",
        hint: "look at it with `sluice show`, then try again")
    }
    return entry.flatMap { JournalEvent(rawValue: $0.event) }.flatMap(Self.state) == state
  }

  /// Whether the job's last entry allows it to be claimed: none, or one that says that nothing was
  /// executed.
  package func journalAllowsClaim(of job: JobID) throws(Fault) -> Bool {
    guard let entry = try store.lastEvent(of: job.description) else { return true }
    let outcome = try? JSONReader.read(Array(entry.body.utf8))["outcome"]?.string
    return entry.event == JournalEvent.settled.rawValue
      && outcome == JobOutcome.notExecuted.rawValue
  }

  /// The digest that the journal gives a batch under one of these events, the last of them.
  package func journaledDigest(
    of batch: BatchID, _ events: [JournalEvent]
  ) throws(Fault) -> String? {
    try store.lastEvent(of: batch.text, among: events)?.fields?["digest"]?.string
  }

  /// Who submitted a batch, and everybody who amended it, as the journal has them.
  package func journaledPlanners(of batch: BatchID) throws(Fault) -> [Person] {
    try store.events(of: batch.text, among: [.submitted, .amended]).map(\.person)
  }

  /// Whether a billing run gathered a batch from its job file's source, and nobody handed it in.
  package func wasGathered(_ batch: BatchID) throws(Fault) -> Bool {
    let submitted = try store.lastEvent(of: batch.text, among: [.submitted])
    return submitted?.fields?["gathered"]?.bool == true
  }

  /// The state that a batch is in after an entry; nil for an entry that is about something else.
  package static func state(after event: JournalEvent) -> BatchState? {
    switch event {
    case .submitted, .amended, .approvalExpired: .submitted
    case .approved: .approved
    case .started: .running
    case .halted: .halted
    case .finished: .finished
    case .rejected: .rejected
    case .cancelled: .cancelled
    case .homeCreated, .planned, .discarded, .approvalGiven, .approverAdded, .approverRemoved,
      .standingApproved, .standingWithdrawn, .keyIssued, .keyRevoked, .claimed, .resent, .settled,
      .resolved, .notChargedStated, .lost, .skipped, .refused, .stopped, .unstopped, .budgetSet,
      .budgetRemoved, .cronStarted, .cronEnded, .notified, .notifyFailed, .rekeyed, .headAccepted,
      .clockAccepted, .restoredChecked, .evidence:
      nil
    }
  }
}
