package import Approval
package import Domain
internal import Journal
internal import Planner
package import Queue
internal import Vault

/// What would become of a draft or a batch, if every charge went through.
package struct PlanOutlook: Sendable {
  /// Nil when it is a batch.
  package let draft: DraftID?
  /// Nil while it is a draft.
  package let situation: BatchSituation?
  package let jobFile: String
  /// How many jobs would be sent.
  package let jobs: Int
  /// What they add up to, per currency.
  package let totals: [Money]
  /// Jobs whose reference a batch has taken; they are skipped.
  package let duplicates: Int
  package let forecast: Forecast
  /// Every budget it draws on, with what is gone of it.
  package let budgets: [Budget]

  /// Nil while it is a draft.
  package var batch: Batch? { situation?.batch }
}

extension PlannerDesk {
  /// What would become of a draft.
  package func preview(_ id: DraftID) throws(Fault) -> PlannerAnswer<PlanOutlook> {
    if let batch = try drafts.batch(from: id, of: planner) { return try preview(batch) }
    guard let draft = try drafts.draft(id, of: planner) else { return .refused(noDraft(id)) }
    guard let jobFile = jobFile(of: draft) else { return .refused(.anotherJobFile) }
    let allowance = try KeyVault(store).allowance(
      ofNextBatchOf: jobFile.name, jobFile.policy, at: store.clock.now())
    let taken = try drafts.taken(in: id, jobFile.operation.family)
    var walk = ForecastWalk(allowance)
    var totals: [Currency: Int64] = [:]
    var jobs = 0
    _ = try PlanReader.read(input(of: draft), format: .jsonLines, for: jobFile) {
      job throws(Fault) in
      if taken.contains(job.number) { return nil }
      jobs += 1
      totals[job.amount.currency, default: 0] += job.amount.minorUnits
      walk.take(job)
      return nil
    }
    return .given(
      PlanOutlook(
        draft: id, situation: nil, jobFile: jobFile.name, jobs: jobs,
        totals: totals.map { Money(minorUnits: $0.value, currency: $0.key) }
          .sorted { $0.currency.code < $1.currency.code },
        duplicates: taken.count, forecast: walk.result, budgets: allowance.budgets))
  }

  /// What would become of a batch.
  package func preview(_ id: BatchID) throws(Fault) -> PlannerAnswer<PlanOutlook> {
    guard try ownBatch(id) != nil else { return .refused(noBatch(id)) }
    let situation = try batches.situation(of: id)
    let preview = try batches.preview(id, withHistory: false)
    return .given(
      PlanOutlook(
        draft: nil, situation: situation, jobFile: preview.batch.jobFile,
        jobs: preview.totals.reduce(0) { $0 + $1.jobs }, totals: preview.totals.map(\.amount),
        duplicates: preview.duplicateCount, forecast: preview.forecast, budgets: preview.budgets))
  }
}
