internal import Domain
internal import Journal
internal import Queue
internal import SQLite

/// The scratch tables: what happened to the accounts of a batch in other batches.
extension PreviewHistory {
  private var recentSince: Timestamp { now + .days(-FlagRule.recentDays) }
  private var usualSince: Timestamp { now + .days(-FlagRule.usualDays) }

  /// A row for each account of the batch and each currency it was ever charged in, and one for
  /// each account and reference that was declined.
  static let scratch =
    """
    DROP TABLE IF EXISTS temp.earlier;
    DROP TABLE IF EXISTS temp.earlier_decline;
    CREATE TEMP TABLE earlier (
      account      TEXT    NOT NULL,
      currency     TEXT    NOT NULL,
      charges      INTEGER NOT NULL,  -- as many as make up what is usual
      median_minor INTEGER,           -- of those; of two middle ones the lower
      least_minor  INTEGER,           -- the least and the most that is usual; nothing is after
      most_minor   INTEGER,           -- too few charges
      recent       INTEGER NOT NULL,  -- as many as count as recent
      recent_minor INTEGER,
      last_at      INTEGER NOT NULL,
      CONSTRAINT earlier_pk PRIMARY KEY (account, currency)
    ) STRICT, WITHOUT ROWID;
    CREATE TEMP TABLE earlier_decline (
      account     TEXT    NOT NULL,
      reference   TEXT    NOT NULL,
      name        TEXT    NOT NULL,  -- the job that was declined last, as "BATCH#12"
      code        TEXT,
      declined_at INTEGER NOT NULL,
      CONSTRAINT earlier_decline_pk PRIMARY KEY (account, reference)
    ) STRICT, WITHOUT ROWID;
    """

  /// The accounts that are asked about.
  private static let accounts =
    "SELECT account FROM job WHERE batch = :batch AND state = 'queued'"

  /// Puts the charges of each account in order, those that make up what is usual first and by their
  /// amounts, and keeps the one in the middle of those.
  func sumUpCharges() throws(Fault) {
    try fill(
      """
      INSERT INTO earlier
      SELECT account, currency, charges, CASE WHEN charges > 0 THEN amount_minor END,
             CASE WHEN charges >= :least THEN (amount_minor + :factor - 1) / :factor END,
             CASE WHEN charges >= :least THEN amount_minor * :factor END,
             recent, recent_minor, last_at
      FROM   (SELECT account, currency, amount_minor,
                     row_number() OVER charged AS place,
                     count(*) FILTER (WHERE settled_at >= :usual_since) OVER charged AS charges,
                     count(*) FILTER (WHERE settled_at >= :recent_since) OVER charged AS recent,
                     sum(amount_minor) FILTER (WHERE settled_at >= :recent_since)
                       OVER charged AS recent_minor,
                     max(settled_at) OVER charged AS last_at
              FROM   job \(try access())
              WHERE  family = :family
                AND  account IN (\(Self.accounts))
                AND  state IN ('queued', 'sending', 'charged', 'processing', 'in_doubt', 'unknown')
                AND  state = 'charged' AND batch <> :batch
              WINDOW charged AS (
                PARTITION BY account, currency
                ORDER     BY settled_at < :usual_since, amount_minor
                ROWS      BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
              ))
      WHERE  place = max(1, (charges + 1) / 2)
      """,
      [
        ":batch": .text(batch.id.text), ":family": .text(batch.family.rawValue),
        ":usual_since": .integer(usualSince.milliseconds),
        ":recent_since": .integer(recentSince.milliseconds),
        ":least": .integer(FlagRule.leastCharges), ":factor": .integer(FlagRule.factor),
      ])
  }

  func noteDeclines() throws(Fault) {
    try fill(
      """
      INSERT INTO earlier_decline
      SELECT account, reference, batch || '#' || number, coalesce(decline_code, code),
             max(settled_at)
      FROM   job
      WHERE  family = :family AND state = 'declined' AND batch <> :batch
        AND  account IN (\(Self.accounts))
      GROUP  BY account, reference
      """,
      [":batch": .text(batch.id.text), ":family": .text(batch.family.rawValue)])
  }

  private func fill(_ sql: String, _ parameters: Parameters) throws(Fault) {
    guard try store.runInScratch(sql, parameters) else {
      throw .untrusted("what happened to the accounts before cannot be summed up")
    }
  }

  /// How charged jobs are found: account by account, or, where the batch is so large a part of the
  /// home that most pages would be read again and again, all jobs in their order.
  private func access() throws(Fault) -> String {
    let jobs =
      try store.first("SELECT sum(jobs) AS jobs FROM batch") { row throws(Fault) in
        row.integer("jobs")
      } ?? 0
    return Int64(batch.jobs) > jobs / 20 ? "NOT INDEXED" : "INDEXED BY job_reference_taken"
  }
}
