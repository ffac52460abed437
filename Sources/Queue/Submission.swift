package import Domain
internal import JSON
package import Journal
internal import SQLite

/// What a submission is about, besides its jobs.
package struct SubmissionHead: Sendable {
  package let id: BatchID
  package let jobFile: JobFile
  package let source: String
  package let planner: String
  package let submittedBy: Person
  package let apiURL: String
  package let apiVersion: String
  /// The draft that it was, which is gone once it is submitted.
  package let draft: DraftID?
  /// Whether its jobs count in the planner's hour; those of a draft did when they were added.
  package let isMetered: Bool
  /// Whether a billing run read it from the job file's source, and nobody handed it in.
  package let isGathered: Bool

  /// A head of exactly these parts.
  package init(
    id: BatchID, jobFile: JobFile, source: String, planner: String, submittedBy: Person,
    apiURL: String, apiVersion: String, draft: DraftID? = nil, isMetered: Bool = false,
    isGathered: Bool = false
  ) {
    self.id = id
    self.jobFile = jobFile
    self.source = source
    self.planner = planner
    self.submittedBy = submittedBy
    self.apiURL = apiURL
    self.apiVersion = apiVersion
    self.draft = draft
    self.isMetered = isMetered
    self.isGathered = isGathered
  }
}

/// How large a plan is that is staged.
package struct StagedPlan: Equatable, Sendable {
  /// How many jobs it has.
  package let jobs: Int
  /// What they add up to, per currency, by code.
  package let totals: [Money]
}

/// A batch on its way into the queue: all of it or nothing.
///
/// Jobs are staged in a scratch table first, so that a slow input never holds the write lock and a
/// large one takes no memory.
package struct Submission: ~Copyable {
  private let store: Store
  private let head: SubmissionHead
  private let terms: Terms
  private var manifest: Manifest
  /// How many jobs are staged.
  package private(set) var count = 0

  /// Begins a submission.
  package init(_ head: SubmissionHead, into store: Store) throws(Fault) {
    self.store = store
    self.head = head
    terms = Terms(head.jobFile, mode: store.facts.mode)
    manifest = Manifest(
      ManifestHead(
        home: store.facts, batch: head.id, apiURL: head.apiURL, apiVersion: head.apiVersion,
        jobFile: head.jobFile.name, jobFileDigest: hex(SHA256.digest(head.jobFile.bytes)),
        terms: terms))
    try store.makeScratch(Self.scratch)
  }

  /// Stages one job; returns what is wrong with its reference when the input has it twice.
  package mutating func add(_ job: PlannedJob) throws(Fault) -> String? {
    count += 1
    manifest.add(job)
    let isNew = try store.runInScratch(
      """
      INSERT INTO staged
      VALUES (:number, :line, :account, :amount, :currency, :operation, :invoice, :charge,
              :reference, :description, :payment_method, :reason, :metadata, :seal)
      """,
      [
        ":number": .integer(job.number), ":line": .integer(job.line),
        ":account": .text(job.account), ":amount": .integer(job.amount.minorUnits),
        ":currency": .text(job.amount.currency.code), ":operation": .text(job.operation.rawValue),
        ":invoice": .optional(job.movement.invoice), ":charge": .optional(job.movement.charge),
        ":reference": .text(job.reference), ":description": .optional(job.description),
        ":payment_method": .optional(job.paymentMethod), ":reason": .optional(job.reason),
        ":metadata": .text(job.metadataText), ":seal": .text(store.seal(of: job, in: head.id)),
      ])
    return isNew ? nil : try firstUse(of: job)
  }

  private func firstUse(of job: PlannedJob) throws(Fault) -> String {
    let line = try store.first(
      "SELECT line FROM staged WHERE account = :account AND reference = :reference",
      [":account": .text(job.account), ":reference": .text(job.reference)]
    ) { row throws(Fault) in row.integer("line") }
    let place = line.map { " on line \($0)" } ?? ""
    return "\(job.account) has the reference \(quoted(job.reference)) already\(place)"
  }

  /// Writes the batch; returns its id once it is durable.
  package consuming func submit() throws(Fault) -> BatchID {
    let id = head.id
    _ = try submit { _ throws(Fault) in nil }
    return id
  }

  /// What is staged, as a quota looks at it.
  package func plan() throws(Fault) -> StagedPlan {
    StagedPlan(
      jobs: count,
      totals: try store.totals(
        """
        SELECT currency, sum(amount) AS amount
        FROM   staged
        GROUP  BY currency
        ORDER  BY currency
        """))
  }

  /// The same, unless the last look, inside the transaction, finds a reason against it.
  package consuming func submit(
    unless refusal: (borrowing Transaction) throws(Fault) -> PlannerRefusal?
  ) throws(Fault) -> PlannerAnswer<BatchID> {
    let id = head.id
    if let refusal = try write(unless: refusal) { return .refused(refusal) }
    return .given(id)
  }

  /// The same, unless every job is a duplicate; nil then, and where there is no job at all.
  package consuming func submitIfNew() throws(Fault) -> BatchID? {
    let id = head.id
    let family = head.jobFile.operation.family
    let isRefused: Bool? = try write { transaction throws(Fault) in
      try Self.hasNewJob(of: family, in: transaction) ? nil : true
    }
    return isRefused == nil ? id : nil
  }

  /// Writes the batch; returns why it did not.
  private consuming func write<Refusal>(
    unless refusal: (borrowing Transaction) throws(Fault) -> Refusal?
  ) throws(Fault) -> Refusal? {
    try store.makeScratch("COMMIT")
    let digest = manifest.digest()
    let transaction = try store.begin()
    if let refusal = try refusal(transaction) { return refusal }
    if let draft = head.draft { try Drafts(store).requireWhole(draft) }
    try Self.insertBatch(head, terms, jobs: count, digest: digest, in: transaction)
    try Self.insertJobs(head, in: transaction)
    try Self.journalDuplicates(head.id, in: transaction)
    try transaction.append(
      .submitted, subject: head.id.text,
      [
        "digest": .string(digest), "jobs": .integer(Int64(count)),
        "family": .string(head.jobFile.operation.family.rawValue),
        "job_file": .string(head.jobFile.name), "source": .string(head.source),
        "planner": .string(head.planner), "submitted_by": .string(head.submittedBy.name),
        "login_uid": head.submittedBy.uidJSON, "approver_id": head.submittedBy.approverJSON,
        "caps": terms.policy.json.member("caps"), "draft": .optional(head.draft?.text),
        "metered": .bool(head.isMetered),
        "gathered": .bool(head.isGathered),
      ])
    if let draft = head.draft { try Drafts(store).remove(draft, in: transaction) }
    _ = try transaction.commit()
    return nil
  }

  private static let scratch =
    """
    CREATE TEMP TABLE IF NOT EXISTS staged (
      number INTEGER PRIMARY KEY, line INTEGER, account TEXT, amount INTEGER, currency TEXT,
      operation TEXT, invoice TEXT, charge TEXT, reference TEXT, description TEXT,
      payment_method TEXT, reason TEXT, metadata TEXT, seal TEXT,
      CONSTRAINT reference_once UNIQUE (account, reference)
    ) STRICT;
    DELETE FROM temp.staged;
    BEGIN;
    """
}

extension Submission {
  private static func insertBatch(
    _ head: SubmissionHead, _ terms: Terms, jobs: Int, digest: String,
    in transaction: borrowing Transaction
  ) throws(Fault) {
    try transaction.run(
      """
      INSERT INTO batch (id, family, state, job_file, job_file_digest, source, terms, api_url,
                         api_version, jobs, digest, planner, submitted_by, submitted_uid,
                         submitted_at, draft)
      VALUES (:id, :family, :state, :job_file, :job_file_digest, :source, :terms, :api_url,
              :api_version, :jobs, :digest, :planner, :submitted_by, :submitted_uid, :now, :draft)
      """,
      [
        ":id": .text(head.id.text),
        ":family": .text(head.jobFile.operation.family.rawValue),
        ":state": .text(try BatchState.draft.applying(.submit).rawValue),
        ":job_file": .text(head.jobFile.name),
        ":job_file_digest": .text(hex(SHA256.digest(head.jobFile.bytes))),
        ":source": .text(head.source), ":terms": .text(terms.json.text),
        ":api_url": .text(head.apiURL), ":api_version": .text(head.apiVersion),
        ":jobs": .integer(jobs), ":digest": .text(digest), ":planner": .text(head.planner),
        ":submitted_by": .text(head.submittedBy.name),
        ":submitted_uid": .optional(head.submittedBy.identity?.uid.map(Int64.init)),
        ":now": .integer(transaction.now.milliseconds), ":draft": .optional(head.draft?.text),
      ])
  }

  /// Whether a staged job has a reference that no other batch has taken.
  private static func hasNewJob(
    of family: Family, in transaction: borrowing Transaction
  ) throws(Fault) -> Bool {
    try transaction.store.first(
      """
      SELECT 1
      FROM   staged
      WHERE  NOT EXISTS (SELECT 1
                         FROM   job
                         WHERE  job.family    = :family
                           AND  job.account   = staged.account
                           AND  job.reference = staged.reference
                           AND  job.state IN ('queued', 'sending', 'charged', 'processing',
                                              'in_doubt', 'unknown'))
      LIMIT  1
      """,
      [":family": .text(family.rawValue)]
    ) { row throws(Fault) in true } ?? false
  }

  /// Moves the staged jobs in; one whose reference another batch has taken is skipped as duplicate.
  private static func insertJobs(
    _ head: SubmissionHead, in transaction: borrowing Transaction
  ) throws(Fault) {
    try transaction.run(
      """
      INSERT INTO job (batch, number, line, family, account, amount_minor, currency, operation,
                       invoice, charge, reference, description, payment_method, reason, metadata,
                       seal, state, skip_reason, duplicate_of)
      SELECT :batch, number, line, :family, account, amount, currency, operation, invoice, charge,
             reference, description, payment_method, reason, metadata, seal,
             iif(taken IS NULL, 'queued', 'skipped'), iif(taken IS NULL, NULL, 'duplicate'), taken
      FROM   (SELECT staged.*,
                     (SELECT job.batch || '#' || job.number
                      FROM   job
                      WHERE  job.family    = :family
                        AND  job.account   = staged.account
                        AND  job.reference = staged.reference
                        AND  job.state IN ('queued', 'sending', 'charged', 'processing',
                                           'in_doubt', 'unknown')) AS taken
              FROM   staged
              ORDER  BY number)
      """,
      [
        ":batch": .text(head.id.text), ":family": .text(head.jobFile.operation.family.rawValue),
      ])
  }

  /// One entry per duplicate: the journal's word that this job is never to be claimed.
  private static func journalDuplicates(
    _ batch: BatchID, in transaction: borrowing Transaction
  ) throws(Fault) {
    var last = 0
    while true {
      // A page at a time, so that a list of nothing but duplicates takes no memory.
      let page = try duplicates(of: batch, after: last, in: transaction.store)
      for duplicate in page {
        try transaction.append(
          .skipped, subject: JobID(batch: batch, number: duplicate.number).description,
          ["reason": "duplicate", "of": .string(duplicate.of)])
      }
      guard let end = page.last else { return }
      last = end.number
    }
  }

  private static func duplicates(
    of batch: BatchID, after number: Int, in store: Store
  ) throws(Fault) -> [(number: Int, of: String)] {
    try store.rows(
      """
      SELECT number, duplicate_of
      FROM   job
      WHERE  batch = :batch AND state = 'skipped' AND number > :number
      ORDER  BY number
      LIMIT  1000
      """,
      [":batch": .text(batch.text), ":number": .integer(number)]
    ) { row throws(Fault) in (number: Int(row.integer("number")), of: row.text("duplicate_of")) }
  }
}
