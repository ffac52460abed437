package import Domain
package import Journal
internal import SQLite

/// What a planner's quota says of its draft.
extension Drafts {
  /// Why a draft may not be submitted now; nil when it may.
  ///
  /// `jobs` is how many of its lines are staged: more of them by now, and it is another draft. They
  /// were counted when they were added.
  package func refusalToSubmit(
    _ draft: Draft, jobs: Int, _ quota: Quota, in transaction: borrowing Transaction
  ) throws(Fault) -> PlannerRefusal? {
    guard let now = try self.draft(draft.id, of: draft.planner), now.jobs == jobs else {
      return PlannerRefusal(
        "the draft \(draft.id) was changed while it was being submitted",
        advice: "look at it with preview, then submit it again")
    }
    let quota = PlannerQuota(of: draft.planner, quota)
    if let refusal = try exceeded(draft.id, jobs, quota) { return refusal }
    return try quota.refusal(ofOneMoreBatchIn: transaction)
  }

  /// Why a draft of so many jobs is too large; nil when it is not.
  func exceeded(_ draft: DraftID, _ jobs: Int, _ quota: PlannerQuota) throws(Fault)
    -> PlannerRefusal?
  {
    let most = quota.quota.jobsPerBatch
    guard jobs <= most else {
      return PlannerRefusal(
        "this would be \(counted(jobs, "job")) in one batch, and \(groupedDigits(most)) is the "
          + "most",
        advice: "nothing was added; submit the draft as it is and plan the rest in the next one")
    }
    return quota.refusal(of: try totals(of: draft))
  }

  /// What a draft adds up to, per currency, by code.
  package func totals(of draft: DraftID) throws(Fault) -> [Money] {
    try store.totals(
      """
      SELECT currency, sum(amount_minor) AS amount
      FROM   draft_job
      WHERE  draft = :draft
      GROUP  BY currency
      ORDER  BY currency
      """, [":draft": .text(draft.text)])
  }
}

extension Store {
  /// The sums of a question that has one row a currency.
  func totals(_ sql: String, _ parameters: Parameters = [:]) throws(Fault) -> [Money] {
    try rows(sql, parameters) { row throws(Fault) in
      guard let currency = Currency(row.text("currency")) else {
        throw .untrusted("a plan has an unknown currency")
      }
      return Money(minorUnits: row.integer("amount"), currency: currency)
    }
  }
}
