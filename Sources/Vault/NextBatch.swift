package import Domain
internal import Journal

extension KeyVault {
  /// What a run would be allowed of a batch that is not submitted yet.
  package func allowance(
    ofNextBatchOf jobFile: String, _ policy: Policy, at now: Timestamp
  ) throws(Fault) -> Allowance {
    var budgets: [Budget] = policy.caps.filter { $0.per == .batch }.map {
      Budget(scope: .batch(BatchID("")), per: .batch, limit: $0.limit, spent: 0, held: 0)
    }
    for window in [Window.day, .month] {
      for cap in policy.caps where cap.per == window {
        budgets.append(try budget(.jobFile(jobFile), cap, at: now))
      }
    }
    for cap in try HomeBudgets(store).caps(in: Set(policy.batchCaps.map(\.currency))) {
      budgets.append(try budget(.home, cap, at: now))
    }
    return Allowance(policy: policy, budgets: budgets, jobsAdmitted: 0)
  }
}
