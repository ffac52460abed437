/// What a vault key still allows, by its policy and every budget it draws on.
///
/// The vault asks it at each claim and the preview's forecast asks it job by job, so the two cannot
/// differ.
package struct Allowance: Equatable, Sendable {
  package let policy: Policy
  /// In the order they are asked: the batch's, the job file's, the home's.
  package private(set) var budgets: [Budget]
  /// How many jobs the key has admitted.
  package private(set) var jobsAdmitted: Int

  /// An allowance of exactly these parts.
  package init(policy: Policy, budgets: [Budget], jobsAdmitted: Int) {
    self.policy = policy
    self.budgets = budgets
    self.jobsAdmitted = jobsAdmitted
  }

  /// The first rule a movement breaks, in `Refusal`'s order; nil when it fits.
  package func refusal(of movement: Movement) -> (refusal: Refusal, message: String)? {
    brokenByOperation(movement.operation)
      ?? brokenByAccount(movement.account)
      ?? brokenByAmount(movement.amount)
      ?? brokenByCount()
      ?? brokenByBudget(movement.amount)
  }

  /// Counts a movement that is admitted as spent.
  package mutating func take(_ movement: Movement) {
    jobsAdmitted += 1
    for place in budgets.indices where budgets[place].currency == movement.amount.currency {
      budgets[place].spent += movement.amount.minorUnits
    }
  }

  private func brokenByOperation(_ operation: Operation) -> (Refusal, String)? {
    policy.allows(.job(operation))
      ? nil : (.operationNotAllowed, "the policy does not allow \(operation.rawValue)")
  }

  private func brokenByAccount(_ account: String) -> (Refusal, String)? {
    guard let accounts = policy.accounts, !accounts.contains(account) else { return nil }
    return (.accountNotAllowed, "the policy does not list the account \(account)")
  }

  private func brokenByAmount(_ amount: Money) -> (Refusal, String)? {
    guard let limit = policy.limitPerJob(exceededBy: amount) else { return nil }
    return (.overMaxPerJob, "\(amount) is over the limit of \(limit) per job")
  }

  private func brokenByCount() -> (Refusal, String)? {
    guard let most = policy.maxJobs, jobsAdmitted >= most else { return nil }
    return (.overMaxJobs, "the key has admitted all of its \(counted(most, "job"))")
  }

  private func brokenByBudget(_ amount: Money) -> (Refusal, String)? {
    let mine = budgets.filter { $0.currency == amount.currency }
    guard mine.contains(where: { $0.per == .batch }) else {
      return (.noBudget, "the batch has no cap in \(amount.currency)")
    }
    guard let full = mine.first(where: { amount.minorUnits > $0.room }) else { return nil }
    let gone = Money(minorUnits: full.spent + full.held, currency: full.currency)
    return (
      full.refusal,
      "\(amount) would pass \(full.words) of \(full.limit), of which \(gone) is spent or held"
    )
  }
}

extension Policy {
  /// The most one job may move, where an amount is more; nil where it is not.
  package func limitPerJob(exceededBy amount: Money) -> Money? {
    maxPerJob.first { $0.currency == amount.currency && amount.minorUnits > $0.minorUnits }
  }
}
