internal import Domain
internal import JSON
internal import Journal
internal import Queue
internal import SQLite

/// The jobs that would be sent, as SQL tells them apart.
enum QueuedJobs {
  /// True of a queued job of `:batch` whose number is in none of the ranges of `:excluded`.
  static let condition = "batch = :batch AND state = 'queued' AND NOT (\(isExcluded))"

  static let isExcluded =
    """
    EXISTS (SELECT 1
            FROM   json_each(:excluded)
            WHERE  number BETWEEN value ->> 0 AND value ->> 1)
    """

  static func parameters(_ id: BatchID, _ excluded: JobNumbers?) -> Parameters {
    let ranges = excluded?.ranges ?? []
    let json = ranges.map {
      JSONValue.array([$0.lowerBound, $0.upperBound].map { .integer(Int64($0)) })
    }
    return [":batch": .text(id.text), ":excluded": .text(JSONValue.array(json).text)]
  }
}

extension Store {
  /// The jobs of which a condition is true, as a flag; nil when there is none.
  ///
  /// `facts` are columns that `fact` is read from.
  func flag(
    _ kind: FlagKind, when condition: String, facts: String, _ parameters: Parameters,
    _ fact: (borrowing Row) throws(Fault) -> FlagFact
  ) throws(Fault) -> PreviewFlag? {
    let totals = try totals(where: condition, parameters)
    guard !totals.isEmpty else { return nil }
    let examples = try rows(
      """
      SELECT *, \(facts)
      FROM   job
      WHERE  \(condition)
      ORDER  BY number
      LIMIT  \(PreviewFlag.mostExamples)
      """, parameters
    ) { row throws(Fault) in FlaggedJob(planned: try PlannedJob(row: row), fact: try fact(row)) }
    return PreviewFlag(
      kind: kind, jobs: totals.reduce(0) { $0 + $1.jobs }, amounts: totals.map(\.amount),
      examples: examples)
  }

  /// How many jobs there are of which a condition is true, and what they add up to.
  func totals(
    where condition: String, _ parameters: Parameters
  ) throws(Fault) -> [CurrencyTotal] {
    try rows(
      """
      SELECT currency, count(*) AS jobs, sum(amount_minor) AS amount
      FROM   job
      WHERE  \(condition)
      GROUP  BY currency
      ORDER  BY currency
      """, parameters
    ) { row throws(Fault) in
      CurrencyTotal(
        jobs: Int(row.integer("jobs")),
        amount: Money(
          minorUnits: row.integer("amount"), currency: try currency(row.text("currency"))))
    }
  }
}

/// The currency of a row.
func currency(_ code: String) throws(Fault) -> Currency {
  guard let currency = Currency(code) else { throw .untrusted("a job has an unknown currency") }
  return currency
}
