internal import Domain
internal import Queue

/// Where a batch stands in a sentence, and what to type next to go on.
struct NextSteps {
  let sentence: String
  /// What the commands are for; nil when there is nothing to type.
  let purpose: String?
  let commands: [String]

  init(_ sentence: String, _ purpose: String? = nil, _ commands: [String] = []) {
    self.sentence = sentence
    self.purpose = purpose
    self.commands = commands
  }
}

extension ReportFacts {
  /// What is left to do; nil for a batch that went through.
  var nextSteps: NextSteps? {
    let id = batch.id
    switch batch.state {
    case .draft: return NextSteps("It is still being planned.")
    case .submitted:
      let waits = "It waits for approval" + (given.words.map { ": \($0)." } ?? ".")
      return NextSteps(
        waits, "Look at it, then decide:",
        ["sluice preview \(id)", "sluice approve \(id)"])
    case .approved: return NextSteps("It is approved.", "To run it:", ["sluice run \(id)"])
    case .running:
      return NextSteps(
        "It is running, or its run ended before its last job.", "If nothing runs it, go on:",
        ["sluice run \(id)"])
    case .halted: return batch.halt.map(afterHalt)
    case .finished: return nil
    case .rejected: return NextSteps("It was rejected; jobs that were queued are skipped.")
    case .cancelled: return NextSteps("It was cancelled; jobs that were queued are skipped.")
    }
  }

  private func afterHalt(_ halt: Halt) -> NextSteps {
    let advice = advice(after: halt.reason)
    return NextSteps(halt.sentence, advice.purpose, advice.commands)
  }

  /// What each halt asks of a person.
  private func advice(after reason: HaltReason) -> (purpose: String, commands: [String]) {
    let run = "sluice run \(batch.id)"
    let jobs = "sluice show \(batch.id) --jobs"
    let newKey = "The next run is issued a new vault key:"
    switch reason {
    case .stopped:
      guard let stop else { return ("The stop is lifted. To go on:", [run]) }
      let unstop = stop.batch.map { "sluice unstop \($0)" } ?? "sluice unstop"
      return ("Find out why; then lift the stop and go on:", [unstop, run])
    case .approvalExpired: return ("To have it approved again and go on:", approvedAgain)
    case .integrity:
      return ("Do not run it before you know why:", ["sluice journal verify", jobs])
    case .clock: return ("Set this machine's clock, then go on:", [run])
    case .declinedInARow: return ("See why; then go on, if it is worth it:", [jobs, run])
    case .rejectedInARow: return ("See what is wrong with the plan; then go on:", [jobs, run])
    case .keyRevoked: return ("Find out why. " + newKey, ["sluice keys list", run])
    case .keyExpired, .overMaxJobs: return (newKey, [run])
    case .operationNotAllowed, .accountNotAllowed, .overMaxPerJob, .noBudget: return submittedAgain
    case .capExhausted: return amended
    case .jobFileBudgetExhausted: return (room(), [run])
    case .homeBudgetExhausted:
      return (room(or: ", or with another budget,"), ["sluice budget list", run])
    case .credentials: return ("Check the restricted key, then go on:", [run])
    case .unreachable: return ("When Stripe can be reached, go on:", [run])
    case .overCharged:
      return ("Look it up at Stripe, then go on, if it is right:", [jobs, run])
    case .unexpectedAnswer, .unsettled:
      return ("Ask Stripe what became of the job, then go on:", ["sluice settle \(batch.id)", run])
    case .interrupted: return ("To go on:", [run])
    }
  }

  private var approvedAgain: [String] {
    ["preview", "approve", "run"].map { "sluice \($0) \(batch.id)" }
  }

  /// When the budget that the batch halted at has room for the job again.
  private func room(or otherwise: String = "") -> String {
    let refusal = batch.halt?.reason
    let full = budgets.first { budget in
      budget.refusal.haltReason == refusal && budget.currency == haltedAmount?.currency
        && budget.room < haltedAmount?.minorUnits ?? 0
    }
    guard let full, let end = full.per.end(after: at) else {
      return "There is room for it by now; go on:"
    }
    return "The UTC \(full.per.rawValue) ends at \(end). Then\(otherwise) go on:"
  }

  /// The terms of a batch are fixed, its caps excepted.
  private var submittedAgain: (purpose: String, commands: [String]) {
    (
      "To change its policy, cancel it, correct the job file and submit the jobs again; those that "
        + "were \(Heading.charged.words(batch.family)) are left out as duplicates:",
      ["sluice cancel \(batch.id)", "sluice submit FILE --job JOBFILE"]
    )
  }

  private var amended: (purpose: String, commands: [String]) {
    let amend = "sluice amend \(batch.id) --cap "
    let purpose = "To go on, raise the cap, have it approved again and run it"
    guard let currency = summary.currencies.first, summary.currencies.count == 1 else {
      return (purpose + ":", [amend + "CURRENCY=AMOUNT"] + approvedAgain)
    }
    guard let cap = capForAll(in: currency) else {
      return (purpose + ":", [amend + "\(currency)=AMOUNT"] + approvedAgain)
    }
    return (
      purpose + "; \(cap) covers all that is left:",
      [amend + "\(currency)=\(cap.decimal)"] + approvedAgain
    )
  }

  /// The least cap under which every job not reached could be charged; nil when other jobs were
  /// skipped too, of which only the number is known.
  private func capForAll(in currency: Currency) -> Money? {
    let skipped = summary.reasons.filter { $0.heading == .skipped }
    guard skipped.allSatisfy({ $0.reason == HaltReason.capExhausted.rawValue }) else { return nil }
    let headings: [Heading] = [.charged, .processing, .inDoubt, .unknown, .skipped]
    let sum = headings.reduce(0) { $0 + summary.amount($1, currency).minorUnits }
    return Money(minorUnits: sum, currency: currency)
  }
}

extension Halt {
  /// Where and why in one sentence: "Halted at job #252 (cap_exhausted): 1.99 usd would pass ...".
  fileprivate var sentence: String {
    let place = number.map { " at job #\($0)" } ?? ""
    let why = message.isEmpty ? "" : ": " + message
    let end = why.hasSuffix(".") ? "" : "."
    return "Halted\(place) (\(reason.rawValue))\(why)\(end)"
  }
}
