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

  /// An approval of exactly these parts.
  package init(
    approver: String, approvedAt: Timestamp, expiresAt: Timestamp, jobs: Int,
    excluded: String? = nil, note: String? = nil, digest: String,
    standing: String? = nil
  ) {
    self.approver = approver
    self.approvedAt = approvedAt
    self.expiresAt = expiresAt
    self.jobs = jobs
    self.excluded = excluded
    self.note = note
    self.digest = digest
    self.standing = standing
  }

  /// Who, what was left out and why, fit for a terminal: "ben (except 12,40-44): agreed with ana".
  package var words: String {
    let except = excluded.map { " (except \(Layout.shortened($0, to: 60)))" } ?? ""
    let why = note.map { ": \(Layout.cell($0, to: 200))" } ?? ""
    let beforehand = standing.map { " (\($0))" } ?? ""
    return Layout.cell(approver, to: 60) + beforehand + except + why
  }
}
