/// Where a batch stands; nothing but `applying(_:)` leads from one state to another.
package enum BatchState: String, CaseIterable, Sendable {
  /// Still being planned. Leaves to submitted or cancelled.
  case draft
  /// Waits for a person. Leaves to approved, rejected or cancelled.
  case submitted
  /// May run. Leaves to running, cancelled, or back to submitted.
  case approved
  /// A worker drains it, or died doing so. Leaves to halted or finished.
  case running
  /// Stopped for a reason that is kept. Leaves to running, cancelled, or back to submitted.
  case halted
  /// No job is queued, sending or in doubt. Final.
  case finished
  /// A person said no. Final.
  case rejected
  /// Given up; its queued jobs are skipped. Final.
  case cancelled
}

/// What can happen to a batch.
package enum BatchEvent: String, CaseIterable, Sendable {
  case submit, approve, start, halt, finish, reject, cancel, amend, expire
}

extension BatchState {
  /// The state after `event`; throws when no arrow leads there.
  package func applying(_ event: BatchEvent) throws(Fault) -> BatchState {
    switch (self, event) {
    case (.draft, .submit): .submitted
    case (.submitted, .approve): .approved
    case (.submitted, .reject): .rejected
    case (.approved, .start), (.halted, .start), (.running, .start): .running
    case (.running, .halt): .halted
    case (.running, .finish): .finished
    case (.draft, .cancel), (.submitted, .cancel), (.approved, .cancel), (.halted, .cancel):
      .cancelled
    case (.approved, .amend), (.halted, .amend), (.approved, .expire), (.halted, .expire):
      .submitted
    case (.draft, _), (.submitted, _), (.approved, _), (.running, _), (.halted, _),
      (.finished, _), (.rejected, _), (.cancelled, _):
      throw .illegal(self, event)
    }
  }
}

/// Why a batch stopped before its last job.
package enum HaltReason: String, CaseIterable, Sendable {
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
  /// Stripe does not take the key.
  case credentials
  /// Stripe could not be reached, several times in a row.
  case unreachable
  /// An answer that fits no row of the table of outcomes.
  case unexpectedAnswer = "unexpected_answer"
  /// A job that could not be settled and waits for a person.
  case unsettled
  /// More was charged than was held.
  case overCharged = "over_charged"
  /// SIGINT or SIGTERM.
  case interrupted

  /// Whether a limit on money was reached, which a run says with an exit status of its own.
  package var isCap: Bool {
    switch self {
    case .capExhausted, .jobFileBudgetExhausted, .homeBudgetExhausted: true
    case .stopped, .approvalExpired, .integrity, .clock, .declinedInARow, .rejectedInARow,
      .keyRevoked, .keyExpired, .operationNotAllowed, .accountNotAllowed, .overMaxPerJob,
      .overMaxJobs, .noBudget, .credentials, .unreachable, .unexpectedAnswer, .unsettled,
      .overCharged, .interrupted:
      false
    }
  }
}
