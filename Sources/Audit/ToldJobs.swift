internal import Domain
internal import SQLite

extension Told {
  /// What became of each job: the entries that count are found first, then read.
  func addJobs() throws(Fault) {
    try addTurns()
    try write(
      """
      INSERT INTO temp.told_job
      SELECT turn.batch, turn.number, batch.family,
             CASE moved.event WHEN 'claimed' THEN 'sending' WHEN 'resent' THEN 'sending'
                              WHEN 'lost' THEN 'in_doubt' WHEN 'skipped' THEN 'skipped'
             ELSE CASE moved.body ->> 'outcome' \(Words.jobStates) END END,
             iif(moved.event = 'skipped', moved.body ->> 'reason', NULL),
             iif(moved.event = 'skipped', moved.body ->> 'of', NULL),
             made.body ->> 'object', answered.body ->> 'code', answered.body ->> 'decline_code',
             said.body ->> 'message', answered.body ->> 'request_id',
             iif(said.event = 'skipped' AND said.body ->> 'reason' = 'duplicate', NULL, said.at),
             moved.sequence
      FROM   temp.told_turn AS turn
      JOIN   temp.told_batch AS batch    ON batch.id          = turn.batch
      JOIN   journal AS moved            ON moved.sequence    = turn.moved
      LEFT   JOIN journal AS answered    ON answered.sequence = turn.answered
      LEFT   JOIN journal AS said        ON said.sequence     = turn.said
      LEFT   JOIN journal AS made        ON made.sequence     = turn.made
      """, [:])
    try addUntouchedJobs()
    try skipGivenUpJobs()
  }

  /// For each job that was ever touched, the last entries of each kind.
  private func addTurns() throws(Fault) {
    try write(
      """
      INSERT INTO temp.told_turn
      SELECT batch, substr(subject, length(batch) + 2) + 0,
             max(sequence),
             max(sequence) FILTER (WHERE event IN ('settled', 'resolved')),
             max(sequence) FILTER (WHERE event IN ('settled', 'resolved', 'skipped')),
             max(sequence) FILTER (WHERE event IN ('settled', 'resolved')
                                     AND body ->> 'object' IS NOT NULL),
             min(sequence) FILTER (WHERE event = 'claimed'),
             max(sequence) FILTER (WHERE event = 'claimed'),
             max(sequence) FILTER (WHERE event IN ('claimed', 'resent')),
             max(sequence) FILTER (WHERE event IN ('settled', 'resolved')
                                     AND body ->> 'ask_again' IS NOT NULL)
      FROM   temp.told_extent AS extent
      CROSS  JOIN journal ON subject > batch || '#' AND subject < batch || '$'
      WHERE  event IN ('claimed', 'resent', 'lost', 'settled', 'resolved', 'skipped')
      GROUP  BY batch, subject
      """, [:])
  }

  /// The jobs that nothing happened to since they were submitted.
  private func addUntouchedJobs() throws(Fault) {
    try write(
      """
      INSERT OR IGNORE INTO temp.told_job (batch, number, family, state, sequence)
      WITH RECURSIVE job (batch, number, jobs, family, submitted) AS (
        SELECT id, 1, jobs, family, submitted FROM temp.told_batch
        UNION ALL
        SELECT batch, number + 1, jobs, family, submitted FROM job WHERE number < jobs
      )
      SELECT batch, number, family, 'queued', submitted FROM job
      """, [:])
  }

  /// A batch that is rejected or cancelled takes along what was still queued.
  private func skipGivenUpJobs() throws(Fault) {
    try write(
      """
      UPDATE temp.told_job
      SET    state = 'skipped', skip_reason = ended.reason, settled_at = ended.at,
             sequence = ended.sequence
      FROM   (SELECT batch.id AS batch, entry.sequence, entry.at,
                     iif(batch.state = 'cancelled', 'cancelled', 'batch_rejected') AS reason
              FROM   temp.told_batch AS batch
              JOIN   journal AS entry ON entry.sequence = batch.sequence
              WHERE  batch.state IN ('cancelled', 'rejected')) AS ended
      WHERE  told_job.batch = ended.batch AND told_job.state = 'queued'
      """, [:])
  }

  /// The request of each job that was ever claimed.
  func addAttempts() throws(Fault) {
    try write(
      """
      INSERT INTO temp.told_attempt
      SELECT turn.batch, turn.number, first.body ->> 'idempotency_key', sent.body ->> 'key',
             CASE WHEN turn.answered > turn.sent AND answered.body ->> 'outcome' = 'not_executed'
                  THEN 0
                  ELSE coalesce(sent.body ->> 'send', 1) END,
             coalesce(noted.body ->> 'server_errors', 0),
             claimed.body ->> 'stripe_time_ms', sent.body ->> 'stripe_time_ms',
             iif(turn.answered > turn.claimed
                   AND answered.body ->> 'outcome' IN (\(Words.settledOutcomes)),
                 NULL, noted.body ->> 'payment_intent'),
             coalesce(noted.body ->> 'ask_again', 1), first.body ->> 'body_sha256',
             max(turn.sent, coalesce(turn.answered, 0))
      FROM   temp.told_turn AS turn
      JOIN   journal AS first         ON first.sequence    = turn.claimed_first
      JOIN   journal AS claimed       ON claimed.sequence  = turn.claimed
      JOIN   journal AS sent          ON sent.sequence     = turn.sent
      LEFT   JOIN journal AS answered ON answered.sequence = turn.answered
      LEFT   JOIN journal AS noted    ON noted.sequence    = turn.noted
                                     AND noted.sequence    > turn.claimed
      """, [:])
  }
}
