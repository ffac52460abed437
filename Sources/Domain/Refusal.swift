/// The first rule a claim breaks; case order is precedence.
package enum Refusal: String, CaseIterable, Sendable {
  case stopped
  case approvalExpired = "approval_expired"
  case integrity
  case clock
  case declinedInARow = "declined_in_a_row"
  case rejectedInARow = "rejected_in_a_row"
  case keyRevoked = "key_revoked"
  case keyExpired = "key_expired"
  case operationNotAllowed = "operation_not_allowed"
  case accountNotAllowed = "account_not_allowed"
  case overMaxPerJob = "over_max_per_job"
  case overMaxJobs = "over_max_jobs"
  case noBudget = "no_budget"
  case capExhausted = "cap_exhausted"
  case jobFileBudgetExhausted = "job_file_budget_exhausted"
  case homeBudgetExhausted = "home_budget_exhausted"
}

extension Refusal {
  /// Every refusal halts the batch, under the reason of the same name.
  package var haltReason: HaltReason {
    switch self {
    case .stopped: .stopped
    case .approvalExpired: .approvalExpired
    case .integrity: .integrity
    case .clock: .clock
    case .declinedInARow: .declinedInARow
    case .rejectedInARow: .rejectedInARow
    case .keyRevoked: .keyRevoked
    case .keyExpired: .keyExpired
    case .operationNotAllowed: .operationNotAllowed
    case .accountNotAllowed: .accountNotAllowed
    case .overMaxPerJob: .overMaxPerJob
    case .overMaxJobs: .overMaxJobs
    case .noBudget: .noBudget
    case .capExhausted: .capExhausted
    case .jobFileBudgetExhausted: .jobFileBudgetExhausted
    case .homeBudgetExhausted: .homeBudgetExhausted
    }
  }
}
