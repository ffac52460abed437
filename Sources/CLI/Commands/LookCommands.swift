internal import Approval
internal import Domain
internal import JSON
internal import Journal
internal import Queue
internal import Report
internal import System
internal import Vault

extension Command {
  static let show = Command(
    spec: CommandSpec(
      "show", group: .look, summary: "show a batch: its terms, approvals and jobs",
      arguments: [Words.batch], options: [OptionSpec("--jobs", "list every job as well")],
      examples: ["sluice show overdue-20261122", "sluice show overdue-20261122 --jobs | less"]),
    run: { session throws(Fault) in
      let store = try session.openStore()
      let id = try JobQueue(store).batch(matching: session.batchWord).id
      try store.snapshot { () throws(Fault) in try session.tellBatch(id, store) }
      return .done
    })

  static let report = Command(
    spec: CommandSpec(
      "report", group: .look,
      summary: "say account by account who was charged, and who not and why",
      arguments: [Words.batch],
      options: [
        OptionSpec("--format", value: "FORMAT", "text (the default) or json"),
        OptionSpec("--output", value: "FILE", "write it to a file instead"),
      ],
      examples: [
        "sluice report overdue-20261122",
        "sluice report overdue-20261122 --format json --output report.json",
      ],
      discussion: "A report that does not add up, in count and in money, is refused (exit 70)."),
    run: { session throws(Fault) in
      let asJSON = try session.reportIsJSON()
      let store = try session.openStore()
      let id = try JobQueue(store).batch(matching: session.batchWord).id
      if let path = session.invocation.value("--output") {
        let file = try OutputFile(path: path)
        if asJSON {
          try store.writeJSONReport(id) { text throws(Fault) in try file.write(text) }
        } else {
          try file.write(try store.textReport(id))
        }
        try file.finish()
      } else if asJSON {
        try store.writeJSONReport(id) { text throws(Fault) in try session.write(text) }
      } else {
        try session.write(try store.textReport(id))
      }
      return .done
    })
}

extension Store {
  /// The text report of a batch, from one moment in time.
  func textReport(_ id: BatchID) throws(Fault) -> String {
    try snapshot { () throws(Fault) in
      let queue = JobQueue(self)
      let open = try queue.jobs(of: id, in: [.sending, .inDoubt, .unknown])
      return TextReport.text(try reportFacts(id), needPerson: open)
    }
  }

  /// Writes the JSON report of a batch piece by piece, from one moment in time.
  func writeJSONReport(
    _ id: BatchID, to write: (String) throws(Fault) -> Void
  ) throws(Fault) {
    try snapshot { () throws(Fault) in
      let facts = try reportFacts(id)
      try JSONReport.write(
        facts,
        jobs: { body throws(Fault) in try JobQueue(self).forEachJob(of: id, body) }, to: write)
    }
  }

  private func reportFacts(_ id: BatchID) throws(Fault) -> ReportFacts {
    try ReportFacts(
      summary: try JobQueue(self).summary(of: id), mode: facts.mode,
      approvedBy: try Approver(self).approvals(of: id).map(\.approver),
      budgets: try KeyVault(self).budgets(of: id).map {
        BudgetLine(currency: $0.currency, limit: $0.limit, spent: $0.spent, held: $0.held)
      },
      keys: try KeyVault(self).keys(of: id).map(\.text),
      journalHead: try journalHead().description)
  }
}

extension Session {
  fileprivate func reportIsJSON() throws(Fault) -> Bool {
    switch invocation.value("--format") {
    case nil: return wantsJSON
    case "json": return true
    case "text": return false
    case .some(let word):
      throw Fault(.usage, "there is no format \(quoted(word))", hint: "choose text or json")
    }
  }

  fileprivate func tellBatch(_ id: BatchID, _ store: Store) throws(Fault) {
    let queue = JobQueue(store)
    let summary = try queue.summary(of: id)
    let approvals = try Approver(store).approvals(of: id)
    let withJobs = invocation.flag("--jobs")
    guard wantsJSON else {
      try write(summary.batch.text(summary, approvals, store.facts) + "\n")
      if withJobs {
        try queue.forEachJob(of: id) { job throws(Fault) in try write(job.line + "\n") }
      }
      return
    }
    let text = summary.batch.json(approvals, store.facts).text
    guard withJobs else { return try write(text + "\n") }
    try write(text.dropLast() + ",\"jobs\":[")
    var isFirst = true
    try queue.forEachJob(of: id) { job throws(Fault) in
      try write((isFirst ? "" : ",") + job.json.text)
      isFirst = false
    }
    try write("]}\n")
  }
}

extension Batch {
  fileprivate func text(
    _ summary: Summary, _ approvals: [ApprovalRecord], _ home: HomeFacts
  ) -> String {
    let policy = terms.policy
    var lines = [
      "\(id) is \(stateText)",
      "  jobs        \(groupedDigits(jobs)), \(summary.submittedText)",
      "  charged     \(groupedDigits(summary.jobs(.charged))), \(summary.text(.charged))",
      "  submitted   \(submittedAt) by \(printable(submittedBy)), "
        + "planned by \(printable(planner))",
      "  from        \(printable(source)) with the job file \(jobFile)",
      "  mode        \(home.mode.rawValue), \(apiURL), \(apiVersion)",
      "  operations  \(policy.allowedOperations.map(\.rawValue).joined(separator: ", "))",
      "  caps        \(policy.caps.map(\.description).joined(separator: ", ")) per batch",
    ]
    if let halt { lines.append("  halt        \(printable(halt.message))") }
    for approval in approvals {
      lines.append(
        "  approved    \(approval.approvedAt) by \(printable(approval.approver)) "
          + "until \(approval.expiresAt)"
          + (approval.digest == digest ? "" : ", another plan (\(approval.digest.prefix(12)))"))
    }
    lines.append("  digest      \(digest)")
    return lines.joined(separator: "\n")
  }

  fileprivate func json(_ approvals: [ApprovalRecord], _ home: HomeFacts) -> JSONValue {
    [
      "batch": .string(id.text), "state": .string(state.rawValue),
      "halt": halt.map {
        [
          "reason": .string($0.reason.rawValue),
          "number": .optional($0.number.map(Int64.init)), "message": .string($0.message),
        ]
      } ?? .null,
      "digest": .string(digest), "home": .string(home.id), "mode": .string(home.mode.rawValue),
      "api_url": .string(apiURL), "api_version": .string(apiVersion),
      "stripe_account": .optional(home.stripeAccount), "job_file": .string(jobFile),
      "job_file_digest": .string(jobFileDigest), "terms": terms.json, "source": .string(source),
      "planner": .string(planner), "submitted_by": .string(submittedBy),
      "submitted_at": .string(submittedAt.description), "job_count": .integer(Int64(jobs)),
      "approvals": .array(
        approvals.map {
          [
            "digest": .string($0.digest), "approver": .string($0.approver),
            "approved_at": .string($0.approvedAt.description),
            "expires_at": .string($0.expiresAt.description),
          ]
        }),
    ]
  }
}

extension Job {
  fileprivate var line: String {
    let what = skipReason?.rawValue ?? details.declineCode ?? details.code ?? details.object ?? ""
    let text =
      "  #\(planned.number)  line \(planned.line)  \(printable(planned.account))  "
      + "\(printable(planned.reference))  \(planned.amount)  \(state.rawValue)"
    return what.isEmpty ? text : text + "  \(printable(what))"
  }

  /// Every field the digest covers, and what became of the job.
  fileprivate var json: JSONValue {
    [
      "number": .integer(Int64(planned.number)), "line": .integer(Int64(planned.line)),
      "account": .string(planned.account), "amount": planned.amount.minorJSON,
      "currency": planned.amount.codeJSON, "operation": .string(planned.operation.rawValue),
      "reference": .string(planned.reference), "description": .optional(planned.description),
      "payment_method": .optional(planned.paymentMethod), "reason": .optional(planned.reason),
      "metadata": .object(
        planned.metadata.map { JSONMember(key: $0.key, value: .string($0.value)) }),
      "state": .string(state.rawValue), "skip_reason": .optional(skipReason?.rawValue),
      "duplicate_of": .optional(duplicateOf), "object": .optional(details.object),
      "code": .optional(details.code), "decline_code": .optional(details.declineCode),
      "message": .optional(details.message), "request_id": .optional(details.requestID),
      "settled_at": .optional(settledAt?.description),
    ]
  }
}
