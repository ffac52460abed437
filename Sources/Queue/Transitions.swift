package import Domain
package import JSON
package import Journal
internal import SQLite

/// Every change of a state, each with its journal entry; the arrows are Domain's.
extension JobQueue {
  /// Moves a batch along an arrow; throws when it is no longer where `batch` says.
  package func move(
    _ batch: Batch, _ event: BatchEvent, journal: JournalEvent, _ body: JSONValue = [:],
    in transaction: borrowing Transaction
  ) throws(Fault) {
    let state = try batch.state.applying(event)
    let moved = try transaction.run(
      """
      UPDATE batch
      SET    state = :state, halt_reason = NULL, halt_number = NULL, halt_message = NULL
      WHERE  id    = :id AND state = :expected
      """,
      [
        ":id": .text(batch.id.text), ":state": .text(state.rawValue),
        ":expected": .text(batch.state.rawValue),
      ])
    guard moved == 1 else { throw changed(batch.id) }
    try transaction.append(journal, subject: batch.id.text, body)
  }

  /// Starts or goes on with a batch; failures in a row are counted anew.
  package func start(_ batch: Batch, in transaction: borrowing Transaction) throws(Fault) {
    try move(batch, .start, journal: .started, in: transaction)
    try transaction.run(
      "UPDATE batch SET declined_in_a_row = 0, rejected_in_a_row = 0 WHERE id = :id",
      [":id": .text(batch.id.text)])
  }

  /// Halts a running batch; holds are never touched.
  package func halt(
    _ batch: BatchID, _ halt: Halt, in transaction: borrowing Transaction
  ) throws(Fault) {
    let state = try BatchState.running.applying(.halt)
    let moved = try transaction.run(
      """
      UPDATE batch
      SET    state = :state, halt_reason = :reason, halt_number = :number, halt_message = :message
      WHERE  id    = :id AND state = 'running'
      """,
      [
        ":id": .text(batch.text), ":state": .text(state.rawValue),
        ":reason": .text(halt.reason.rawValue), ":number": .optional(halt.number.map(Int64.init)),
        ":message": .text(halt.message),
      ])
    guard moved == 1 else { throw changed(batch) }
    try transaction.append(
      .halted, subject: batch.text,
      [
        "reason": .string(halt.reason.rawValue),
        "number": .optional(halt.number.map(Int64.init)), "message": .string(halt.message),
      ])
  }

  /// Moves a job from one state along an arrow; false when it is not in that state.
  package func move(
    _ job: JobID, from state: JobState, _ event: JobEvent, in transaction: borrowing Transaction
  ) throws(Fault) -> Bool {
    let next = try state.applying(event)
    return try transaction.run(
      """
      UPDATE job
      SET    state = :next
      WHERE  batch = :batch AND number = :number AND state = :state
      """,
      [
        ":batch": .text(job.batch.text), ":number": .integer(job.number),
        ":state": .text(state.rawValue), ":next": .text(next.rawValue),
      ]) == 1
  }

  /// Settles a job with what Stripe said; false when it is not in that state.
  package func settle(
    _ job: JobID, from state: JobState, _ outcome: JobOutcome, _ details: SettlementDetails,
    in transaction: borrowing Transaction
  ) throws(Fault) -> Bool {
    let next = try state.applying(.settle(outcome))
    return try transaction.run(
      """
      UPDATE job
      SET    state = :next, object = coalesce(:object, object), code = :code,
             decline_code = :decline_code, message = :message, request_id = :request_id,
             settled_at = :now
      WHERE  batch = :batch AND number = :number AND state = :state
      """,
      [
        ":batch": .text(job.batch.text), ":number": .integer(job.number),
        ":state": .text(state.rawValue), ":next": .text(next.rawValue),
        ":object": .optional(details.object), ":code": .optional(details.code),
        ":decline_code": .optional(details.declineCode), ":message": .optional(details.message),
        ":request_id": .optional(details.requestID),
        ":now": .integer(transaction.now.milliseconds),
      ]) == 1
  }

  /// Skips a queued job for a reason of its own.
  package func skip(
    _ job: JobID, _ reason: SkipReason, message: String?, in transaction: borrowing Transaction
  ) throws(Fault) {
    let next = try JobState.queued.applying(.skip)
    let moved = try transaction.run(
      """
      UPDATE job
      SET    state = :next, skip_reason = :reason, message = :message, settled_at = :now
      WHERE  batch = :batch AND number = :number AND state = 'queued'
      """,
      [
        ":batch": .text(job.batch.text), ":number": .integer(job.number),
        ":next": .text(next.rawValue), ":reason": .text(reason.rawValue),
        ":message": .optional(message),
        ":now": .integer(transaction.now.milliseconds),
      ])
    guard moved == 1 else { throw changed(job.batch) }
    try transaction.append(
      .skipped, subject: job.description,
      ["reason": .string(reason.rawValue), "message": .optional(message)])
  }

  /// Skips queued jobs that the approver leaves out, each with its entry; throws `usage` when one
  /// of them is not queued.
  package func exclude(
    _ numbers: JobNumbers, of batch: BatchID, in transaction: borrowing Transaction
  ) throws(Fault) {
    try requireQueued(numbers, of: batch)
    for number in numbers.all {
      try skip(JobID(batch: batch, number: number), .excluded, message: nil, in: transaction)
    }
  }

  /// Throws `usage` where a job that is to be left out is not queued.
  package func requireQueued(_ numbers: JobNumbers, of batch: BatchID) throws(Fault) {
    for number in numbers.all {
      guard try state(of: JobID(batch: batch, number: number)) == .queued else {
        throw Fault(
          .usage, "#\(number) cannot be left out: \(batch) has no queued job of that number",
          hint: "see `sluice show \(batch) --jobs`")
      }
    }
  }

  private func state(of id: JobID) throws(Fault) -> JobState? {
    try store.first(
      "SELECT state FROM job WHERE batch = :batch AND number = :number",
      [":batch": .text(id.batch.text), ":number": .integer(id.number)]
    ) { row throws(Fault) in try row.word("state", as: JobState.self) }
  }

  /// Skips every queued job of a batch that is given up; the batch's own entry says why.
  package func skipQueued(
    of batch: BatchID, _ reason: SkipReason, in transaction: borrowing Transaction
  ) throws(Fault) -> Int {
    let next = try JobState.queued.applying(.skip)
    return try transaction.run(
      """
      UPDATE job
      SET    state = :next, skip_reason = :reason, settled_at = :now
      WHERE  batch = :batch AND state = 'queued'
      """,
      [
        ":batch": .text(batch.text), ":next": .text(next.rawValue),
        ":reason": .text(reason.rawValue),
        ":now": .integer(transaction.now.milliseconds),
      ])
  }

  /// Counts declines and rejections in a row; whatever else settles starts both anew.
  package func countInARow(
    _ outcome: JobOutcome, of batch: BatchID, in transaction: borrowing Transaction
  ) throws(Fault) {
    switch outcome {
    case .inDoubt, .unknown, .notCharged, .notExecuted: return
    case .charged, .declined, .rejected, .processing: break
    }
    try transaction.run(
      """
      UPDATE batch
      SET    declined_in_a_row = iif(:outcome = 'declined', declined_in_a_row + 1, 0),
             rejected_in_a_row = iif(:outcome = 'rejected', rejected_in_a_row + 1, 0)
      WHERE  id = :id
        AND  (:outcome IN ('declined', 'rejected')
              OR declined_in_a_row > 0 OR rejected_in_a_row > 0)
      """,
      [":id": .text(batch.text), ":outcome": .text(outcome.rawValue)])
  }

  private func changed(_ batch: BatchID) -> Fault {
    Fault(
      .busy, "\(batch) changed while this command ran",
      hint: "look at it with `sluice show \(batch)`")
  }
}

extension JobQueue {
  /// Whether a job of a batch is sending or in doubt: nothing new is claimed then.
  package func hasOpenSend(in batch: BatchID) throws(Fault) -> Bool {
    try store.first(
      """
      SELECT 1
      FROM   job INDEXED BY job_unsettled
      WHERE  batch = :batch AND state IN ('sending', 'processing', 'in_doubt', 'unknown')
        AND  state IN ('sending', 'in_doubt')
      LIMIT  1
      """,
      [":batch": .text(batch.text)]
    ) { row throws(Fault) in true } ?? false
  }

  /// Ends a batch; throws when a job is queued, sending or in doubt, or when one has disappeared.
  package func finish(_ id: BatchID, in transaction: borrowing Transaction) throws(Fault) {
    let counts = try store.first(
      """
      SELECT count(*)                                                    AS jobs,
             coalesce(sum(state IN ('queued', 'sending', 'in_doubt')), 0) AS open
      FROM   job
      WHERE  batch = :batch
      """,
      [":batch": .text(id.text)]
    ) { row throws(Fault) in (jobs: row.integer("jobs"), open: row.integer("open")) }
    let batch = try batch(id)
    guard let counts, counts.jobs == batch.jobs, counts.open == 0 else {
      throw .untrusted("\(id) has lost or gained jobs since it was submitted")
    }
    try move(batch, .finish, journal: .finished, in: transaction)
  }
}
