internal import Approval
internal import Domain
internal import JSON
internal import Journal
internal import Queue
internal import Report

extension Preview {
  /// The preview for a person, fitted to a terminal whatever the batch's size; `isAsking` when the
  /// question follows, so that it needs no telling how to approve.
  func text(_ home: HomeFacts, at now: Timestamp, isAsking: Bool = false) -> String {
    var lines = head(home) + [""] + largestJobs
    if !repeated.isEmpty {
      lines.append("Accounts with several jobs")
      lines += repeated.map {
        "  \(Layout.cell($0.account, to: 60)): \(counted($0.jobs, "job"))"
      }
    }
    lines += duplicateJobs
    lines += ["", "Forecast, if every \(verb.noun) succeeds"]
    lines += forecast.sentences(verb).flatMap { Layout.wrapped($0, indent: 2) }
    lines += ["", "Budgets"] + BudgetLines.lines(budgets, at: now, indent: 2)
    lines += ["", "digest \(batch.digest)"]
    if batch.state == .submitted, !isAsking {
      lines.append("Approve it with: sluice approve \(batch.id)\(except)")
    }
    return lines.joined(separator: "\n")
  }

  private var except: String { excluded.map { " --except \($0.text)" } ?? "" }

  private var verb: Verb { Verb(batch.family) }

  private func head(_ home: HomeFacts) -> [String] {
    let policy = batch.terms.policy
    let sums = totals.map { "\(counted($0.jobs, "job")), \($0.amount)" }
    let names = policy.allowedOperations.map(\.name).joined(separator: ", ")
    return ["\(batch.id) is \(batch.stateText)"]
      + batch.originLines
      + line("mode", "\(home.mode.rawValue)\(home.mode == .sandbox ? ": no money moves" : "")")
      + line("operation", names)
      + line("to \(verb.infinitive)", sums.isEmpty ? "nothing" : sums.joined(separator: "; "))
      + (excluded.map { line("left out", leftOut($0)) } ?? [])
      + line("cap", policy.caps.map(\.words).joined(separator: ", "))
      + (policy.maxPerJob.isEmpty
        ? [] : line("per job", policy.maxPerJob.map(\.description).joined(separator: ", ")))
      + (batch.terms.fourEyes ? line("approver", "another login than the submitter's") : [])
  }

  private func leftOut(_ numbers: JobNumbers) -> String {
    "\(counted(excludedCount, "job")) (\(Layout.shortened(numbers.text, to: 50))), "
      + "to be skipped: excluded"
  }

  private func line(_ label: String, _ text: String) -> [String] {
    Layout.labeled(label, text, indent: 2, width: 12)
  }

  private var largestJobs: [String] {
    guard !largest.isEmpty else { return [] }
    var table = Table(
      ["", " ", .text("", least: 20), .text("", least: 20), ""], indent: 2)
    for job in largest {
      let planned = job.planned
      table.add([
        "#\(planned.number)", planned.amount.description, Layout.cell(planned.account),
        Layout.cell(planned.reference), "line \(planned.line)",
      ])
    }
    return ["Largest jobs"] + table.lines
  }

  private var duplicateJobs: [String] {
    guard duplicateCount > 0 else { return [] }
    var table = Table(["", " ", .text("", least: 16), .text("", least: 16), ""], indent: 2)
    for job in duplicates {
      let planned = job.planned
      table.add([
        "#\(planned.number)", planned.amount.description, Layout.cell(planned.account),
        Layout.cell(planned.reference), "taken by \(job.duplicateOf ?? "?")",
      ])
    }
    let more = duplicateCount > duplicates.count ? ["  ..."] : []
    return ["Skipped as duplicates: \(groupedDigits(duplicateCount))"] + table.lines + more
  }

  /// The preview for a program; amounts in minor units.
  var json: JSONValue {
    [
      "batch": .string(batch.id.text), "family": .string(batch.family.rawValue),
      "state": .string(batch.state.rawValue), "digest": .string(batch.digest),
      "job_file": .string(batch.jobFile), "excluded": .optional(excluded?.text),
      "excluded_jobs": .integer(Int64(excludedCount)),
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
      "budgets": .array(budgets.map(\.json)), "forecast": forecast.json,
    ]
  }

  private static func json(_ job: Job) -> JSONValue {
    [
      "number": .integer(Int64(job.planned.number)), "line": .integer(Int64(job.planned.line)),
      "account": .string(job.planned.account), "reference": .string(job.planned.reference),
      "invoice": .optional(job.planned.movement.invoice),
      "charge": .optional(job.planned.movement.charge),
      "amount": job.planned.amount.minorJSON, "currency": job.planned.amount.codeJSON,
    ]
  }
}

/// What a batch does, by its family.
private struct Verb {
  let infinitive: String
  let participle: String
  let noun: String

  init(_ family: Family) {
    switch family {
    case .collect: (infinitive, participle, noun) = ("charge", "charged", "charge")
    case .refund: (infinitive, participle, noun) = ("refund", "refunded", "refund")
    }
  }
}

extension Forecast {
  /// Where the batch stops, if every job before goes through.
  fileprivate func sentences(_ verb: Verb) -> [String] {
    let money = amounts.map(\.description).joined(separator: " + ")
    let start =
      charged == 0
      ? "no job is \(verb.participle)"
      : "\(counted(charged, "job")) up to #\(lastCharged ?? 0) "
        + "\(charged == 1 ? "is" : "are") \(verb.participle), \(money)"
    guard let stop else { return [charged == 0 ? start : start + "; every job fits"] }
    return [
      start + ";",
      "the batch stops at #\(stop.number) (\(stop.amount)): \(stop.why); "
        + "\(groupedDigits(notReached)) \(notReached == 1 ? "is" : "are") not reached",
    ]
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
    case .jobFileBudgetExhausted: "it would pass the job file's cap"
    case .homeBudgetExhausted: "it would pass the home's budget"
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
