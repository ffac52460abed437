package import Domain
internal import JSON
internal import Journal
package import Queue
internal import SQLite

/// What an approver needs to see before saying yes.
package struct Preview: Equatable, Sendable {
  package let batch: Batch
  /// The jobs that the approver means to leave out.
  package let excluded: JobNumbers?
  /// How many of those are queued.
  package let excludedCount: Int
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
  /// Every budget the batch would draw on, with what is gone of it.
  package let budgets: [Budget]
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
  ///
  /// `allowance` is what a run would be allowed now; `excluded` are the jobs that the approver
  /// means to leave out.
  package func preview(
    _ id: BatchID, except excluded: JobNumbers? = nil,
    allowance: (Batch) throws(Fault) -> Allowance
  ) throws(Fault) -> Preview {
    try store.snapshot { () throws(Fault) in
      let batch = try queue.batch(id)
      let allowance = try allowance(batch)
      return Preview(
        batch: batch, excluded: excluded, excludedCount: try excludedCount(of: id, excluded),
        totals: try totals(of: id, excluded),
        largest: try largest(of: id, excluded),
        duplicates: try duplicates(of: id), duplicateCount: try duplicateCount(of: id),
        repeated: try repeated(in: id, excluded), budgets: allowance.budgets,
        forecast: try forecast(batch, allowance, except: excluded))
    }
  }

  /// Walks the queued jobs as a worker would, with the room each budget has left.
  private func forecast(
    _ batch: Batch, _ allowance: Allowance, except excluded: JobNumbers?
  ) throws(Fault) -> Forecast {
    var walk = ForecastWalk(allowance)
    try queue.forEachJob(of: batch.id) { job throws(Fault) in
      if job.state == .queued, excluded?.contains(job.id.number) != true { walk.take(job.planned) }
    }
    return walk.result
  }

  /// True of a job whose number is in none of the ranges of `:excluded`.
  private static let isNotExcluded =
    """
    NOT EXISTS (SELECT 1
                FROM   json_each(:excluded)
                WHERE  number BETWEEN value ->> 0 AND value ->> 1)
    """

  private static func parameters(_ id: BatchID, _ excluded: JobNumbers?) -> Parameters {
    let ranges = excluded?.ranges ?? []
    let json = ranges.map {
      JSONValue.array([$0.lowerBound, $0.upperBound].map { .integer(Int64($0)) })
    }
    return [":batch": .text(id.text), ":excluded": .text(JSONValue.array(json).text)]
  }

  private func excludedCount(of id: BatchID, _ excluded: JobNumbers?) throws(Fault) -> Int {
    guard excluded != nil else { return 0 }
    return try store.first(
      """
      SELECT count(*) AS jobs
      FROM   job
      WHERE  batch = :batch AND state = 'queued' AND NOT (\(Self.isNotExcluded))
      """,
      Self.parameters(id, excluded)
    ) { row throws(Fault) in Int(row.integer("jobs")) } ?? 0
  }

  private func totals(
    of id: BatchID, _ excluded: JobNumbers?
  ) throws(Fault) -> [CurrencyTotal] {
    try store.rows(
      """
      SELECT currency, count(*) AS jobs, sum(amount_minor) AS amount
      FROM   job
      WHERE  batch = :batch AND state = 'queued' AND \(Self.isNotExcluded)
      GROUP  BY currency
      ORDER  BY currency
      """,
      Self.parameters(id, excluded)
    ) { row throws(Fault) in
      guard let currency = Currency(row.text("currency")) else {
        throw .untrusted("a job has an unknown currency")
      }
      return CurrencyTotal(
        jobs: Int(row.integer("jobs")),
        amount: Money(minorUnits: row.integer("amount"), currency: currency))
    }
  }

  private func largest(of id: BatchID, _ excluded: JobNumbers?) throws(Fault) -> [Job] {
    try store.rows(
      """
      SELECT *
      FROM   job
      WHERE  batch = :batch AND state = 'queued' AND \(Self.isNotExcluded)
      ORDER  BY amount_minor DESC, number
      LIMIT  5
      """,
      Self.parameters(id, excluded), decode: Job.decode)
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

  private func repeated(
    in id: BatchID, _ excluded: JobNumbers?
  ) throws(Fault) -> [RepeatedAccount] {
    try store.rows(
      """
      SELECT account, count(*) AS jobs
      FROM   job
      WHERE  batch = :batch AND state = 'queued' AND \(Self.isNotExcluded)
      GROUP  BY account
      HAVING count(*) > 1
      ORDER  BY count(*) DESC, account
      LIMIT  5
      """,
      Self.parameters(id, excluded)
    ) { row throws(Fault) in
      RepeatedAccount(account: row.text("account"), jobs: Int(row.integer("jobs")))
    }
  }
}

/// The walk of a forecast: which queued jobs fit, in order, until one does not.
package struct ForecastWalk {
  private var allowance: Allowance
  private var charged = 0
  private var lastCharged: Int?
  private var amounts: [Currency: Int64] = [:]
  private var stop: ForecastStop?
  private var notReached = 0

  /// A walk that begins with so much room.
  package init(_ allowance: Allowance) { self.allowance = allowance }

  /// Takes the next job of those that would be sent.
  package mutating func take(_ job: PlannedJob) {
    if stop == nil, let broken = allowance.refusal(of: job.movement) {
      stop = ForecastStop(number: job.number, reason: broken.refusal, amount: job.amount)
    }
    guard stop == nil else {
      notReached += 1
      return
    }
    charged += 1
    lastCharged = job.number
    allowance.take(job.movement)
    amounts[job.amount.currency, default: 0] += job.amount.minorUnits
  }

  /// Where it has come to.
  package var result: Forecast {
    Forecast(
      charged: charged, lastCharged: lastCharged,
      amounts: amounts.map { Money(minorUnits: $0.value, currency: $0.key) }
        .sorted { $0.currency.code < $1.currency.code },
      stop: stop, notReached: notReached)
  }
}
