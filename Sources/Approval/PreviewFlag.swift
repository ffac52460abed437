package import Domain

/// Something about some jobs of a batch that their approver should know; it decides nothing.
package struct PreviewFlag: Equatable, Sendable {
  package let kind: FlagKind
  /// How many jobs it is about.
  package let jobs: Int
  /// What they add up to, per currency.
  package let amounts: [Money]
  /// The first of them, by number.
  package let examples: [FlaggedJob]

  /// The most jobs that are given as examples.
  package static let mostExamples = 100
}

/// One job with the fact it is named for.
package struct FlaggedJob: Equatable, Sendable {
  package let planned: PlannedJob
  package let fact: FlagFact
}

/// What an approver is told of, in the order it is told: what halts the run, then what has
/// happened before.
///
/// What has happened before is what this home did, in batches of the same family.
package enum FlagKind: String, CaseIterable, Sendable {
  case operationNotAllowed = "operation_not_allowed"
  case accountNotAllowed = "account_not_allowed"
  case overMaxPerJob = "over_max_per_job"
  /// The job comes after as many as one vault key admits.
  case overMaxJobs = "over_max_jobs"
  /// Another job has taken the reference, so that this one is skipped.
  case duplicate
  /// The account was charged in the last days.
  case chargedRecently = "charged_recently"
  /// The account's reference was declined in another batch.
  case declinedBefore = "declined_before"
  /// The amount is far from what the account is usually charged.
  case unusualAmount = "unusual_amount"
  case neverCharged = "never_charged"
}

/// What a flag says of one job.
package enum FlagFact: Equatable, Sendable {
  case operation(Operation)
  case accountNotListed
  /// The most that one job may move.
  case limit(Money)
  /// Which job of the run it is, and how many one vault key admits.
  case place(Int, of: Int)
  /// The job that took the reference first, as "BATCH#12".
  case takenBy(String)
  /// How often, how much and when last the account was charged in the last days.
  case charged(times: Int, amounts: [Money], lastAt: Timestamp)
  /// The last job of this account and reference that was declined, and what the bank said.
  case declined(job: String, code: String?, at: Timestamp)
  /// The median of so many charges of the account.
  case usual(Money, charges: Int)
  case noCharge
}

/// The figures that decide what is flagged.
package enum FlagRule {
  /// A charge counts as recent for so long.
  package static let recentDays: Int64 = 7
  /// Charges of so many days make up what is usual.
  package static let usualDays: Int64 = 365
  /// With fewer charges than this, nothing is usual.
  package static let leastCharges = 3
  /// An amount of more than so many times the median is unusual, or one that so many times over is
  /// less than it.
  package static let factor: Int64 = 3
}
