package import Domain

/// What a batch does, by its family.
package struct Verb: Sendable {
  /// "charge".
  package let infinitive: String
  /// "charged".
  package let participle: String
  /// "charge", as one of several.
  package let noun: String

  /// The verb of a family.
  package init(_ family: Family) {
    switch family {
    case .collect: (infinitive, participle, noun) = ("charge", "charged", "charge")
    case .refund: (infinitive, participle, noun) = ("refund", "refunded", "refund")
    }
  }
}

extension PreviewFlag {
  /// What it is about, in a few words: "Account charged in the last 7 days".
  package func title(_ verb: Verb) -> String {
    switch kind {
    case .operationNotAllowed: "Operation not allowed"
    case .accountNotAllowed: "Account not listed"
    case .overMaxPerJob: "Over the limit per job"
    case .overMaxJobs: "More jobs than one vault key admits"
    case .duplicate: "Skipped as duplicates"
    case .chargedRecently: "Account \(verb.participle) in the last \(FlagRule.recentDays) days"
    case .declinedBefore: "Reference declined before"
    case .unusualAmount: "Far from the account's usual amount"
    case .neverCharged: "Account never \(verb.participle) before"
    }
  }

  /// How many jobs, and what they add up to: "2 jobs, 180.00 usd + 500 jpy".
  package var sum: String {
    "\(counted(jobs, "job")), " + amounts.map(\.description).joined(separator: " + ")
  }

  /// What follows, or by which rule it is told: a sentence; nil where the title says it all.
  package func rule(_ verb: Verb) -> String? {
    switch kind {
    case .operationNotAllowed, .accountNotAllowed, .overMaxPerJob: "The run halts at the first."
    case .overMaxJobs: "The run halts at the first; the next run has a new key."
    case .duplicate, .declinedBefore: nil
    case .chargedRecently, .neverCharged: "By this home, in other batches."
    case .unusualAmount:
      "More than \(FlagRule.factor) times, or less than 1/\(FlagRule.factor) of, the median of "
        + "what this home has \(verb.participle) the account in other batches in the last "
        + "\(FlagRule.usualDays) days, where that is at least \(FlagRule.leastCharges) "
        + "\(verb.noun)s; of two in the middle the lower."
    }
  }
}

extension FlagFact {
  /// Whether the flag's title says as much.
  package var isInTitle: Bool {
    switch self {
    case .accountNotListed, .noCharge: true
    case .operation, .limit, .place, .takenBy, .charged, .declined, .usual: false
    }
  }

  /// The fact in a few words; a planner's and Stripe's among them are as they wrote them.
  package func words(_ verb: Verb) -> String {
    switch self {
    case .operation(let operation): operation.rawValue
    case .accountNotListed: "not listed"
    case .limit(let limit): "limit \(limit)"
    case .place(let place, let most):
      "job \(groupedDigits(place)) of a run of \(groupedDigits(most))"
    case .takenBy(let job): "taken by \(job)"
    case .charged(let times, let amounts, let lastAt):
      amounts.map(\.description).joined(separator: " + ")
        + (times == 1 ? " on " : " in \(groupedDigits(times)) \(verb.noun)s, last on ")
        + lastAt.date
    case .declined(let job, let code, let at):
      (code.map { "\($0) " } ?? "") + "on \(at.date), \(job)"
    case .usual(let median, let charges):
      "usually \(median), of \(groupedDigits(charges)) \(verb.noun)s"
    case .noCharge: "never \(verb.participle)"
    }
  }
}

extension Forecast {
  /// Where the batch stops, if every job before goes through.
  package func sentences(_ verb: Verb) -> [String] {
    let money = amounts.map(\.description).joined(separator: " + ")
    let start =
      charged == 0
      ? "no job is \(verb.participle)"
      : "\(counted(charged, "job")) up to #\(lastCharged ?? 0) "
        + "\(charged == 1 ? "is" : "are") \(verb.participle), \(money)"
    guard let stop else { return [charged == 0 ? start : start + "; every job fits"] }
    return [
      start + ";",
      "the batch stops at #\(stop.number) (\(stop.amount)): \(stop.why); "
        + "\(groupedDigits(notReached)) \(notReached == 1 ? "is" : "are") not reached",
    ]
  }
}

extension ForecastStop {
  /// Why, in a few words.
  fileprivate var why: String {
    switch reason {
    case .capExhausted: "it would pass the cap"
    case .jobFileBudgetExhausted: "it would pass the job file's cap"
    case .homeBudgetExhausted: "it would pass the home's budget"
    case .overMaxPerJob: "it is over the limit per job"
    case .overMaxJobs: "the key has admitted all of its jobs"
    case .accountNotAllowed: "its account is not listed"
    case .operationNotAllowed: "its operation is not allowed"
    case .noBudget: "there is no cap in its currency"
    case .stopped, .approvalExpired, .integrity, .clock, .declinedInARow, .rejectedInARow,
      .keyRevoked, .keyExpired:
      reason.rawValue
    }
  }
}

extension Timestamp {
  /// The UTC day: "2026-11-22".
  fileprivate var date: String { String(description.prefix { $0 != "T" }) }
}
