package import Domain
package import Journal
internal import SQLite

/// What is in the queue, for people, reports and the worker; every question is one statement.
package struct JobQueue {
  package let store: Store

  /// The queue of a home.
  package init(_ store: Store) { self.store = store }

  /// The batch of this full name.
  package func batch(_ id: BatchID) throws(Fault) -> Batch {
    guard
      let batch = try store.first(
        "SELECT * FROM batch WHERE id = :id", [":id": .text(id.text)],
        decode: Batch.init(row:))
    else { throw Fault(.notFound, "there is no batch \(id)", hint: "see `sluice list`") }
    return batch
  }

  /// The one batch whose name begins with `prefix`; throws when there is none or more than one.
  package func batch(matching prefix: String) throws(Fault) -> Batch {
    let found = try store.rows(
      """
      SELECT id
      FROM   batch
      WHERE  id = :prefix OR substr(id, 1, length(:prefix)) = :prefix
      ORDER  BY id = :prefix DESC, submitted_at DESC
      LIMIT  6
      """,
      [":prefix": .text(prefix)]
    ) { row throws(Fault) in row.text("id") }
    guard let first = found.first, !prefix.isEmpty else {
      throw Fault(
        .notFound, "there is no batch \(quoted(prefix))", hint: "see `sluice list`")
    }
    guard found.count == 1 || first == prefix else {
      throw Fault(
        .usage, "\(quoted(prefix)) could be \(found.prefix(5).joined(separator: ", "))",
        hint: "type more of the name")
    }
    return try batch(BatchID(first))
  }

  /// Every batch, newest first.
  package func batches() throws(Fault) -> [Batch] {
    try store.rows(
      "SELECT * FROM batch ORDER BY submitted_at DESC, rowid DESC", decode: Batch.init(row:))
  }

  /// Batches that a run without a name drains, in the order they were submitted: the approved ones
  /// and those whose worker died.
  package func runnable() throws(Fault) -> [BatchID] {
    try store.rows(
      """
      SELECT id
      FROM   batch
      WHERE  state IN ('approved', 'running')
      ORDER  BY submitted_at, rowid
      """
    ) { row throws(Fault) in BatchID(row.text("id")) }
  }

  /// Batches of a job file that are not at their end, in the order they were submitted.
  package func open(of jobFile: String) throws(Fault) -> [Batch] {
    try store.rows(
      """
      SELECT *
      FROM   batch
      WHERE  job_file = :job_file AND state IN ('submitted', 'approved', 'running', 'halted')
      ORDER  BY submitted_at, rowid
      """,
      [":job_file": .text(jobFile)], decode: Batch.init(row:))
  }

  /// Batches with a job that is not settled yet, in the order they were submitted.
  package func unsettled() throws(Fault) -> [BatchID] {
    try store.rows(
      """
      SELECT id
      FROM   batch
      WHERE  EXISTS (SELECT 1
                     FROM   job INDEXED BY job_unsettled
                     WHERE  job.batch = batch.id
                       AND  job.state IN ('sending', 'processing', 'in_doubt', 'unknown'))
      ORDER  BY submitted_at, rowid
      """
    ) { row throws(Fault) in BatchID(row.text("id")) }
  }

  /// Gives each job of a batch to `body`, by number.
  package func forEachJob(
    of batch: BatchID, _ body: (Job) throws(Fault) -> Void
  ) throws(Fault) {
    try store.forEach(
      "SELECT * FROM job WHERE batch = :batch ORDER BY number", [":batch": .text(batch.text)]
    ) { row throws(Fault) in try body(Job(row: row)) }
  }

  /// One job of a batch.
  package func job(_ id: JobID) throws(Fault) -> Job {
    let job = try store.first(
      "SELECT * FROM job WHERE batch = :batch AND number = :number",
      [":batch": .text(id.batch.text), ":number": .integer(id.number)], decode: Job.init(row:))
    guard let job else { throw .untrusted("the job \(id) is gone") }
    return job
  }

  /// The first queued job of a batch at or after `number`.
  package func nextQueued(of batch: BatchID, from number: Int) throws(Fault) -> Job? {
    try store.first(
      """
      SELECT *
      FROM   job
      WHERE  batch = :batch AND number >= :number AND state = 'queued'
      ORDER  BY number
      LIMIT  1
      """,
      [":batch": .text(batch.text), ":number": .integer(number)], decode: Job.init(row:))
  }

  /// The jobs of a batch in any of these states, by number; small sets only.
  package func jobs(of batch: BatchID, in states: [JobState]) throws(Fault) -> [Job] {
    let unsettled = try store.rows(
      """
      SELECT *
      FROM   job INDEXED BY job_unsettled
      WHERE  batch = :batch AND state IN ('sending', 'processing', 'in_doubt', 'unknown')
      ORDER  BY number
      """,
      [":batch": .text(batch.text)], decode: Job.init(row:))
    precondition(states.allSatisfy(\.isHeld), "only unsettled jobs are read whole")
    return unsettled.filter { states.contains($0.state) }
  }

  /// The digest of a batch's manifest, computed anew from its rows.
  package func recomputedDigest(of batch: Batch) throws(Fault) -> String {
    var manifest = Manifest(batch.manifestHead(in: store.facts))
    try forEachJob(of: batch.id) { job throws(Fault) in manifest.add(job.planned) }
    return manifest.digest()
  }
}
