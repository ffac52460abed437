package import Domain
internal import Journal
internal import SQLite

extension JobQueue {
  /// How many jobs of a batch may have been charged without anybody knowing, by their heading.
  package func unsettled(of batch: Batch) throws(Fault) -> [Heading: Int] {
    let counts = try store.rows(
      """
      SELECT state, count(*) AS jobs
      FROM   job
      WHERE  batch = :batch AND state IN ('sending', 'processing', 'in_doubt', 'unknown')
      GROUP  BY state
      """,
      [":batch": .text(batch.id.text)]
    ) { row throws(Fault) in
      let state = try row.word("state", as: JobState.self)
      return (heading: Heading(state, in: batch.state), jobs: Int(row.integer("jobs")))
    }
    return counts.reduce(into: [:]) { $0[$1.heading, default: 0] += $1.jobs }
  }
}
