internal import Domain

/// What the policy will refuse of a plan whatever its budgets have room for, told job by job.
struct PolicyFlags {
  private let policy: Policy
  private let accounts: Set<String>?
  private var place: Int
  private var tallies: [FlagKind: FlagTally] = [:]

  init(_ allowance: Allowance) {
    policy = allowance.policy
    accounts = allowance.policy.accounts.map(Set.init)
    place = allowance.jobsAdmitted
  }

  /// Takes the next job of those that would be sent.
  mutating func take(_ job: PlannedJob) {
    place += 1
    let movement = job.movement
    if !policy.allows(.job(movement.operation)) {
      flag(.operationNotAllowed, job, .operation(movement.operation))
    }
    if let accounts, !accounts.contains(movement.account) {
      flag(.accountNotAllowed, job, .accountNotListed)
    }
    if let limit = policy.limitPerJob(exceededBy: movement.amount) {
      flag(.overMaxPerJob, job, .limit(limit))
    }
    if let most = policy.maxJobs, place > most {
      flag(.overMaxJobs, job, .place(place, of: most))
    }
  }

  private mutating func flag(_ kind: FlagKind, _ job: PlannedJob, _ fact: FlagFact) {
    tallies[kind, default: FlagTally()].add(FlaggedJob(planned: job, fact: fact))
  }

  /// What was found, in the order of `FlagKind`.
  var result: [PreviewFlag] {
    FlagKind.allCases.compactMap { kind in tallies[kind]?.flag(kind) }
  }
}

/// The jobs of one flag, counted; only the first are kept.
private struct FlagTally {
  private var jobs = 0
  private var amounts = AmountSums()
  private var examples: [FlaggedJob] = []

  mutating func add(_ job: FlaggedJob) {
    jobs += 1
    amounts.add(job.planned.amount)
    if examples.count < PreviewFlag.mostExamples { examples.append(job) }
  }

  func flag(_ kind: FlagKind) -> PreviewFlag {
    PreviewFlag(kind: kind, jobs: jobs, amounts: amounts.all, examples: examples)
  }
}
