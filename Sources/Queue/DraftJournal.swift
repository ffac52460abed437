package import Domain
internal import JSON
internal import Journal
internal import SQLite

/// What the journal knows of drafts: each addition to one, with a digest of the rows it made.
extension Drafts {
  /// Journals the last jobs of a draft, so many, as added to it.
  func journal(
    _ added: Int, of jobs: Int, in draft: DraftID, for owner: DraftOwner,
    _ transaction: borrowing Transaction
  ) throws(Fault) {
    try transaction.append(
      .planned, subject: draft.text,
      [
        "planner": .string(owner.planner), "job_file": .string(owner.jobFile.name),
        "job_file_digest": .string(owner.jobFileDigest), "added": .integer(Int64(added)),
        "jobs": .integer(Int64(jobs)),
        "digest": .string(try digest(of: draft.text, from: jobs - added + 1, to: jobs)),
      ])
  }

  /// Throws `storage` unless a draft's rows are those that were journaled when they were planned.
  func requireWhole(_ id: DraftID) throws(Fault) {
    let draft = try draft(id)
    var jobs = 0
    var isWhole = true
    try store.forEachEvent(of: id.text, among: [.planned]) { entry throws(Fault) in
      let (body, first) = (entry.fields, jobs + 1)
      jobs = Int(body?["jobs"]?.integer ?? 0)
      let digest = try digest(of: id.text, from: first, to: jobs)
      isWhole =
        isWhole && body?["digest"]?.string == digest
        && body?["planner"]?.string == draft?.planner
        && body?["job_file"]?.string == draft?.jobFile
        && body?["job_file_digest"]?.string == draft?.jobFileDigest
    }
    guard isWhole, jobs > 0, draft?.jobs == jobs else {
      throw Fault(
        .storage, "the draft \(id) is not what was planned: its rows were changed by hand",
        hint: "nothing was submitted; discard it, plan it again and look at "
          + "`sluice journal verify`")
    }
  }

  /// SHA-256 over the rows of a draft's jobs from a number to another, byte for byte, in
  /// hexadecimal.
  package func digest(of draft: String, from first: Int, to last: Int) throws(Fault) -> String {
    var hash = SHA256()
    try store.forEach(
      """
      SELECT number, hex(account) AS account, hex(reference) AS reference, amount_minor,
             hex(currency) AS currency, hex(line) AS line, hex(content) AS content, added_at
      FROM   draft_job
      WHERE  draft = :draft AND number BETWEEN :first AND :last
      ORDER  BY number
      """,
      [":draft": .text(draft), ":first": .integer(first), ":last": .integer(last)]
    ) { row throws(Fault) in
      hash.update(
        Netstrings([
          String(row.integer("number")), row.text("account"), row.text("reference"),
          String(row.integer("amount_minor")), row.text("currency"), row.text("line"),
          row.text("content"), String(row.integer("added_at")),
        ]).bytes)
    }
    return hex(hash.finish())
  }
}
