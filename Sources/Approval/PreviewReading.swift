package import Domain
internal import Journal
package import Queue
internal import SQLite

extension Approver {
  /// Everything the approver is shown, read from one moment in time.
  ///
  /// `allowance` is what a run would be allowed now; `excluded` are the jobs that the approver
  /// means to leave out. What the home did before is read where `withHistory` says so.
  package func preview(
    _ id: BatchID, except excluded: JobNumbers? = nil, at now: Timestamp, withHistory: Bool = true,
    allowance: (Batch) throws(Fault) -> Allowance
  ) throws(Fault) -> Preview {
    try store.snapshot { () throws(Fault) in
      let batch = try queue.batch(id)
      if let excluded { try queue.requireQueued(excluded, of: id) }
      let allowance = try allowance(batch)
      let (forecast, policy) = try walk(batch, allowance, except: excluded)
      let history = PreviewHistory(store: store, batch: batch, excluded: excluded, now: now)
      let parameters = QueuedJobs.parameters(id, excluded)
      return Preview(
        batch: batch, at: now, approvedBy: try approversSoFar(of: batch).map(\.name),
        excluded: excluded,
        excludedCount: try excludedCount(of: id, excluded),
        totals: try store.totals(where: QueuedJobs.condition, parameters),
        largest: try largest(parameters), repeated: try repeated(parameters),
        budgets: allowance.budgets, forecast: forecast,
        flags: policy + [try duplicates(of: id)].compactMap { $0 }
          + (withHistory ? try history.flags() : []))
    }
  }

  /// Walks the queued jobs as a worker would, with the room each budget has left.
  private func walk(
    _ batch: Batch, _ allowance: Allowance, except excluded: JobNumbers?
  ) throws(Fault) -> (Forecast, [PreviewFlag]) {
    var walk = ForecastWalk(allowance)
    var policy = PolicyFlags(allowance)
    try queue.forEachJob(of: batch.id) { job throws(Fault) in
      guard job.state == .queued, excluded?.contains(job.id.number) != true else { return }
      walk.take(job.planned)
      policy.take(job.planned)
    }
    return (walk.result, policy.result)
  }

  private func excludedCount(of id: BatchID, _ excluded: JobNumbers?) throws(Fault) -> Int {
    guard excluded != nil else { return 0 }
    return try store.first(
      """
      SELECT count(*) AS jobs
      FROM   job
      WHERE  batch = :batch AND state = 'queued' AND \(QueuedJobs.isExcluded)
      """,
      QueuedJobs.parameters(id, excluded)
    ) { row throws(Fault) in Int(row.integer("jobs")) } ?? 0
  }

  private func largest(_ parameters: Parameters) throws(Fault) -> [Job] {
    try store.rows(
      """
      SELECT *
      FROM   job
      WHERE  \(QueuedJobs.condition)
      ORDER  BY amount_minor DESC, number
      LIMIT  5
      """,
      parameters, decode: Job.decode)
  }

  private func repeated(_ parameters: Parameters) throws(Fault) -> [RepeatedAccount] {
    try store.rows(
      """
      SELECT account, count(*) AS jobs
      FROM   job
      WHERE  \(QueuedJobs.condition)
      GROUP  BY account
      HAVING count(*) > 1
      ORDER  BY count(*) DESC, account
      LIMIT  5
      """,
      parameters
    ) { row throws(Fault) in
      RepeatedAccount(account: row.text("account"), jobs: Int(row.integer("jobs")))
    }
  }

  private func duplicates(of id: BatchID) throws(Fault) -> PreviewFlag? {
    try store.flag(
      .duplicate, when: "batch = :batch AND skip_reason = 'duplicate'", facts: "1 AS fact",
      [":batch": .text(id.text)]
    ) { row throws(Fault) in .takenBy(row.text("duplicate_of")) }
  }
}
