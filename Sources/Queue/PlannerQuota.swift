package import Domain
package import Journal
internal import SQLite

/// One planner's quota, asked inside the transaction that would exceed it, whichever door its jobs
/// come through.
package struct PlannerQuota: Sendable {
  package let planner: String
  package let quota: Quota

  /// The quota of a planner.
  package init(of planner: String, _ quota: Quota) {
    self.planner = planner
    self.quota = quota
  }

  /// Why a plan that is handed in whole may not be queued; nil when it may, and its jobs are
  /// counted.
  package func refusal(
    of plan: StagedPlan, in transaction: borrowing Transaction
  ) throws(Fault) -> PlannerRefusal? {
    if let refusal = refusal(ofSizeOf: plan) { return refusal }
    if let refusal = try refusal(ofOneMoreBatchIn: transaction) { return refusal }
    return try count(plan.jobs, in: transaction)
  }

  /// Why a plan is too large to be handed in whole, at any time; nil when it is not.
  package func refusal(ofSizeOf plan: StagedPlan) -> PlannerRefusal? {
    refusal(ofJobs: plan.jobs) ?? refusal(of: plan.totals) ?? refusal(ofJobsAtOnce: plan.jobs)
  }

  /// Why so many jobs are too many to be handed in together; nil when they are not.
  package func refusal(ofJobs jobs: Int) -> PlannerRefusal? {
    guard jobs > quota.jobsPerBatch else { return nil }
    return PlannerRefusal(
      "these are \(counted(jobs, "job")), and \(groupedDigits(quota.jobsPerBatch)) is the most in "
        + "one batch",
      advice: "nothing was added; plan fewer, submit them, and plan the rest afterwards")
  }

  /// Why these are too much for one batch; nil when they are not.
  func refusal(of totals: [Money]) -> PlannerRefusal? {
    for total in totals {
      let limit = quota.totalPerBatch.first { $0.currency == total.currency }
      guard let limit, total.minorUnits > limit.minorUnits else { continue }
      return PlannerRefusal(
        "this would be \(total) in one batch, and \(limit) is the most for this planner",
        advice: "nothing was added; this limit is final: stop, do not retry, do not try another "
          + "way, and tell a person")
    }
    return nil
  }

  /// Why one more batch would be too many; nil when it would not.
  func refusal(
    ofOneMoreBatchIn transaction: borrowing Transaction
  ) throws(Fault) -> PlannerRefusal? {
    let open =
      try transaction.store.first(
        """
        SELECT count(*) AS batches
        FROM   batch
        WHERE  planner = :planner AND state IN ('submitted', 'approved', 'running', 'halted')
        """,
        [":planner": .text(planner)]
      ) { row throws(Fault) in Int(row.integer("batches")) } ?? 0
    guard open >= quota.openBatches else { return nil }
    return PlannerRefusal(
      "at most \(groupedDigits(quota.openBatches)) of this planner's batches may be open at a "
        + "time; open now: \(groupedDigits(open))",
      advice: "nothing was submitted; come back when fewer are open: a person has to approve and "
        + "run them, reject them or cancel them")
  }
}

// The hour.
extension PlannerQuota {
  /// Counts jobs that are added in this hour; says how many fit, and when more do, if they are too
  /// many.
  func count(
    _ added: Int, in transaction: borrowing Transaction
  ) throws(Fault) -> PlannerRefusal? {
    if let refusal = refusal(ofJobsAtOnce: added) { return refusal }
    let length = Milliseconds.hours(1).count
    let hour = transaction.now.milliseconds / length
    let left = max(0, quota.jobsPerHour - (try jobs(in: hour, transaction)))
    guard added <= left else {
      return noRoom(left, until: Timestamp(milliseconds: (hour + 1) * length))
    }
    try transaction.run(
      """
      INSERT INTO planner_hour (planner, hour, jobs)
      VALUES (:planner, :hour, :jobs)
      ON CONFLICT (planner) DO UPDATE
      SET    jobs = iif(hour = excluded.hour, jobs + excluded.jobs, excluded.jobs),
             hour = excluded.hour
      """,
      [":planner": .text(planner), ":hour": .integer(hour), ":jobs": .integer(added)])
    return nil
  }

  /// Why so many jobs are too many for any hour; nil when they are not.
  private func refusal(ofJobsAtOnce jobs: Int) -> PlannerRefusal? {
    guard jobs > quota.jobsPerHour else { return nil }
    let most = groupedDigits(quota.jobsPerHour)
    return PlannerRefusal(
      "these are \(counted(jobs, "job")), and this planner may add \(most) an hour",
      advice: "nothing was added; plan at most \(most) at once")
  }

  /// How many jobs were added in an hour so far.
  private func jobs(
    in hour: Int64, _ transaction: borrowing Transaction
  ) throws(Fault) -> Int {
    try transaction.store.first(
      "SELECT jobs FROM planner_hour WHERE planner = :planner AND hour = :hour",
      [":planner": .text(planner), ":hour": .integer(hour)]
    ) { row throws(Fault) in Int(row.integer("jobs")) } ?? 0
  }

  private func noRoom(_ left: Int, until next: Timestamp) -> PlannerRefusal {
    let now = left == 0 ? "" : "plan at most \(groupedDigits(left)) now, or "
    return PlannerRefusal(
      "this planner may add \(counted(quota.jobsPerHour, "job")) an hour, and "
        + "\(groupedDigits(left)) \(left == 1 ? "is" : "are") left of them",
      advice: "nothing was added; \(now)come back at \(next), when the next hour begins",
      comeBackAt: next)
  }
}
