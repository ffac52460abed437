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
    let next =
      outlook.situation.map(standing)
      ?? "The draft may be submitted as it is, with submit; a person has to approve it then."
    return forecast(outlook).map { "\($0) \(next)" } ?? next
  }

  /// What a run would come to; nil where nothing is left to run.
  private static func forecast(_ outlook: PlanOutlook) -> String? {
    if outlook.jobs == 0 {
      return outlook.situation == nil ? "Every job of it is in a batch already." : nil
    }
    guard let stop = outlook.forecast.stop else { return "Every job fits the caps." }
    let charged = counted(outlook.forecast.charged, "job")
    let what =
      "At these limits \(charged) would be charged, and the batch would stop at #\(stop.number) "
      + "(\(why(stop.reason))); \(groupedDigits(outlook.forecast.notReached)) would not be reached."
    guard stop.reason.haltReason.isCap else {
      return "\(what) Tell a person: only they can change what the job file allows."
    }
    return "\(what) \(final) Other batches, smaller amounts and other references are other ways; "
      + "only a person can raise a limit."
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

  /// Whom a batch waits for, and what is not known of it.
  static func standing(_ situation: BatchSituation) -> String {
    [state(situation), unsettled(situation)].compactMap(\.self).joined(separator: " ")
  }

  private static func state(_ situation: BatchSituation) -> String {
    let batch = situation.batch
    switch batch.state {
    case .draft: return "It is a draft still."
    case .submitted: return waiting(situation)
    case .approved, .running:
      if let stop = situation.stop { return stopped(stop) }
      return batch.state == .approved ? approved(batch) : running(situation)
    case .halted: return halted(batch)
    case .finished:
      return "It is over. Jobs that were not charged are not tried again by themselves."
    case .rejected:
      return "A person rejected it: nothing of it is charged. Ask them before planning it again."
    case .cancelled: return "A person cancelled it: what was queued is not charged."
    }
  }

  private static func waiting(_ situation: BatchSituation) -> String {
    if let deadlock = situation.deadlock { return deadlocked(deadlock) }
    let batch = situation.batch
    let missing = situation.approvalsRequired - situation.approvalsGiven
    let who =
      switch (missing > 1, situation.approvalsGiven > 0) {
      case (true, _): batch.isUnderFourEyes ? "two people with other logins" : "two people"
      case (false, let isSecond):
        (isSecond ? "one more person" : "a person")
          + (batch.isUnderFourEyes ? " with another login" : "")
      }
    let than = batch.isUnderFourEyes ? " than the submitter's" : ""
    return "It waits for \(who)\(than) to approve it. Tell them to run: sluice approve "
      + "\(batch.id). You cannot approve it; do not submit its jobs again."
  }

  private static func deadlocked(_ deadlock: Fault) -> String {
    let remedy = deadlock.hint.map { " Tell a person to do this: \($0)." } ?? ""
    return "Nobody can approve it: \(deadlock.message).\(remedy) You cannot do it; do not submit "
      + "its jobs again."
  }

  private static func approved(_ batch: Batch) -> String {
    "It is approved and waits for a person or a timer to run it: sluice run \(batch.id)."
  }

  private static func running(_ situation: BatchSituation) -> String {
    guard !situation.hasWorker else {
      return "It is being run now. Ask again later; do not submit its jobs again."
    }
    return "Its worker is gone. Tell a person to run: sluice run \(situation.batch.id). Do not "
      + "submit its jobs again."
  }

  private static func stopped(_ stop: Stop) -> String {
    let lift = stop.batch.map { "sluice unstop \($0)" } ?? "sluice unstop"
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

  /// What nobody knows yet, and who can find out; nil where there is nothing, or a worker does.
  private static func unsettled(_ situation: BatchSituation) -> String? {
    let counts = Heading.allCases.compactMap { heading in
      situation.unsettled[heading].map { (jobs: $0, words: heading.rawValue) }
    }
    guard !counts.isEmpty, !situation.hasWorker else { return nil }
    let told = counts.map { count in
      "\(groupedDigits(count.jobs)) \(count.jobs == 1 ? "is" : "are") "
        + count.words.split(separator: "_").joined(separator: " ")
    }
    let them = counts.reduce(0) { $0 + $1.jobs } == 1 ? "it" : "them"
    return "\(told.joined(separator: " and ")) still: a person settles \(them) with sluice settle "
      + "\(situation.batch.id). Do not plan \(them) again."
  }
}
