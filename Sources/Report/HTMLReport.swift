package import Domain
package import Queue

/// The report for looking at: one self-contained page, with a picture of the run and every job.
package enum HTMLReport {
  /// Writes the page piece by piece through `write`; memory does not grow with the jobs.
  ///
  /// `jobs` gives each job of the batch, by number, to the function it is handed, and is asked
  /// twice: for the picture, which stands before the table, and for the table. When they are not
  /// those of the summary, `internalError` is thrown: what was written by then is no report.
  package static func write(
    _ facts: ReportFacts,
    jobs: @escaping ((Job) throws(Fault) -> Void) throws(Fault) -> Void,
    to write: (String) throws(Fault) -> Void
  ) throws(Fault) {
    var survey = JobSurvey(facts)
    try StreamedJobs.each(of: facts, in: jobs) { job, heading throws(Fault) in
      survey.add(job, under: heading)
    }
    try write(HTMLPage.head(facts.batch.id.text, .searching).source)
    for part in [
      opening(facts), ending(facts, survey), pictures(facts, survey), headings(facts),
      reasons(facts), budgets(facts), origin(facts, survey),
    ] {
      try write(part.source)
    }
    var table = HTMLJobTable(facts)
    try write(table.opening.source)
    try StreamedJobs.each(of: facts, in: jobs) { job, heading throws(Fault) in
      table.add(job, under: heading)
      if table.isFull { try write(table.take()) }
    }
    try write(table.take())
    try write((table.closing + HTMLPage.foot(facts.at, .searching)).source)
  }
}
