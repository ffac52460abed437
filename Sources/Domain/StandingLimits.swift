/// What a standing approval covers, over its life.
package struct StandingLimits: Equatable, Sendable {
  /// All that may be approved under it, per currency; a currency without one is not covered.
  package let total: [Money]
  /// The most one job may move, per currency.
  package let perJob: [Money]
  /// How many jobs may be approved under it.
  package let jobs: Int
  package let until: Timestamp

  /// Limits of exactly these sizes.
  package init(total: [Money], perJob: [Money], jobs: Int, until: Timestamp) {
    self.total = total
    self.perJob = perJob
    self.jobs = jobs
    self.until = until
  }
}

/// What stands to be approved in one currency, or was approved already.
package struct StandingReach: Equatable, Sendable {
  /// The most that can be charged: the jobs' total, or the batch's cap where that is less.
  package let amount: Money
  /// The amount of the largest job.
  package let largestJob: Money

  /// A reach of exactly these sizes.
  package init(amount: Money, largestJob: Money) {
    self.amount = amount
    self.largestJob = largestJob
  }
}

extension StandingLimits {
  /// Why they do not cover so many jobs of such a reach, one sentence each; empty when they do.
  package func shortfalls(
    jobs: Int, reach: [StandingReach], after usedJobs: Int, _ used: [Money], at now: Timestamp
  ) -> [String] {
    var sentences: [String] = []
    if now >= until { sentences.append("it ended at \(until)") }
    if jobs > self.jobs - usedJobs {
      let left = max(0, self.jobs - usedJobs)
      sentences.append(
        "it covers \(counted(left, "more job")), the batch has \(groupedDigits(jobs))")
    }
    for part in reach {
      let currency = part.amount.currency
      guard let total = Self.limit(in: currency, total), let most = Self.limit(in: currency, perJob)
      else {
        sentences.append("it covers nothing in \(currency)")
        continue
      }
      let left = max(0, total - (Self.limit(in: currency, used) ?? 0))
      if part.amount.minorUnits > left {
        let room = Money(minorUnits: left, currency: currency)
        sentences.append("it covers \(room) more, the batch may move \(part.amount)")
      }
      if part.largestJob.minorUnits > most {
        let limit = Money(minorUnits: most, currency: currency)
        sentences.append("it covers jobs of up to \(limit), the largest is \(part.largestJob)")
      }
    }
    return sentences
  }

  private static func limit(in currency: Currency, _ limits: [Money]) -> Int64? {
    limits.first { $0.currency == currency }?.minorUnits
  }
}
