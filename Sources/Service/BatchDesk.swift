package import Approval
package import Domain
package import Journal
package import Queue
internal import Vault

/// What is asked about the batches of a home, one use case each, whichever door the question comes
/// through.
///
/// A planner is answered out of the same ones as a person, but of its own batches only and in fewer
/// words.
package struct BatchDesk {
  let store: Store

  /// The desk of a home.
  package init(_ store: Store) { self.store = store }

  /// The batches in these states, newest first; every one when no state is named.
  package func list(in states: [BatchState] = []) throws(Fault) -> [Batch] {
    try JobQueue(store).batches().filter { states.isEmpty || states.contains($0.state) }
  }

  /// What planners are putting together, the oldest first.
  package func drafts() throws(Fault) -> [DraftStanding] {
    let drafts = Drafts(store)
    var standings: [DraftStanding] = []
    for draft in try drafts.drafts() {
      standings.append(DraftStanding(draft: draft, totals: try drafts.totals(of: draft.id)))
    }
    return standings
  }

  /// Throws a draft away, whosoever it is; nil when there is none of this name.
  package func discardDraft(_ id: DraftID, reason: String?) throws(Fault) -> Draft? {
    guard let draft = try Drafts(store).draft(id),
      try Drafts(store).discard(id, of: draft.planner, reason: reason)
    else { return nil }
    return draft
  }

  /// What approving a batch would let happen, with the room that its budgets have now; what the
  /// home did before with its accounts is for people, who may see every planner's batches.
  package func preview(
    _ id: BatchID, except excluded: JobNumbers? = nil, withHistory: Bool = true
  ) throws(Fault) -> Preview {
    let vault = KeyVault(store)
    let now = store.clock.now()
    return try Approver(store).preview(id, except: excluded, at: now, withHistory: withHistory) {
      batch throws(Fault) in
      try vault.allowance(of: batch.id, batch.terms.policy, at: now)
    }
  }

  /// How a batch stands; in a snapshot, so that jobs read afterwards agree with it.
  package func standing(of id: BatchID) throws(Fault) -> BatchStanding {
    let summary = try JobQueue(store).summary(of: id)
    let now = store.clock.now()
    return BatchStanding(
      summary: summary, approvals: try Approver(store).approvals(of: id),
      budgets: try KeyVault(store).budgets(of: id, summary.batch.terms.policy, at: now),
      stop: try StopSwitch.inForce(on: id, store), now: now)
  }
}

/// A draft, and what it adds up to.
package struct DraftStanding: Equatable, Sendable {
  package let draft: Draft
  /// Per currency, by code.
  package let totals: [Money]
}

/// Everything there is to say of a batch besides its jobs.
package struct BatchStanding: Equatable, Sendable {
  package let summary: Summary
  /// The oldest first.
  package let approvals: [ApprovalRecord]
  /// Every budget it draws on, with what is gone of it.
  package let budgets: [Budget]
  /// The stop that keeps it from going on.
  package let stop: Stop?
  /// When this was so.
  package let now: Timestamp

  package var batch: Batch { summary.batch }
}

extension Batch {
  /// Whether another login than the submitter's has to approve it.
  package var isUnderFourEyes: Bool { terms.fourEyes }
}

extension Summary {
  /// Jobs whose reference another batch had taken.
  package var duplicates: Int {
    reasons.filter { $0.heading == .skipped && $0.reason == SkipReason.duplicate.rawValue }
      .reduce(0) { $0 + $1.jobs }
  }

  /// What was submitted, per currency.
  package var totals: [Money] {
    currencies.map { Money(minorUnits: submitted[$0]?.amount ?? 0, currency: $0) }
  }
}
