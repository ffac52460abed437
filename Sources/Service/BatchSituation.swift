internal import Approval
package import Domain
internal import Journal
package import Queue

/// Where a batch stands for whoever planned it: whom it waits for, and what is not known of it.
package struct BatchSituation: Equatable, Sendable {
  package let batch: Batch
  /// How many people have approved it so far, while it waits for that.
  package let approvalsGiven: Int
  /// How many have to in all.
  package let approvalsRequired: Int
  /// Why nobody can approve it, and what people can do about it, while it waits for that.
  package let deadlock: Fault?
  /// The stop that keeps it from going on.
  package let stop: Stop?
  /// Whether a process works on it now.
  package let hasWorker: Bool
  /// How many jobs may have been charged without anybody knowing, by their heading.
  package let unsettled: [Heading: Int]
}

extension BatchDesk {
  /// Where a batch stands for whoever planned it.
  package func situation(of id: BatchID) throws(Fault) -> BatchSituation {
    // Looked for before and after the batch is read: a worker may come or go in between.
    let hadWorker = hasWorker(on: id)
    let batch = try JobQueue(store).batch(id)
    let approver = Approver(store)
    return BatchSituation(
      batch: batch, approvalsGiven: try approver.approvalsThatCount(for: batch).count,
      approvalsRequired: batch.terms.approvalsRequired,
      deadlock: batch.state == .submitted ? try approver.deadlock(of: batch) : nil,
      stop: try StopSwitch.inForce(on: id, store), hasWorker: hadWorker || hasWorker(on: id),
      unsettled: try JobQueue(store).unsettled(of: batch))
  }

  private func hasWorker(on id: BatchID) -> Bool { store.home.worker(on: id) != nil }
}
