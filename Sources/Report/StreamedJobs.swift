internal import Domain
internal import Queue

/// Counts the jobs that pass by, to be held against the summary.
struct StreamedJobs {
  private let facts: ReportFacts
  private var tallies: [Currency: [Heading: Tally]] = [:]
  private var last = 0

  init(_ facts: ReportFacts) { self.facts = facts }

  /// Counts a job; throws `internalError` when it is another batch's or not in its place.
  mutating func count(_ job: Job, under heading: Heading) throws(Fault) {
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
  func requireAll() throws(Fault) {
    let summary = facts.summary
    for currency in Set(summary.currencies).union(tallies.keys) {
      for heading in Heading.allCases {
        let listed = tallies[currency]?[heading] ?? Tally()
        let expected = summary.tallies[currency]?[heading] ?? Tally()
        guard listed == expected else {
          throw facts.contradiction(
            "\(sentence(listed, currency)) listed as \(heading.words), "
              + "\(sentence(expected, currency)) in the summary")
        }
      }
    }
  }

  private func sentence(_ tally: Tally, _ currency: Currency) -> String {
    "\(counted(tally.jobs, "job")) of \(Money(minorUnits: tally.amount, currency: currency))"
  }
}
