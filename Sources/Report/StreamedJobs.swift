internal import Domain
internal import Queue

/// Counts the jobs that pass by, to be held against the summary.
struct StreamedJobs {
  private let facts: ReportFacts
  private var tallies: [Currency: [Heading: Tally]] = [:]
  private var last = 0

  private init(_ facts: ReportFacts) { self.facts = facts }

  /// Gives each job of the batch, with its heading, to `body`; throws `internalError` when they are
  /// not those of the summary.
  static func each(
    of facts: ReportFacts, in jobs: @escaping ((Job) throws(Fault) -> Void) throws(Fault) -> Void,
    _ body: (Job, Heading) throws(Fault) -> Void
  ) throws(Fault) {
    var counted = StreamedJobs(facts)
    try jobs { job throws(Fault) in
      let heading = Heading(job.state, in: facts.batch.state)
      try counted.count(job, under: heading)
      try body(job, heading)
    }
    try counted.requireAll()
  }

  /// Counts a job; throws `internalError` when it is another batch's or not in its place.
  private mutating func count(_ job: Job, under heading: Heading) throws(Fault) {
    guard job.id.batch == facts.batch.id else {
      throw facts.contradiction("\(printable(job.id.description)) is no job of it")
    }
    guard job.id.number > last else {
      throw facts.contradiction("job #\(job.id.number) comes after job #\(last)")
    }
    last = job.id.number
    let amount = job.planned.amount
    tallies[amount.currency, default: [:]][heading, default: Tally()].jobs += 1
    tallies[amount.currency, default: [:]][heading, default: Tally()].amount += amount.minorUnits
  }

  /// Throws `internalError` unless the jobs were exactly those of the summary.
  private func requireAll() throws(Fault) {
    let summary = facts.summary
    for currency in Set(summary.currencies).union(tallies.keys) {
      for heading in Heading.allCases {
        let listed = tallies[currency]?[heading] ?? Tally()
        let expected = summary.tallies[currency]?[heading] ?? Tally()
        guard listed == expected else {
          throw facts.contradiction(
            "\(sentence(listed, currency)) listed as \(heading.rawValue), "
              + "\(sentence(expected, currency)) in the summary")
        }
      }
    }
  }

  private func sentence(_ tally: Tally, _ currency: Currency) -> String {
    "\(counted(tally.jobs, "job")) of \(Money(minorUnits: tally.amount, currency: currency))"
  }
}
