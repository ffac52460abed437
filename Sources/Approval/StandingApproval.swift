package import Domain
package import JSON
internal import Journal

/// A person's yes, within limits, to whatever one job file plans until a date.
package struct StandingApproval: Equatable, Sendable {
  package let id: StandingID
  package let jobFile: String
  /// SHA-256 of the job file as it was approved, in hexadecimal.
  package let jobFileDigest: String
  package let limits: StandingLimits
  package let person: Person
  package let approvedAt: Timestamp
  package let note: String?
  /// Where the journal tells of it.
  let sequence: Int64
}

extension StandingApproval {
  /// Reads the entry that made it; throws `storage` when it says something else.
  init(_ entry: JournalEntry) throws(Fault) {
    guard let body = entry.fields, let jobFile = body["job_file"]?.string,
      let digest = body["job_file_digest"]?.string, let jobs = body["jobs"]?.integer,
      let until = body["until_ms"]?.integer, let total = body["total"].flatMap(Self.amounts),
      let perJob = body["per_job"].flatMap(Self.amounts)
    else { throw .untrusted("the journal's entry \(entry.sequence) is no standing approval") }
    id = StandingID(entry.subject)
    self.jobFile = jobFile
    jobFileDigest = digest
    limits = StandingLimits(
      total: total, perJob: perJob, jobs: Int(jobs), until: Timestamp(milliseconds: until))
    person = entry.person
    approvedAt = entry.at
    note = body["note"]?.string
    sequence = entry.sequence
  }

  /// The body of the entry that makes one.
  static func body(
    of jobFile: JobFile, _ limits: StandingLimits, by person: Person, note: String?
  ) -> JSONValue {
    [
      "job_file": .string(jobFile.name),
      "job_file_digest": .string(hex(SHA256.digest(jobFile.bytes))),
      "total": json(limits.total), "per_job": json(limits.perJob),
      "jobs": .integer(Int64(limits.jobs)), "until_ms": .integer(limits.until.milliseconds),
      "approver": .string(person.name), "login_uid": person.uidJSON,
      "approver_id": person.approverJSON, "note": .optional(note),
    ]
  }

  /// Amounts as entries hold them: currency and minor units.
  package static func json(_ amounts: [Money]) -> JSONValue {
    .array(amounts.map { ["amount": $0.minorJSON, "currency": $0.codeJSON] })
  }

  /// Reads amounts back; nil when one of them is none.
  static func amounts(_ node: JSONNode) -> [Money]? {
    guard let nodes = node.array else { return nil }
    let amounts = nodes.compactMap { Money($0) }
    return amounts.count == nodes.count ? amounts : nil
  }
}

/// Where a standing approval stands: what was approved under it, and whether it still counts.
package struct StandingUse: Equatable, Sendable {
  package let approval: StandingApproval
  /// The batches that were approved under it.
  let batches: Set<BatchID>
  package let jobs: Int
  /// What the batches approved under it may move, per currency.
  package let amounts: [Money]
  package let withdrawnAt: Timestamp?

  /// A use of exactly these parts.
  package init(
    approval: StandingApproval, batches: Set<BatchID> = [], jobs: Int = 0, amounts: [Money] = [],
    withdrawnAt: Timestamp? = nil
  ) {
    self.approval = approval
    self.batches = batches
    self.jobs = jobs
    self.amounts = amounts
    self.withdrawnAt = withdrawnAt
  }

  /// Whether anything may still be approved under it.
  package func standing(at now: Timestamp) -> Standing {
    if withdrawnAt != nil { return .withdrawn }
    return now >= approval.limits.until ? .ended : .inForce
  }

  /// The word for it.
  package enum Standing: String, CaseIterable, Sendable {
    case inForce = "in_force"
    case ended, withdrawn
  }
}
