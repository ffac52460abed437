internal import Domain
internal import Journal
internal import Queue
internal import SQLite

extension Told {
  /// The drafts that were neither submitted nor discarded, and how much each planner added lately.
  func addDrafts() throws(Fault) {
    try write(
      """
      INSERT INTO temp.told_addition
      SELECT subject, body ->> 'jobs', (body ->> 'jobs') - (body ->> 'added') + 1,
             body ->> 'digest', sequence
      FROM   journal
      WHERE  event = 'planned'
        AND  subject NOT IN (SELECT subject FROM journal WHERE event = 'discarded'
                             UNION ALL
                             SELECT body ->> 'draft'
                             FROM   journal
                             WHERE  event = 'submitted' AND body ->> 'draft' IS NOT NULL)
      """, [:])
    try write(
      """
      INSERT INTO temp.told_draft
      SELECT first.subject, first.body ->> 'planner', first.body ->> 'job_file',
             first.body ->> 'job_file_digest', first.at, draft.last
      FROM   (SELECT min(sequence) AS first, max(sequence) AS last
              FROM   temp.told_addition
              GROUP  BY draft) AS draft
      JOIN   journal AS first ON first.sequence = draft.first
      """, [:])
    try addHours()
  }

  /// The hour of each planner's last addition, and what it added since it was another hour.
  ///
  /// SQLite takes `hour` from the row that has the maximum.
  private func addHours() throws(Fault) {
    try write(
      """
      INSERT INTO temp.told_planning
      SELECT body ->> 'planner', sequence, at / :hour,
             iif(event = 'planned', body ->> 'added', body ->> 'jobs')
      FROM   journal
      WHERE  event = 'planned' OR (event = 'submitted' AND body ->> 'metered')
      """, [":hour": .integer(Milliseconds.hours(1).count)])
    try write(
      """
      INSERT INTO temp.told_planner_hour
      SELECT latest.planner, latest.hour, sum(planning.jobs), max(planning.sequence)
      FROM   (SELECT planner, hour, max(sequence)
              FROM   temp.told_planning
              GROUP  BY planner) AS latest
      JOIN   temp.told_planning AS planning ON planning.planner = latest.planner
      WHERE  planning.sequence > coalesce((SELECT max(sequence)
                                          FROM   temp.told_planning AS earlier
                                          WHERE  earlier.planner = latest.planner
                                            AND  earlier.hour <> latest.hour), 0)
      GROUP  BY latest.planner
      """, [:])
  }
}

/// What the journal holds of drafts only as digests.
extension Disagreements {
  /// Recomputes the digest of each addition to a draft, and finds lines that none of them made.
  func addDraftContents() throws(Fault) {
    try store.forEach(
      """
      SELECT addition.*
      FROM   temp.told_addition AS addition
      JOIN   draft ON draft.id = addition.draft
      """
    ) { row throws(Fault) in
      let (draft, first, last) = (row.text("draft"), row.integer("first"), row.integer("last"))
      let found = try Drafts(store).digest(of: draft, from: Int(first), to: Int(last))
      guard found != row.text("digest") else { return }
      let numbers = first == last ? "\(first)" : "\(first)-\(last)"
      try add(.content, "\(draft)#\(numbers)", after: row.integer("sequence"))
    }
    try write(
      """
      INSERT INTO temp.disagreement (name, kind)
      SELECT draft || '#' || number, '\(Kind.unexplained.rawValue)'
      FROM   draft_job
      WHERE  NOT EXISTS (SELECT 1
                         FROM   temp.told_addition AS addition
                         WHERE  addition.draft  = draft_job.draft
                           AND  addition.last  >= draft_job.number
                           AND  addition.first <= draft_job.number)
      """)
  }
}
