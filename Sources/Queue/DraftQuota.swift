package import Domain
package import Journal
internal import SQLite

/// What a planner's quota says, asked inside the transaction that would exceed it.
extension Drafts {
  /// Why a draft may not be submitted now; nil when it may.
  ///
  /// `jobs` is how many of its lines are staged: more of them by now, and it is another draft.
  package func refusalToSubmit(
    _ draft: Draft, jobs: Int, _ quota: Quota, in transaction: borrowing Transaction
  ) throws(Fault) -> PlannerRefusal? {
    guard let now = try self.draft(draft.id, of: draft.planner), now.jobs == jobs else {
      return PlannerRefusal(
        "the draft \(draft.id) was changed while it was being submitted",
        advice: "look at it with preview, then submit it again")
    }
    if let refusal = try exceeded(draft.id, jobs, quota) { return refusal }
    let open =
      try store.first(
        """
        SELECT count(*) AS batches
        FROM   batch
        WHERE  planner = :planner AND state IN ('submitted', 'approved', 'running', 'halted')
        """,
        [":planner": .text(draft.planner)]
      ) { row throws(Fault) in Int(row.integer("batches")) } ?? 0
    guard open >= quota.openBatches else { return nil }
    return PlannerRefusal(
      "at most \(groupedDigits(quota.openBatches)) of this planner's batches may be open at a "
        + "time; open now: \(groupedDigits(open))",
      advice: "the draft is kept; come back when list_batches shows fewer: a person has to approve "
        + "and run them, reject them or cancel them")
  }

  /// Why a draft of so many jobs is too large; nil when it is not.
  func exceeded(_ draft: DraftID, _ jobs: Int, _ quota: Quota) throws(Fault) -> PlannerRefusal? {
    if jobs > quota.jobsPerBatch {
      return PlannerRefusal(
        "this would be \(counted(jobs, "job")) in one batch, and "
          + "\(groupedDigits(quota.jobsPerBatch)) is the most",
        advice: "nothing was added; submit the draft as it is and plan the rest in the next one")
    }
    for total in try totals(of: draft) {
      let limit = quota.totalPerBatch.first { $0.currency == total.currency }
      guard let limit, total.minorUnits > limit.minorUnits else { continue }
      return PlannerRefusal(
        "this would be \(total) in one batch, and \(limit) is the most for this planner",
        advice: "nothing was added; this limit is final: stop, do not retry, do not try another "
          + "way, and tell a person")
    }
    return nil
  }

  /// What a draft adds up to, per currency, by code.
  package func totals(of draft: DraftID) throws(Fault) -> [Money] {
    try store.rows(
      """
      SELECT currency, sum(amount_minor) AS amount
      FROM   draft_job
      WHERE  draft = :draft
      GROUP  BY currency
      ORDER  BY currency
      """,
      [":draft": .text(draft.text)]
    ) { row throws(Fault) in
      guard let currency = Currency(row.text("currency")) else {
        throw .untrusted("a draft has an unknown currency")
      }
      return Money(minorUnits: row.integer("amount"), currency: currency)
    }
  }

  /// Counts jobs that are added in this hour; says when the next one begins if they are too many.
  func count(
    _ added: Int, for owner: DraftOwner, in transaction: borrowing Transaction
  ) throws(Fault) -> PlannerRefusal? {
    let length = Milliseconds.hours(1).count
    let hour = transaction.now.milliseconds / length
    try transaction.run(
      """
      INSERT INTO planner_hour (planner, hour, jobs)
      VALUES (:planner, :hour, :jobs)
      ON CONFLICT (planner) DO UPDATE
      SET    jobs = iif(hour = excluded.hour, jobs + excluded.jobs, excluded.jobs),
             hour = excluded.hour
      """,
      [
        ":planner": .text(owner.planner), ":hour": .integer(hour), ":jobs": .integer(added),
      ])
    let jobs =
      try store.first(
        "SELECT jobs FROM planner_hour WHERE planner = :planner",
        [":planner": .text(owner.planner)]
      ) { row throws(Fault) in Int(row.integer("jobs")) } ?? 0
    guard jobs > owner.quota.jobsPerHour else { return nil }
    let next = Timestamp(milliseconds: (hour + 1) * length)
    return PlannerRefusal(
      "this planner may add \(counted(owner.quota.jobsPerHour, "job")) an hour, and this would be "
        + groupedDigits(jobs),
      advice: "nothing was added; come back at \(next), or submit what is in the draft",
      comeBackAt: next)
  }
}
