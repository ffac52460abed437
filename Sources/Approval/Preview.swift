package import Domain
internal import Journal
package import Queue
internal import SQLite

/// What an approver needs to see before saying yes.
package struct Preview: Equatable, Sendable {
  package let batch: Batch
  /// Money and count of the jobs that would be sent, per currency.
  package let totals: [CurrencyTotal]
  /// The largest queued jobs, largest first.
  package let largest: [Job]
  /// Jobs whose reference another batch has taken; they are skipped.
  package let duplicates: [Job]
  /// How many there are of those, though only the first are listed.
  package let duplicateCount: Int
  /// Accounts that are charged more than once in this batch, with how often.
  package let repeated: [RepeatedAccount]
  package let forecast: Forecast
}

/// Count and sum of jobs in one currency.
package struct CurrencyTotal: Equatable, Sendable {
  package let jobs: Int
  package let amount: Money
}

/// An account with several jobs in one batch.
package struct RepeatedAccount: Equatable, Sendable {
  package let account: String
  package let jobs: Int
}

/// Where the cap will stop the batch, if every charge before goes through.
package struct Forecast: Equatable, Sendable {
  /// How many queued jobs are charged.
  package let charged: Int
  /// The number of the last job that is charged.
  package let lastCharged: Int?
  /// What is charged, per currency.
  package let amounts: [Money]
  /// The job at which the batch stops, and why; nil when every job fits.
  package let stop: ForecastStop?
  /// How many jobs are not reached, the stopping one included.
  package let notReached: Int
}

/// The first job that will be refused.
package struct ForecastStop: Equatable, Sendable {
  package let number: Int
  package let reason: Refusal
  package let amount: Money
}

extension Approver {
  /// Everything the approver is shown, read from one moment in time.
  package func preview(_ id: BatchID, budgets: [Currency: Int64]) throws(Fault) -> Preview {
    try store.snapshot { () throws(Fault) in
      let batch = try queue.batch(id)
      return Preview(
        batch: batch, totals: try totals(of: id), largest: try largest(of: id),
        duplicates: try duplicates(of: id), duplicateCount: try duplicateCount(of: id),
        repeated: try repeated(in: id), forecast: try forecast(batch, room: budgets))
    }
  }

  /// Walks the queued jobs as a worker would, with the room each budget has left.
  func forecast(_ batch: Batch, room: [Currency: Int64]) throws(Fault) -> Forecast {
    var walk = ForecastWalk(policy: batch.terms.policy, room: room)
    try queue.forEachJob(of: batch.id) { job throws(Fault) in
      if job.state == .queued { walk.take(job.planned) }
    }
    return walk.result
  }

  private func totals(of id: BatchID) throws(Fault) -> [CurrencyTotal] {
    try store.rows(
      """
      SELECT currency, count(*) AS jobs, sum(amount_minor) AS amount
      FROM   job
      WHERE  batch = :batch AND state = 'queued'
      GROUP  BY currency
      ORDER  BY currency
      """,
      [":batch": .text(id.text)]
    ) { row throws(Fault) in
      guard let currency = Currency(row.text("currency")) else {
        throw .untrusted("a job has an unknown currency")
      }
      return CurrencyTotal(
        jobs: Int(row.integer("jobs")),
        amount: Money(minorUnits: row.integer("amount"), currency: currency))
    }
  }

  private func largest(of id: BatchID) throws(Fault) -> [Job] {
    try store.rows(
      """
      SELECT *
      FROM   job
      WHERE  batch = :batch AND state = 'queued'
      ORDER  BY amount_minor DESC, number
      LIMIT  5
      """,
      [":batch": .text(id.text)], decode: Job.decode)
  }

  private func duplicates(of id: BatchID) throws(Fault) -> [Job] {
    try store.rows(
      """
      SELECT *
      FROM   job
      WHERE  batch = :batch AND skip_reason = 'duplicate'
      ORDER  BY number
      LIMIT  5
      """,
      [":batch": .text(id.text)], decode: Job.decode)
  }

  private func duplicateCount(of id: BatchID) throws(Fault) -> Int {
    try store.first(
      "SELECT count(*) AS jobs FROM job WHERE batch = :batch AND skip_reason = 'duplicate'",
      [":batch": .text(id.text)]
    ) { row throws(Fault) in Int(row.integer("jobs")) } ?? 0
  }

  private func repeated(in id: BatchID) throws(Fault) -> [RepeatedAccount] {
    try store.rows(
      """
      SELECT account, count(*) AS jobs
      FROM   job
      WHERE  batch = :batch AND state = 'queued'
      GROUP  BY account
      HAVING count(*) > 1
      ORDER  BY count(*) DESC, account
      LIMIT  5
      """,
      [":batch": .text(id.text)]
    ) { row throws(Fault) in
      RepeatedAccount(account: row.text("account"), jobs: Int(row.integer("jobs")))
    }
  }
}

/// The walk of a forecast: which queued jobs fit, in order, until one does not.
private struct ForecastWalk {
  let policy: Policy
  var room: [Currency: Int64]
  var charged = 0
  var lastCharged: Int?
  var amounts: [Currency: Int64] = [:]
  var stop: ForecastStop?
  var notReached = 0

  init(policy: Policy, room: [Currency: Int64]) {
    self.policy = policy
    self.room = room
  }

  mutating func take(_ job: PlannedJob) {
    if stop == nil, let reason = refusal(of: job) {
      stop = ForecastStop(number: job.number, reason: reason, amount: job.amount)
    }
    guard stop == nil else {
      notReached += 1
      return
    }
    charged += 1
    lastCharged = job.number
    room[job.amount.currency, default: 0] -= job.amount.minorUnits
    amounts[job.amount.currency, default: 0] += job.amount.minorUnits
  }

  /// The vault's own rules, in the vault's order.
  private func refusal(of job: PlannedJob) -> Refusal? {
    let most = policy.maxPerJob.first { $0.currency == job.amount.currency }
    if !policy.allowedOperations.contains(job.operation) { return .operationNotAllowed }
    if let accounts = policy.accounts, !accounts.contains(job.account) { return .accountNotAllowed }
    if let most, job.amount.minorUnits > most.minorUnits { return .overMaxPerJob }
    if let maxJobs = policy.maxJobs, charged >= maxJobs { return .overMaxJobs }
    guard let room = room[job.amount.currency] else { return .noBudget }
    return job.amount.minorUnits > room ? .capExhausted : nil
  }

  var result: Forecast {
    Forecast(
      charged: charged, lastCharged: lastCharged,
      amounts: amounts.map { Money(minorUnits: $0.value, currency: $0.key) }
        .sorted { $0.currency.code < $1.currency.code },
      stop: stop, notReached: notReached)
  }
}
