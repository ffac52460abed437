internal import Domain
internal import Journal
internal import Queue

/// What a halt means for what comes after it.
extension HaltReason {
  /// Whether a later run may go on without a person's decision.
  var passesByItself: Bool {
    switch self {
    case .interrupted, .unreachable, .keyExpired, .clock: true
    case .stopped, .approvalExpired, .integrity, .declinedInARow, .rejectedInARow, .keyRevoked,
      .operationNotAllowed, .accountNotAllowed, .overMaxPerJob, .overMaxJobs, .noBudget,
      .capExhausted, .jobFileBudgetExhausted, .homeBudgetExhausted, .credentials,
      .unexpectedAnswer, .unsettled, .overCharged:
      false
    }
  }
}

extension Store {
  /// Whether every other batch would meet the same; the stop of one batch is its own.
  func endsRun(_ reason: HaltReason?) throws(Fault) -> Bool {
    switch reason {
    case .stopped: try StopSwitch(self).current() != nil
    case .credentials, .unreachable, .interrupted, .clock, .homeBudgetExhausted: true
    case nil, .approvalExpired, .integrity, .declinedInARow, .rejectedInARow, .keyRevoked,
      .keyExpired, .operationNotAllowed, .accountNotAllowed, .overMaxPerJob, .overMaxJobs,
      .noBudget, .capExhausted, .jobFileBudgetExhausted, .unexpectedAnswer, .unsettled,
      .overCharged:
      false
    }
  }

  /// Whether nothing more is run or gathered where nobody watches: beside what ends every run, more
  /// was charged than was held, or a batch is not what was approved.
  func endsBillingRun(_ reason: HaltReason?) throws(Fault) -> Bool {
    if reason == .overCharged || reason == .integrity { return true }
    return try endsRun(reason)
  }

  /// Whether the others go on after what kept one batch from being run: another process has it, it
  /// is not approved any more, or it is stopped by itself.
  func leavesOut(_ batch: BatchID, after fault: Fault) throws(Fault) -> Bool {
    if fault.exit == .busy || fault.exit == .notAllowed { return true }
    guard fault.exit == .halted, try StopSwitch(self).current() == nil else { return false }
    return try StopSwitch(self, of: batch).current() != nil
  }

  /// Throws `halted` where a batch is stopped by itself.
  func requireNoStop(of batch: BatchID) throws(Fault) {
    guard let stop = try StopSwitch(self, of: batch).current() else { return }
    throw Fault(
      .halted, "\(batch) does not run: \(stop.sentence)",
      hint: "lift it with `sluice unstop \(batch)`")
  }
}
