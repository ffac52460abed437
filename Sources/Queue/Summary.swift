package import Domain
internal import Journal
internal import SQLite

/// The headings of a report: every job is under exactly one.
package enum Heading: String, CaseIterable, Sendable {
  case charged, declined, rejected, processing
  case inDoubt = "in_doubt"
  case unknown
  case notCharged = "not_charged"
  case skipped, queued

  /// The heading of a job; sending counts as in doubt, and queued jobs of a batch that cannot go on
  /// by itself as skipped.
  package init(_ state: JobState, in batch: BatchState) {
    switch state {
    case .queued: self = batch == .halted ? .skipped : .queued
    case .sending, .inDoubt: self = .inDoubt
    case .charged: self = .charged
    case .declined: self = .declined
    case .rejected: self = .rejected
    case .processing: self = .processing
    case .unknown: self = .unknown
    case .notCharged: self = .notCharged
    case .skipped: self = .skipped
    }
  }
}

/// Jobs and money of one currency under the headings.
package struct Tally: Equatable, Sendable {
  package var jobs = 0
  /// Minor units.
  package var amount: Int64 = 0

  /// A tally of so many jobs and so much money.
  package init(jobs: Int = 0, amount: Int64 = 0) {
    self.jobs = jobs
    self.amount = amount
  }
}

/// How many jobs of one currency share a heading and a reason, and their money.
package struct ReasonCount: Equatable, Sendable {
  package let heading: Heading
  package let reason: String
  package let currency: Currency
  package let jobs: Int
  /// Minor units.
  package let amount: Int64

  /// A count of exactly these parts.
  package init(heading: Heading, reason: String, currency: Currency, jobs: Int, amount: Int64) {
    self.heading = heading
    self.reason = reason
    self.currency = currency
    self.jobs = jobs
    self.amount = amount
  }
}

/// What became of a batch, in count and in money.
package struct Summary: Equatable, Sendable {
  package let batch: Batch
  /// Per currency, per heading.
  package private(set) var tallies: [Currency: [Heading: Tally]]
  /// Per currency, what was submitted.
  package private(set) var submitted: [Currency: Tally]
  /// Why jobs are under their headings, the most frequent first.
  package private(set) var reasons: [ReasonCount]

  /// The currencies of the batch, by code.
  package var currencies: [Currency] { submitted.keys.sorted { $0.code < $1.code } }

  /// How many jobs stand under a heading.
  package func jobs(_ heading: Heading) -> Int {
    tallies.values.reduce(0) { $0 + ($1[heading]?.jobs ?? 0) }
  }

  /// The money under a heading, in one currency.
  package func amount(_ heading: Heading, _ currency: Currency) -> Money {
    Money(minorUnits: tallies[currency]?[heading]?.amount ?? 0, currency: currency)
  }

  /// How many jobs a person is needed for.
  package var needPerson: Int { jobs(.inDoubt) + jobs(.unknown) }

  /// A summary of exactly these parts; `requireBalance` says whether they add up.
  package init(
    batch: Batch, tallies: [Currency: [Heading: Tally]] = [:],
    submitted: [Currency: Tally] = [:], reasons: [ReasonCount] = []
  ) {
    self.batch = batch
    self.tallies = tallies
    self.submitted = submitted
    self.reasons = reasons
  }

  mutating func add(
    _ heading: Heading, _ reason: String?, _ currency: Currency, jobs: Int, amount: Int64
  ) {
    tallies[currency, default: [:]][heading, default: Tally()].jobs += jobs
    tallies[currency, default: [:]][heading, default: Tally()].amount += amount
    if let reason { count(reason, heading, currency, Tally(jobs: jobs, amount: amount)) }
  }

  mutating func addSubmitted(_ currency: Currency, jobs: Int, amount: Int64) {
    submitted[currency, default: Tally()].jobs += jobs
    submitted[currency, default: Tally()].amount += amount
  }

  private mutating func count(
    _ reason: String, _ heading: Heading, _ currency: Currency, _ tally: Tally
  ) {
    let same = reasons.firstIndex {
      $0.reason == reason && $0.heading == heading && $0.currency == currency
    }
    let before = same.map { reasons.remove(at: $0) }
    reasons.append(
      ReasonCount(
        heading: heading, reason: reason, currency: currency,
        jobs: (before?.jobs ?? 0) + tally.jobs, amount: (before?.amount ?? 0) + tally.amount))
    reasons.sort {
      ($1.jobs, $0.reason, $0.currency.code) < ($0.jobs, $1.reason, $1.currency.code)
    }
  }

  /// Throws `internalError` unless the headings add up to what was submitted, in jobs and in money,
  /// and the reasons to their headings.
  package func requireBalance() throws(Fault) {
    let total = submitted.values.reduce(0) { $0 + $1.jobs }
    guard total == batch.jobs, Set(tallies.keys).isSubset(of: submitted.keys),
      currencies.allSatisfy({ sum(of: $0) == submitted[$0] }),
      currencies.allSatisfy({ areReasoned($0) })
    else {
      throw Fault(
        .internalError, "the report of \(batch.id) does not add up, so there is none",
        hint: "run `sluice journal verify`")
    }
  }

  /// All headings of one currency together.
  private func sum(of currency: Currency) -> Tally {
    (tallies[currency] ?? [:]).values.reduce(into: Tally()) { sum, tally in
      sum.jobs += tally.jobs
      sum.amount += tally.amount
    }
  }

  /// Whether every job that was skipped, declined or rejected has a reason that is counted, and no
  /// heading has more reasons than jobs.
  private func areReasoned(_ currency: Currency) -> Bool {
    Heading.allCases.allSatisfy { heading in
      let given = reasoned(heading, currency)
      let all = tallies[currency]?[heading] ?? Tally()
      switch heading {
      case .skipped, .declined, .rejected: return given == all
      case .charged, .processing, .inDoubt, .unknown, .notCharged, .queued:
        return given.jobs <= all.jobs && given.amount <= all.amount
      }
    }
  }

  /// The jobs under a heading that have a reason.
  private func reasoned(_ heading: Heading, _ currency: Currency) -> Tally {
    reasons.filter { $0.heading == heading && $0.currency == currency }
      .reduce(into: Tally()) { sum, count in
        sum.jobs += count.jobs
        sum.amount += count.amount
      }
  }
}

extension JobQueue {
  /// The summary of a batch; throws `internalError` when it would not add up.
  package func summary(of id: BatchID) throws(Fault) -> Summary {
    let batch = try batch(id)
    var summary = Summary(batch: batch)
    try store.forEach(
      """
      SELECT state, skip_reason, coalesce(decline_code, code) AS code, currency,
             count(*) AS jobs, sum(amount_minor) AS amount
      FROM   job
      WHERE  batch = :batch
      GROUP  BY 1, 2, 3, 4
      """,
      [":batch": .text(id.text)]
    ) { row throws(Fault) in
      guard let currency = Currency(row.text("currency")) else {
        throw .untrusted("a job has an unknown currency")
      }
      let state = try row.word("state", as: JobState.self)
      summary.add(
        Heading(state, in: batch.state),
        Job.reason(
          state, row.optionalText("skip_reason"), row.optionalText("code"), batch),
        currency, jobs: Int(row.integer("jobs")), amount: row.integer("amount"))
    }
    try store.forEach(
      """
      SELECT currency, count(*) AS jobs, sum(amount_minor) AS amount
      FROM   job
      WHERE  batch = :batch
      GROUP  BY currency
      """,
      [":batch": .text(id.text)]
    ) { row throws(Fault) in
      guard let currency = Currency(row.text("currency")) else { return }
      summary.addSubmitted(
        currency, jobs: Int(row.integer("jobs")), amount: row.integer("amount"))
    }
    try summary.requireBalance()
    return summary
  }
}
