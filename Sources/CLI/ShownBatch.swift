internal import Domain
internal import JSON
internal import Journal
internal import Queue
internal import Report
internal import Service
internal import Stripe

/// Everything `show` says of a batch besides its jobs.
struct ShownBatch {
  let standing: BatchStanding
  let approvals: [ReportedApproval]
  let home: HomeFacts

  var batch: Batch { standing.batch }

  private var summary: Summary { standing.summary }

  /// For people: it fits a screen.
  var text: String {
    let lines =
      ["\(batch.id) is \(batch.stateText)"] + facts + policy + obstacles + decisions
      + BudgetLines.lines(standing.budgets, at: standing.now, indent: 2)
    return lines.joined(separator: "\n")
  }

  private func line(_ label: String, _ text: String) -> [String] {
    Layout.labeled(label, text, indent: 2, width: 12)
  }

  private var facts: [String] {
    let charged = Heading.charged
    return line("jobs", "\(groupedDigits(batch.jobs)), \(summary.submittedText)")
      + line(
        charged.words(batch.family),
        "\(groupedDigits(summary.jobs(charged))), \(summary.text(charged))")
      + batch.originLines
      + line("mode", mode)
  }

  /// The URL is told where it is not the only one there is, the version where there is one.
  private var mode: String {
    switch home.mode {
    case .sandbox: "sandbox: no money moves"
    case .test where batch.apiURL != StripeAPI.url:
      "test, \(batch.apiURL), version \(batch.apiVersion)"
    case .test, .live: "\(home.mode.rawValue), version \(batch.apiVersion)"
    }
  }

  private var policy: [String] {
    let policy = batch.terms.policy
    let halt = batch.terms.halt
    let limits =
      policy.maxPerJob.map { "\($0) per job" }
      + (policy.maxJobs.map { ["\(counted($0, "job")) per vault key"] } ?? [])
      + (policy.accounts.map { ["\(counted($0.count, "account")) listed"] } ?? [])
    return line("operations", policy.allowedOperations.map(\.name).joined(separator: ", "))
      + line("caps", policy.caps.map(\.words).joined(separator: ", "))
      + (limits.isEmpty ? [] : line("limits", limits.joined(separator: ", ")))
      + line(
        "expiry",
        "a vault key after \(policy.expiresIn.words), an approval after "
          + batch.terms.approvalExpiresIn.words
          + (batch.terms.fourEyes ? "; another login than the submitter's approves" : ""))
      + line(
        "halts after",
        "\(halt.declinedInARow) declined, \(halt.rejectedInARow) rejected or "
          + "\(halt.unreachableInARow) unreachable in a row")
  }

  private var obstacles: [String] {
    (batch.halt.map { line("halt", Layout.cell($0.message)) } ?? [])
      + (standing.stop.map {
        line("stop", ($0.batch == nil ? "the home is " : "") + Layout.cell($0.sentence))
      }
        ?? [])
  }

  private var decisions: [String] {
    (given.words.map { line("approvals", $0) } ?? [])
      + approvals.suffix(3).flatMap { approval in
        line(
          "approved",
          "\(approval.approvedAt) until \(approval.expiresAt) by \(approval.words)")
      } + line("digest", batch.digest)
  }

  private var given: GivenApprovals {
    GivenApprovals(
      required: batch.terms.approvalsRequired,
      givenBy: approvals.filter { $0.force == .inForce }.map(\.approver))
  }

  /// For programs; `jobs` may follow as the last member.
  var json: JSONValue {
    [
      "batch": .string(batch.id.text), "family": .string(batch.family.rawValue),
      "state": .string(batch.state.rawValue),
      "halt": batch.halt.map {
        [
          "reason": .string($0.reason.rawValue),
          "number": .optional($0.number.map(Int64.init)), "message": .string($0.message),
        ]
      } ?? .null,
      "stop": standing.stop.map {
        [
          "batch": .optional($0.batch?.text), "reason": .string($0.reason), "by": .string($0.by),
          "at": .string($0.at.description),
        ]
      } ?? .null,
      "digest": .string(batch.digest), "home": .string(home.id),
      "mode": .string(home.mode.rawValue), "api_url": .string(batch.apiURL),
      "api_version": .string(batch.apiVersion), "stripe_account": .optional(home.stripeAccount),
      "job_file": .string(batch.jobFile), "job_file_digest": .string(batch.jobFileDigest),
      "terms": batch.terms.json, "source": .string(batch.source),
      "planner": .string(batch.planner), "submitted_by": .string(batch.submittedBy),
      "submitted_at": .string(batch.submittedAt.description),
      "job_count": .integer(Int64(batch.jobs)), "budgets": .array(standing.budgets.map(\.json)),
      "approvals": .array(approvals.map(\.json)),
    ]
  }
}

extension Milliseconds {
  /// The length of time as job files write it: "90s", "15m", "24h", "7d".
  var words: String {
    if count % Milliseconds.days(1).count == 0, self > .days(1) {
      return "\(count / Milliseconds.days(1).count)d"
    }
    if count % Milliseconds.hours(1).count == 0 { return "\(count / Milliseconds.hours(1).count)h" }
    let minute = Milliseconds.minutes(1).count
    return count % minute == 0 ? "\(count / minute)m" : "\(count / 1000)s"
  }
}

extension Batch {
  /// Who submitted and planned it, and out of what.
  var originLines: [String] {
    Layout.labeled(
      "submitted",
      "\(submittedAt) by \(Layout.cell(submittedBy, to: 60)), "
        + "planned by \(Layout.cell(planner, to: 60))", indent: 2, width: 12)
      + Layout.labeled(
        "from",
        "\(Layout.cell(source, to: 60)) with the job file \(Layout.cell(jobFile, to: 60))",
        indent: 2, width: 12)
  }
}
