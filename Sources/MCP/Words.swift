internal import Approval
internal import Domain
internal import Queue
internal import Service

/// What an answer tells a planner to do next, in whole sentences.
enum Words {
  private static let final = "This is final: stop, do not retry, do not try another way."

  static func planned(_ planned: PlannedCharges) -> String {
    let next =
      "When all jobs are planned, call preview and then submit with the draft "
      + "\(planned.addition.draft)."
    guard let cap = planned.exceededCap else { return "Nothing is charged yet. " + next }
    return "Nothing is charged yet. The draft is over the cap of \(cap.words): what is beyond it "
      + "will not be charged. \(final) You may keep the draft as it is. \(next)"
  }

  static func outlook(_ outlook: PlanOutlook) -> String {
    forecast(outlook) + " "
      + (outlook.batch.map { standing($0) }
        ?? "The draft may be submitted as it is, with submit; a person has to approve it then.")
  }

  private static func forecast(_ outlook: PlanOutlook) -> String {
    guard let stop = outlook.forecast.stop else {
      return "Every job fits the caps."
    }
    let charged = counted(outlook.forecast.charged, "job")
    return "At these limits \(charged) would be charged, and the batch would stop at "
      + "#\(stop.number) (\(why(stop.reason))); \(groupedDigits(outlook.forecast.notReached)) "
      + "would not be reached. \(final) Other batches, smaller amounts and other references are "
      + "other ways; only a person can raise a limit."
  }

  private static func why(_ refusal: Refusal) -> String {
    switch refusal {
    case .capExhausted: "it would pass the batch's cap"
    case .jobFileBudgetExhausted: "it would pass the job file's cap"
    case .homeBudgetExhausted: "it would pass the home's budget"
    case .overMaxPerJob: "it is over the limit per job"
    case .overMaxJobs: "more jobs than one run may have"
    case .accountNotAllowed: "its account is not listed"
    case .operationNotAllowed: "its operation is not allowed"
    case .noBudget: "there is no cap in its currency"
    case .stopped, .approvalExpired, .integrity, .clock, .declinedInARow, .rejectedInARow,
      .keyRevoked, .keyExpired:
      refusal.rawValue
    }
  }

  /// Whom a batch waits for, and how, under a stop if there is one.
  static func standing(_ batch: Batch, under stop: Stop? = nil) -> String {
    switch batch.state {
    case .draft: "It is a draft still."
    case .submitted: waiting(batch)
    case .approved where stop != nil, .running where stop != nil: stopped(stop)
    case .approved:
      "It is approved and waits for a person or a timer to run it: sluice run \(batch.id)."
    case .running: "It is being run now. Ask again later; do not submit its jobs again."
    case .halted: halted(batch)
    case .finished: "It is over. Jobs that were not charged are not tried again by themselves."
    case .rejected:
      "A person rejected it: nothing of it is charged. Ask them before planning it again."
    case .cancelled: "A person cancelled it: what was queued is not charged."
    }
  }

  private static func waiting(_ batch: Batch) -> String {
    let who =
      batch.isUnderFourEyes ? "a person with another login than the submitter's" : "a person"
    return "It waits for \(who) to approve it. Tell them to run: sluice approve \(batch.id). You "
      + "cannot approve it; do not submit its jobs again."
  }

  private static func stopped(_ stop: Stop?) -> String {
    let lift = stop?.batch.map { "sluice unstop \($0)" } ?? "sluice unstop"
    return "A person has stopped it, and nothing is sent until they lift that: \(lift). Do not "
      + "submit its jobs again."
  }

  private static func halted(_ batch: Batch) -> String {
    guard batch.halt?.reason.isCap == true else {
      return "It is halted (\(batch.halt?.reason.rawValue ?? "for a reason that people see")) and "
        + "waits for a person: sluice show \(batch.id). Stop, and do not submit its jobs again."
    }
    return "It is halted: a cap is reached. \(final) Only a person can raise a cap: sluice show "
      + "\(batch.id)."
  }
}
