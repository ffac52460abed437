package import Domain
internal import Journal
internal import SQLite

/// One checked line on its way into a draft.
package struct DraftLine: Sendable {
  package let job: PlannedJob
  /// The line as JSON Lines has it, without its end.
  package let text: String

  /// The line of this text, which was read as this job.
  package init(job: PlannedJob, text: String) {
    self.job = job
    self.text = text
  }

  /// What makes it the same job when it is sent again: every field but its place.
  var content: String {
    hex(SHA256.digest(Netstrings(Array(job.fields.dropFirst(2))).bytes))
  }
}

/// What has become of lines that were added to a draft.
package struct DraftAddition: Equatable, Sendable {
  package let draft: DraftID
  /// The number of each line's job in the draft, in the order of the lines.
  package let numbers: [Int]
  /// How many of the lines are new.
  package let added: Int
  /// How many jobs the draft has now.
  package let jobs: Int
}

/// Whose draft it is, and what its lines are checked against.
package struct DraftOwner: Sendable {
  package let planner: String
  package let jobFile: JobFile
  package let quota: Quota
  /// The name of the draft, should it have to be begun.
  package let newID: DraftID

  /// An owner of exactly these parts.
  package init(planner: String, jobFile: JobFile, quota: Quota, newID: DraftID) {
    self.planner = planner
    self.jobFile = jobFile
    self.quota = quota
    self.newID = newID
  }

  /// SHA-256 of the job file, in hexadecimal.
  package var jobFileDigest: String { hex(SHA256.digest(jobFile.bytes)) }
}

extension Drafts {
  /// Adds lines to a planner's draft for a job file, all of them or none.
  ///
  /// A line that is there already with the same content is the same job, so that whoever asks again
  /// for want of an answer adds nothing twice.
  package func add(
    _ lines: [DraftLine], for owner: DraftOwner
  ) throws(Fault) -> PlannerAnswer<DraftAddition> {
    let transaction = try store.begin()
    var draft = try draft(of: owner.planner, for: owner.jobFile.name)
    if let draft, draft.jobFileDigest != owner.jobFileDigest { return .refused(.jobFileChanged) }
    if draft == nil { draft = try begin(for: owner, in: transaction) }
    guard let draft else { throw .untrusted("a draft that was begun is gone") }
    var problems: [PlannerRefusal] = []
    var numbers: [Int] = []
    var jobs = draft.jobs
    for line in lines {
      switch try place(of: line, in: draft, owner) {
      case .same(let number): numbers.append(number)
      case .problem(let problem): problems.append(problem)
      case .new:
        jobs += 1
        numbers.append(jobs)
        try insert(line, as: jobs, into: draft.id, in: transaction)
      }
    }
    if let first = problems.first { return .refused(first.and(problems.count - 1)) }
    let added = jobs - draft.jobs
    if added > 0 {
      let quota = PlannerQuota(of: owner.planner, owner.quota)
      if let refusal = try exceeded(draft.id, jobs, quota) { return .refused(refusal) }
      if let refusal = try quota.count(added, in: transaction) { return .refused(refusal) }
      try journal(added, of: jobs, in: draft.id, for: owner, transaction)
      try commitBehindHead(transaction)
    }
    return .given(DraftAddition(draft: draft.id, numbers: numbers, added: added, jobs: jobs))
  }

  /// Commits and leaves the file `head` for the submission to bring up: two more syncs a job would
  /// be too many.
  private func commitBehindHead(_ transaction: consuming Transaction) throws(Fault) {
    let writesHead = store.writesHead
    store.writesHead = .whenTold
    defer { store.writesHead = writesHead }
    _ = try transaction.commit()
  }

  private func begin(
    for owner: DraftOwner, in transaction: borrowing Transaction
  ) throws(Fault) -> Draft? {
    try transaction.run(
      """
      INSERT INTO draft (id, planner, job_file, job_file_digest, created_at)
      VALUES (:id, :planner, :job_file, :job_file_digest, :now)
      """,
      [
        ":id": .text(owner.newID.text), ":planner": .text(owner.planner),
        ":job_file": .text(owner.jobFile.name), ":job_file_digest": .text(owner.jobFileDigest),
        ":now": .integer(transaction.now.milliseconds),
      ])
    return try draft(owner.newID, of: owner.planner)
  }

  private func insert(
    _ line: DraftLine, as number: Int, into draft: DraftID, in transaction: borrowing Transaction
  ) throws(Fault) {
    try transaction.run(
      """
      INSERT INTO draft_job (draft, number, account, reference, amount_minor, currency, line,
                             content, added_at)
      VALUES (:draft, :number, :account, :reference, :amount, :currency, :line, :content, :now)
      """,
      [
        ":draft": .text(draft.text), ":number": .integer(number),
        ":account": .text(line.job.account), ":reference": .text(line.job.reference),
        ":amount": .integer(line.job.amount.minorUnits),
        ":currency": .text(line.job.amount.currency.code), ":line": .text(line.text),
        ":content": .text(line.content), ":now": .integer(transaction.now.milliseconds),
      ])
  }
}

// References.
extension Drafts {
  /// Where a line belongs.
  private enum Place {
    case new
    case same(Int)
    case problem(PlannerRefusal)
  }

  private func place(
    of line: DraftLine, in draft: Draft, _ owner: DraftOwner
  ) throws(Fault) -> Place {
    let (account, reference) = (line.job.account, line.job.reference)
    let known = try store.first(
      """
      SELECT number, content
      FROM   draft_job
      WHERE  draft = :draft AND account = :account AND reference = :reference
      """,
      [
        ":draft": .text(draft.id.text), ":account": .text(account), ":reference": .text(reference),
      ]
    ) { row throws(Fault) in (number: Int(row.integer("number")), content: row.text("content")) }
    if let known {
      if known.content == line.content { return .same(known.number) }
      return .problem(
        PlannerRefusal(
          "\(account) has the reference \(quoted(reference)) in this draft already, as job "
            + "#\(known.number) with another content",
          advice: "nothing was added; leave it as it is, or discard the draft with discard_draft "
            + "and plan its jobs again"))
    }
    guard let holder = try holder(of: line.job, for: owner.planner) else { return .new }
    let moved = line.job.operation.family == .refund ? "refunded" : "charged"
    return .problem(
      PlannerRefusal(
        "the reference \(quoted(reference)) of \(account) is taken by \(holder)",
        advice: "nothing was added; leave that job out, and do not plan it under another "
          + "reference: it would be \(moved) twice"))
  }

  /// Who holds a job's reference, by name only where it is the planner's own batch.
  private func holder(of job: PlannedJob, for planner: String) throws(Fault) -> String? {
    try store.first(
      """
      SELECT job.batch || '#' || job.number AS name, batch.planner
      FROM   job
      JOIN   batch ON batch.id = job.batch
      WHERE  job.family    = :family
        AND  job.account   = :account
        AND  job.reference = :reference
        AND  job.state IN ('queued', 'sending', 'charged', 'processing', 'in_doubt', 'unknown')
      """,
      [
        ":family": .text(job.operation.family.rawValue), ":account": .text(job.account),
        ":reference": .text(job.reference),
      ]
    ) { row throws(Fault) in
      row.text("planner") == planner ? "the job \(row.text("name"))" : "a job of another planner"
    }
  }
}

extension PlannerRefusal {
  static let jobFileChanged = PlannerRefusal(
    "the job file was changed since this draft was begun",
    advice: "discard the draft with discard_draft and plan its jobs again")

  /// The refusal of one reference and of so many more.
  fileprivate func and(_ more: Int) -> PlannerRefusal {
    guard more > 0 else { return self }
    return PlannerRefusal(
      message + ", and \(counted(more, "more reference")) likewise", advice: advice)
  }
}
