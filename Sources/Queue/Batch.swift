package import Domain
package import Journal
internal import SQLite

/// One batch as it stands.
package struct Batch: Equatable, Sendable {
  package let id: BatchID
  package let family: Family
  package let state: BatchState
  /// Why and where it stopped; nil unless halted.
  package let halt: Halt?
  package let jobFile: String
  package let jobFileDigest: String
  /// The name of the input, as messages show it.
  package let source: String
  package let terms: Terms
  package let apiURL: String
  package let apiVersion: String
  /// How many jobs were submitted.
  package let jobs: Int
  /// SHA-256 of the manifest, in hexadecimal.
  package let digest: String
  package let planner: String
  package let submittedBy: String
  package let submittedUID: UInt32?
  package let submittedAt: Timestamp
  package let declinedInARow: Int
  package let rejectedInARow: Int

  /// A batch of exactly these parts.
  package init(
    id: BatchID, family: Family, state: BatchState, halt: Halt?, jobFile: String,
    jobFileDigest: String,
    source: String, terms: Terms, apiURL: String, apiVersion: String, jobs: Int, digest: String,
    planner: String, submittedBy: String, submittedUID: UInt32?, submittedAt: Timestamp,
    declinedInARow: Int = 0, rejectedInARow: Int = 0
  ) {
    self.id = id
    self.family = family
    self.state = state
    self.halt = halt
    self.jobFile = jobFile
    self.jobFileDigest = jobFileDigest
    self.source = source
    self.terms = terms
    self.apiURL = apiURL
    self.apiVersion = apiVersion
    self.jobs = jobs
    self.digest = digest
    self.planner = planner
    self.submittedBy = submittedBy
    self.submittedUID = submittedUID
    self.submittedAt = submittedAt
    self.declinedInARow = declinedInARow
    self.rejectedInARow = rejectedInARow
  }

  init(row: borrowing Row) throws(Fault) {
    id = BatchID(row.text("id"))
    family = try row.word("family", as: Family.self)
    state = try row.word("state", as: BatchState.self)
    halt = try state == .halted ? Halt(row: row) : nil
    jobFile = row.text("job_file")
    jobFileDigest = row.text("job_file_digest")
    source = row.text("source")
    terms = try Terms(text: row.text("terms"))
    apiURL = row.text("api_url")
    apiVersion = row.text("api_version")
    jobs = Int(row.integer("jobs"))
    digest = row.text("digest")
    planner = row.text("planner")
    submittedBy = row.text("submitted_by")
    submittedUID = row.optionalInteger("submitted_uid").flatMap { UInt32(exactly: $0) }
    submittedAt = Timestamp(milliseconds: row.integer("submitted_at"))
    declinedInARow = Int(row.integer("declined_in_a_row"))
    rejectedInARow = Int(row.integer("rejected_in_a_row"))
  }

  /// The head of this batch's manifest in a home.
  package func manifestHead(in home: HomeFacts) -> ManifestHead {
    ManifestHead(
      home: home, batch: id, apiURL: apiURL, apiVersion: apiVersion, jobFile: jobFile,
      jobFileDigest: jobFileDigest, terms: terms)
  }
}

/// Why a batch stopped, at which job, in a sentence.
package struct Halt: Equatable, Sendable {
  package let reason: HaltReason
  /// The job that was not sent, when the halt is about one.
  package let number: Int?
  package let message: String

  /// A halt of exactly these parts.
  package init(reason: HaltReason, number: Int?, message: String) {
    self.reason = reason
    self.number = number
    self.message = message
  }

  init(row: borrowing Row) throws(Fault) {
    reason = try row.word("halt_reason", as: HaltReason.self)
    number = row.optionalInteger("halt_number").map(Int.init)
    message = row.optionalText("halt_message") ?? ""
  }
}
