internal import Domain
internal import SQLite

extension Told {
  /// What became of each batch, by its last entries.
  func addBatches() throws(Fault) {
    try write(
      """
      INSERT INTO temp.told_batch
        (id, family, state, halt_reason, halt_number, halt_message, job_file, source, jobs, digest,
         planner, submitted_by, submitted_uid, submitted_at, draft, submitted, sequence)
      SELECT batch.id, first.body ->> 'family', CASE moved.event \(Words.batchStates) END,
             iif(moved.event = 'halted', moved.body ->> 'reason', NULL),
             iif(moved.event = 'halted', moved.body ->> 'number', NULL),
             iif(moved.event = 'halted', moved.body ->> 'message', NULL),
             first.body ->> 'job_file', first.body ->> 'source', first.body ->> 'jobs',
             planned.body ->> 'digest', first.body ->> 'planner', first.body ->> 'submitted_by',
             first.body ->> 'login_uid', first.at, first.body ->> 'draft', first.sequence,
             moved.sequence
      FROM   (SELECT extent.batch AS id,
                     min(sequence) FILTER (WHERE event = 'submitted') AS submitted,
                     max(sequence) FILTER (WHERE event IN ('submitted', 'amended')) AS planned,
                     max(sequence) AS moved
              FROM   temp.told_extent AS extent
              CROSS  JOIN journal ON journal.subject = extent.batch
              WHERE  event IN (\(Words.batchEvents))
              GROUP  BY extent.batch) AS batch
      JOIN   journal AS first   ON first.sequence   = batch.submitted
      JOIN   journal AS planned ON planned.sequence = batch.planned
      JOIN   journal AS moved   ON moved.sequence   = batch.moved
      """, [:])
    try addAnswers()
    try countInARow("declined")
    try countInARow("rejected")
  }

  /// Whatever counts for or against failures in a row: answers, and starts, which begin anew.
  private func addAnswers() throws(Fault) {
    try write(
      """
      INSERT INTO temp.told_answer
      SELECT batch, sequence, 'started'
      FROM   temp.told_extent AS extent
      CROSS  JOIN journal ON journal.subject = extent.batch
      WHERE  event = 'started'
      UNION  ALL
      SELECT batch, sequence, word
      FROM   (SELECT batch, sequence,
                     iif(event = 'skipped',
                         iif(body ->> 'reason' IN (\(Words.missingReasons)), 'rejected', NULL),
                         body ->> 'outcome') AS word
              FROM   temp.told_extent AS extent
              CROSS  JOIN journal ON subject > batch || '#' AND subject < batch || '$'
              WHERE  event IN ('settled', 'resolved', 'skipped'))
      WHERE  word IN ('charged', 'declined', 'rejected', 'processing')
      """, [:])
  }

  private func countInARow(_ word: String) throws(Fault) {
    try write(
      """
      UPDATE told_batch
      SET    \(word)_in_a_row =
               (SELECT count(*)
                FROM   temp.told_answer
                WHERE  batch = told_batch.id
                  AND  sequence > coalesce((SELECT max(sequence)
                                            FROM   temp.told_answer
                                            WHERE  batch = told_batch.id AND word <> :word), 0))
      """, [":word": .text(word)])
  }
}
