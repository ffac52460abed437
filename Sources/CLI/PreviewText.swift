internal import Approval
internal import Domain
internal import JSON
internal import Journal
internal import Queue

extension Preview {
  /// The preview for a person, fitted to a terminal whatever the batch's size; `isAsking` when the
  /// question follows, so that it needs no telling how to approve.
  func text(_ home: HomeFacts, isAsking: Bool = false) -> String {
    var lines = head(home)
    lines.append("")
    lines.append("Largest jobs")
    lines += largest.map { "  \(Self.line(of: $0))" }
    if !repeated.isEmpty {
      lines.append("Accounts with several jobs")
      lines += repeated.map { "  \(printable($0.account)): \(counted($0.jobs, "job"))" }
    }
    if duplicateCount > 0 {
      lines.append("Skipped as duplicates: \(groupedDigits(duplicateCount))")
      lines += duplicates.map { "  \(Self.line(of: $0)), taken by \($0.duplicateOf ?? "?")" }
      if duplicateCount > duplicates.count { lines.append("  ...") }
    }
    lines += ["", "Forecast, if every charge succeeds", "  \(forecast.sentence(batch))"]
    lines += ["", "digest \(batch.digest)"]
    if batch.state == .submitted, !isAsking {
      lines.append("Approve it with: sluice approve \(batch.id)")
    }
    return lines.joined(separator: "\n")
  }

  private func head(_ home: HomeFacts) -> [String] {
    let policy = batch.terms.policy
    let sums = totals.map { "\(counted($0.jobs, "job")), \($0.amount)" }
    var lines = [
      "\(batch.id) is \(batch.stateText)",
      "  submitted   \(batch.submittedAt) by \(printable(batch.submittedBy)), "
        + "planned by \(printable(batch.planner))",
      "  from        \(printable(batch.source)) with the job file \(batch.jobFile)",
      "  mode        \(home.mode.rawValue)\(home.mode == .sandbox ? ": no money moves" : "")",
      "  operation   \(policy.allowedOperations.map(\.rawValue).joined(separator: ", "))",
      "  to charge   \(sums.isEmpty ? "nothing" : sums.joined(separator: "; "))",
      "  cap         \(policy.caps.map(\.description).joined(separator: ", ")) for the batch",
    ]
    if !policy.maxPerJob.isEmpty {
      lines.append("  per job     \(policy.maxPerJob.map(\.description).joined(separator: ", "))")
    }
    if batch.terms.fourEyes { lines.append("  approver    another login than the submitter's") }
    return lines
  }

  private static func line(of job: Job) -> String {
    let planned = job.planned
    return "#\(planned.number)  \(planned.amount)  \(printable(planned.account))  "
      + "\(printable(planned.reference))  (line \(planned.line))"
  }

  /// The preview for a program; amounts in minor units.
  var json: JSONValue {
    [
      "batch": .string(batch.id.text), "state": .string(batch.state.rawValue),
      "digest": .string(batch.digest), "job_file": .string(batch.jobFile),
      "totals": .array(
        totals.map {
          [
            "currency": $0.amount.codeJSON, "jobs": .integer(Int64($0.jobs)),
            "amount": $0.amount.minorJSON,
          ]
        }),
      "largest": .array(largest.map(Self.json)), "duplicates": .integer(Int64(duplicateCount)),
      "repeated_accounts": .array(
        repeated.map { ["account": .string($0.account), "jobs": .integer(Int64($0.jobs))] }),
      "forecast": forecast.json,
    ]
  }

  private static func json(_ job: Job) -> JSONValue {
    [
      "number": .integer(Int64(job.planned.number)), "line": .integer(Int64(job.planned.line)),
      "account": .string(job.planned.account), "reference": .string(job.planned.reference),
      "amount": job.planned.amount.minorJSON, "currency": job.planned.amount.codeJSON,
    ]
  }
}

extension Forecast {
  /// Where the batch stops, if every charge before goes through.
  func sentence(_ batch: Batch) -> String {
    let money = amounts.map(\.description).joined(separator: " + ")
    let start =
      charged == 0
      ? "no job is charged"
      : "\(counted(charged, "job")) up to #\(lastCharged ?? 0) "
        + "\(charged == 1 ? "is" : "are") charged, \(money)"
    guard let stop else { return charged == 0 ? start : start + "; every job fits" }
    return start + ";\n  the batch stops at #\(stop.number) (\(stop.amount)): \(stop.why); "
      + "\(groupedDigits(notReached)) \(notReached == 1 ? "is" : "are") not reached"
  }

  fileprivate var json: JSONValue {
    [
      "charged": .integer(Int64(charged)), "last_charged": .optional(lastCharged.map(Int64.init)),
      "amounts": .array(
        amounts.map { ["currency": $0.codeJSON, "amount": $0.minorJSON] }),
      "stop": stop.map {
        ["number": .integer(Int64($0.number)), "reason": .string($0.reason.rawValue)]
      } ?? .null,
      "not_reached": .integer(Int64(notReached)),
    ]
  }
}

extension ForecastStop {
  /// Why, in a few words.
  fileprivate var why: String {
    switch reason {
    case .capExhausted: "it would pass the cap"
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
