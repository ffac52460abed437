internal import Approval
internal import Domain
internal import Journal
internal import Queue
internal import Report
internal import Vault

extension Store {
  /// Writes the report of a batch piece by piece, from one moment in time.
  func writeReport(
    _ id: BatchID, _ format: ReportFormat, to write: (String) throws(Fault) -> Void
  ) throws(Fault) {
    switch format {
    case .text: try write(try textReport(id))
    case .json: try writeJSONReport(id, to: write)
    case .csv:
      try snapshot { () throws(Fault) in
        try CSVReport.write(try reportFacts(id), jobs: everyJob(of: id), to: write)
      }
    case .html:
      try snapshot { () throws(Fault) in
        try HTMLReport.write(try reportFacts(id), jobs: everyJob(of: id), to: write)
      }
    }
  }

  /// The text report of a batch, from one moment in time.
  func textReport(_ id: BatchID) throws(Fault) -> String {
    try snapshot { () throws(Fault) in
      let queue = JobQueue(self)
      var listed = try queue.jobs(of: id, in: [.sending, .inDoubt, .unknown])
      let unproven = JobFilter(
        headings: [.charged], reasons: [TextReport.payerNotProven], limit: 10)
      try queue.forEachJob(of: try queue.batch(id), matching: unproven) { job throws(Fault) in
        listed.append(job)
      }
      return TextReport.text(try reportFacts(id), needPerson: listed)
    }
  }

  /// Writes the JSON report of a batch piece by piece, from one moment in time.
  func writeJSONReport(
    _ id: BatchID, to write: (String) throws(Fault) -> Void
  ) throws(Fault) {
    try snapshot { () throws(Fault) in
      try JSONReport.write(try reportFacts(id), jobs: everyJob(of: id), to: write)
    }
  }

  private func everyJob(
    of id: BatchID
  ) -> ((Job) throws(Fault) -> Void) throws(Fault) -> Void {
    { body throws(Fault) in try JobQueue(self).forEachJob(of: id, body) }
  }

  private func reportFacts(_ id: BatchID) throws(Fault) -> ReportFacts {
    let queue = JobQueue(self)
    let summary = try queue.summary(of: id)
    let now = clock.now()
    var halted: Job?
    if let number = summary.batch.halt?.number {
      halted = try queue.job(JobID(batch: id, number: number))
    }
    return try ReportFacts(
      summary: summary, mode: facts.mode, at: now,
      approvals: try Approver(self).reportedApprovals(of: summary.batch),
      budgets: try KeyVault(self).budgets(of: id, summary.batch.terms.policy, at: now),
      keys: try KeyVault(self).keys(of: id).map(\.text),
      journalHead: try journalHead().description,
      beyondPlan: try KeyVault(self).beyondPlan(of: id), haltedAmount: halted?.planned.amount,
      stop: try StopSwitch.inForce(on: id, self))
  }
}

extension Approver {
  /// Every approval of a batch, oldest first, as reports and listings tell it.
  func reportedApprovals(of batch: Batch) throws(Fault) -> [ReportedApproval] {
    let counting = try approvalsThatCount(for: batch)
    return try approvals(of: batch.id).map { approval in
      let isPast: ApprovalForce = approval.digest == batch.digest ? .ended : .ofEarlierPlan
      return approval.reported(counting.contains(approval) ? .inForce : isPast)
    }
  }

  /// How many people have approved a batch as it stands, of how many that have to.
  func given(_ batch: Batch) throws(Fault) -> GivenApprovals {
    GivenApprovals(
      required: batch.terms.approvalsRequired,
      givenBy: try approvalsThatCount(for: batch).map(\.approver))
  }
}

extension ApprovalRecord {
  fileprivate func reported(_ force: ApprovalForce) -> ReportedApproval {
    ReportedApproval(
      approver: approver, approvedAt: approvedAt, expiresAt: expiresAt, jobs: jobs,
      excluded: excluded, note: note, digest: digest, standing: standing?.text, force: force)
  }
}
