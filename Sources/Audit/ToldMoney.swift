internal import Domain
internal import SQLite

extension Told {
  /// Each claim reserved money once; the answer that settled it, if any, spent it or gave it back.
  func addHolds() throws(Fault) {
    try write(
      """
      INSERT INTO temp.told_hold
      SELECT claim.id, substr(claim.subject, 1, instr(claim.subject, '#') - 1),
             substr(claim.subject, instr(claim.subject, '#') + 1) + 0, claim.key, claim.currency,
             claim.amount,
             CASE WHEN closing.sequence IS NULL THEN 'held'
                  WHEN closing.body ->> 'outcome' IN (\(Words.outcomes(.post))) THEN 'posted'
                  ELSE 'voided' END,
             iif(closing.body ->> 'outcome' IN (\(Words.outcomes(.post))),
                 coalesce(closing.body ->> 'amount', claim.amount), NULL),
             claim.at, max(claim.at, closing.at),
             coalesce(closing.body ->> 'outcome', '') <> 'not_executed',
             coalesce(closing.sequence, claim.sequence)
      FROM   (\(Self.claims)) AS claim
      LEFT   JOIN journal AS closing ON closing.sequence = claim.closed
      """, [:])
  }

  /// Every claim with its place among all of the home, and the entry that closed its hold.
  private static let claims =
    """
    SELECT id, journal.sequence, journal.subject, journal.at, journal.body ->> 'key' AS key,
           journal.body ->> 'currency' AS currency, journal.body ->> 'amount' AS amount,
           (SELECT min(answer.sequence)
            FROM   journal AS answer
            WHERE  answer.subject = journal.subject AND answer.sequence > journal.sequence
              AND  answer.event IN ('settled', 'resolved')
              AND  answer.body ->> 'outcome' IN (\(Words.outcomes(.post)),
                                                 \(Words.outcomes(.void)))) AS closed
    FROM   (SELECT sequence, subject, row_number() OVER (ORDER BY sequence) AS id
            FROM   journal
            WHERE  event = 'claimed') AS place
    JOIN   journal ON journal.sequence = place.sequence
    WHERE  substr(place.subject, 1, instr(place.subject, '#') - 1)
             IN (SELECT batch FROM temp.told_extent)
    """

  /// Each key as it was issued, what it admitted, and whether it was revoked.
  func addKeys() throws(Fault) {
    try write(
      """
      INSERT INTO temp.told_vault_key
      SELECT issued.subject, issued.body ->> 'batch', issued.body ->> 'secret_sha256',
             issued.body ->> '$.policy.name', issued.body ->> '$.policy.vendor',
             issued.body -> 'policy', issued.at, issued.body ->> 'expires_at_ms',
             coalesce(admitted.jobs, 0), revoked.at, revoked.actor, revoked.body ->> 'reason',
             coalesce(revoked.sequence, admitted.sequence, issued.sequence)
      FROM   journal AS issued
      LEFT   JOIN (SELECT vault_key, sum(is_admission) AS jobs, max(sequence) AS sequence
                   FROM   temp.told_hold
                   GROUP  BY vault_key) AS admitted ON admitted.vault_key = issued.subject
      LEFT   JOIN journal AS revoked
      ON     revoked.sequence = (SELECT min(sequence)
                                 FROM   journal
                                 WHERE  subject = issued.subject AND event = 'key_revoked')
      WHERE  issued.event = 'key_issued'
        AND  (issued.body ->> 'batch' IN (SELECT batch FROM temp.told_extent)
              OR (:all AND issued.body ->> 'batch' IS NULL))
      """, [":all": .integer(rows.isEverything ? 1 : 0)])
  }
}
