package import Domain
internal import JSON
internal import Journal
internal import Queue
internal import SQLite

/// Whether a standing approval covers a batch.
package enum StandingCover: Equatable, Sendable {
  case approved(ApprovalRecord)
  /// No standing approval covers it; one sentence for each that might have, and why not.
  case waits([String])
}

extension Approver {
  /// Approves a waiting batch as it was submitted if a standing approval covers all of it.
  ///
  /// A job whose reference was declined before, or that a person said no to, always waits for a
  /// person, and its batch with it.
  package func approveIfCovered(_ id: BatchID) throws(Fault) -> StandingCover {
    let standing = StandingApprovals(store)
    let transaction = try store.begin()
    let batch = try queue.batch(id)
    try requireSubmitted(batch)
    // What could not be sent would use up limits.
    if let stop = try StopSwitch.inForce(on: id, store) { return .waits([stop.sentence]) }
    let digest = try queue.recomputedDigest(of: batch)
    try requireJournaled(digest, of: batch)
    var reasons: [String] = []
    for use in try standing.uses() where use.approval.jobFile == batch.jobFile {
      let found = try objections(to: use, covering: batch, at: transaction.now)
      guard found.isEmpty else {
        reasons += found.map { "\(use.approval.id): \($0)" }
        continue
      }
      let approval = ApprovalRecord(
        batch: id, digest: digest, by: use.approval.person, approvedAt: transaction.now,
        expiresAt: min(transaction.now + batch.terms.approvalExpiresIn, use.approval.limits.until),
        jobs: try queuedJobs(of: batch), standing: use.approval.id, sealedIn: store)
      try insert(approval, in: transaction)
      try queue.move(
        batch, .approve, journal: .approved,
        approval.json(reach: try reach(of: batch).map(\.amount)), in: transaction)
      _ = try transaction.commit()
      return .approved(approval)
    }
    return .waits(reasons)
  }

  /// Why a standing approval does not cover a batch; one that is over says nothing else.
  private func objections(
    to use: StandingUse, covering batch: Batch, at now: Timestamp
  ) throws(Fault) -> [String] {
    let approval = use.approval
    switch use.standing(at: now) {
    case .withdrawn: return ["it was withdrawn"]
    case .ended: return ["it ended at \(approval.limits.until)"]
    case .inForce: break
    }
    if batch.jobFileDigest != approval.jobFileDigest {
      return ["the job file has changed since it was approved"]
    }
    if try !queue.wasGathered(batch.id) { return ["the batch was handed in by a planner"] }
    if let decision = try earlierDecision(about: batch) { return [decision] }
    if batch.terms.approvalsRequired > 1 { return ["the batch needs two people"] }
    if batch.terms.fourEyes, let sameEyes = try planning(of: batch, by: approval.person) {
      return [sameEyes]
    }
    let limits = approval.limits.shortfalls(
      jobs: try queuedJobs(of: batch), reach: try reach(of: batch), after: use.jobs, use.amounts,
      at: now)
    // What was counted once is no more now: some of it may be settled.
    return try (use.batches.contains(batch.id) ? [] : limits) + refusedBefore(batch)
  }

  /// What a person has decided about a batch that waits again; nil for one that has waited since it
  /// was submitted, or for which a standing approval only ran out.
  private func earlierDecision(about batch: Batch) throws(Fault) -> String? {
    let decisions: [JournalEvent] = [.amended, .approvalGiven, .approved]
    guard let last = try store.lastEvent(of: batch.id.text, among: decisions) else { return nil }
    if last.event == JournalEvent.amended.rawValue { return "the batch was amended" }
    let standing = last.fields?["standing"]?.string.map { StandingID($0) }
    guard let standing, try StandingApprovals(store).withdrawal(of: standing) == nil else {
      return "the batch was approved before"
    }
    return nil
  }

  /// How whoever gave the standing approval may also have submitted what it is to cover; nil where
  /// that was surely another.
  ///
  /// A service has no login and is nobody's second pair of eyes; it submits what the job file says.
  private func planning(of batch: Batch, by person: Person) throws(Fault) -> String? {
    for planner in try queue.journaledPlanners(of: batch.id) {
      if planner.bearsName(of: person) { return "\(person.name) submitted the batch" }
      guard planner.identity != nil else { continue }
      if !planner.isSurelyAnother(than: person) { return "\(person.name) submitted the batch" }
      if let tie = try Approvers(store).tie(between: person, planner) { return tie.sentence }
    }
    return nil
  }

  /// What the queued jobs may move at most, per currency.
  private func reach(of batch: Batch) throws(Fault) -> [StandingReach] {
    try store.rows(
      """
      SELECT currency, sum(amount_minor) AS total, max(amount_minor) AS largest
      FROM   job
      WHERE  batch = :batch AND state = 'queued'
      GROUP  BY currency
      ORDER  BY currency
      """,
      [":batch": .text(batch.id.text)]
    ) { row throws(Fault) in
      guard let currency = Currency(row.text("currency")) else {
        throw .untrusted("a job has an unknown currency")
      }
      let cap = batch.terms.policy.batchCaps.first { $0.currency == currency }?.minorUnits
      let total = row.integer("total")
      return StandingReach(
        amount: Money(minorUnits: min(total, cap ?? total), currency: currency),
        largestJob: Money(minorUnits: row.integer("largest"), currency: currency))
    }
  }

  /// Which queued jobs, if any, have a reference that was declined in another batch, or that a
  /// person left out or gave up there, be it one by one or with its batch.
  private func refusedBefore(_ batch: Batch) throws(Fault) -> [String] {
    let jobs = try store.rows(
      """
      SELECT job.number, max(earlier.state = 'declined') AS was_declined
      FROM   job
      JOIN   job AS earlier
      ON     earlier.family    = job.family
        AND  earlier.account   = job.account
        AND  earlier.reference = job.reference
        AND  (earlier.state IN ('declined', 'not_charged')
              OR earlier.skip_reason IN ('excluded', 'batch_rejected', 'cancelled'))
      WHERE  job.batch = :batch AND job.state = 'queued'
      GROUP  BY job.number
      ORDER  BY job.number
      """,
      [":batch": .text(batch.id.text)]
    ) { row throws(Fault) in
      (number: Int(row.integer("number")), wasDeclined: row.integer("was_declined") == 1)
    }
    let words = [(true, "declined"), (false, "left out, given up or found not charged")]
    return words.compactMap { isDecline, word in
      let numbers = jobs.filter { $0.wasDeclined == isDecline }.map(\.number)
      guard let first = numbers.first else { return nil }
      let others = numbers.count == 1 ? "" : " and \(counted(numbers.count - 1, "other"))"
      return "job #\(first)\(others) was \(word) before, and a person decides about that"
    }
  }
}
