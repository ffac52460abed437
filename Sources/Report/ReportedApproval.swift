package import Domain

/// One person's yes, as a report tells it.
package struct ReportedApproval: Equatable, Sendable {
  package let approver: String
  package let approvedAt: Timestamp
  package let expiresAt: Timestamp
  /// How many jobs it covers.
  package let jobs: Int
  /// The numbers of the jobs that were left out: "12,40-44".
  package let excluded: String?
  package let note: String?
  package let digest: String
  /// The standing approval by which it was given; nil where a person looked at the plan.
  package let standing: String?
  package let force: ApprovalForce

  /// An approval of exactly these parts.
  package init(
    approver: String, approvedAt: Timestamp, expiresAt: Timestamp, jobs: Int,
    excluded: String? = nil, note: String? = nil, digest: String,
    standing: String? = nil, force: ApprovalForce = .inForce
  ) {
    self.approver = approver
    self.approvedAt = approvedAt
    self.expiresAt = expiresAt
    self.jobs = jobs
    self.excluded = excluded
    self.note = note
    self.digest = digest
    self.standing = standing
    self.force = force
  }

  /// Who, what was left out and why, fit for a terminal: "ben (except 12,40-44): agreed with ana";
  /// and where it no longer counts, that it does not.
  package var words: String {
    let except = excluded.map { " (except \(Layout.shortened($0, to: 60)))" } ?? ""
    let why = note.map { ": \(Layout.cell($0, to: 200))" } ?? ""
    let beforehand = standing.map { " (\($0))" } ?? ""
    let past = force.remark.map { " (\($0))" } ?? ""
    return Layout.cell(approver, to: 60) + past + beforehand + except + why
  }
}

/// Whether an approval counts for its batch as the batch stands.
package enum ApprovalForce: Equatable, Sendable {
  case inForce
  /// The batch was amended since.
  case ofEarlierPlan
  /// The batch waits, or waited, for approval again: it expired or was withdrawn.
  case ended

  /// What is said of one that no longer counts.
  var remark: String? {
    switch self {
    case .inForce: nil
    case .ofEarlierPlan: "of an earlier plan"
    case .ended: "no longer counts"
    }
  }
}

/// How many people have approved a batch that waits, of how many that have to.
package struct GivenApprovals: Equatable, Sendable {
  package let required: Int
  /// Each once, in the order of their yes.
  package let givenBy: [String]

  /// So many required, given by these.
  package init(required: Int, givenBy: [String]) {
    self.required = required
    self.givenBy = givenBy
  }

  /// "1 of 2 given, by cid"; nil where one is enough, so that the batch's state says it all.
  package var words: String? {
    guard required > 1 else { return nil }
    let names = givenBy.map { Layout.cell($0, to: 60) }.joined(separator: ", ")
    return "\(givenBy.count) of \(required) given" + (names.isEmpty ? "" : ", by \(names)")
  }
}
