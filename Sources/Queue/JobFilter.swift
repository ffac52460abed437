package import Domain
internal import JSON
internal import Journal
internal import SQLite

/// Which jobs of a batch are wanted; whatever is nil or empty leaves none out.
package struct JobFilter: Equatable, Sendable {
  package var headings: [Heading]
  package var reasons: [String]
  package var accounts: [String]
  package var numbers: JobNumbers?
  /// The most jobs that are given, the first ones by number.
  package var limit: Int?

  /// A filter of exactly these parts; every job passes one of none.
  package init(
    headings: [Heading] = [], reasons: [String] = [], accounts: [String] = [],
    numbers: JobNumbers? = nil, limit: Int? = nil
  ) {
    self.headings = headings
    self.reasons = reasons
    self.accounts = accounts
    self.numbers = numbers
    self.limit = limit
  }
}

/// How wide the jobs of a listing are, in characters; exact for text of plain letters.
package struct JobExtent: Equatable, Sendable {
  /// How many jobs there are.
  package var jobs = 0
  /// The largest number and line.
  package var number = 0
  package var line = 0
  package var account = 0
  package var reference = 0
  package var reason = 0
  /// The largest amount of each currency.
  package var amounts: [Money] = []
}

extension JobQueue {
  /// Gives each job of a batch that passes a filter to `body`, by number.
  package func forEachJob(
    of batch: Batch, matching filter: JobFilter, _ body: (Job) throws(Fault) -> Void
  ) throws(Fault) {
    try store.forEach(
      """
      SELECT *
      FROM   job
      WHERE  \(Self.passes)
      ORDER  BY number
      LIMIT  :limit
      """,
      filter.parameters(batch)
    ) { row throws(Fault) in try body(Job(row: row)) }
  }

  /// How wide the jobs are that pass a filter.
  package func extent(of batch: Batch, matching filter: JobFilter) throws(Fault) -> JobExtent {
    var extent = JobExtent()
    try store.forEach(
      """
      SELECT currency, count(*) AS jobs, max(number) AS number, max(line) AS line,
             max(length(account)) AS account, max(length(reference)) AS reference,
             max(amount_minor) AS amount,
             coalesce(max(length(coalesce(\(Job.reasonSQL), object))), 0) AS reason
      FROM   (SELECT * FROM job WHERE \(Self.passes) ORDER BY number LIMIT :limit)
      GROUP  BY currency
      """,
      filter.parameters(batch)
    ) { row throws(Fault) in
      guard let currency = Currency(row.text("currency")) else {
        throw .untrusted("a job has an unknown currency")
      }
      extent.jobs += Int(row.integer("jobs"))
      extent.number = max(extent.number, Int(row.integer("number")))
      extent.line = max(extent.line, Int(row.integer("line")))
      extent.account = max(extent.account, Int(row.integer("account")))
      extent.reference = max(extent.reference, Int(row.integer("reference")))
      extent.reason = max(extent.reason, Int(row.integer("reason")))
      extent.amounts.append(Money(minorUnits: row.integer("amount"), currency: currency))
    }
    return extent
  }

  /// True of a job that passes the filter whose parts are the parameters.
  private static let passes = """
    batch = :batch AND number BETWEEN :first AND :last
      AND  (:states IS NULL OR state IN (SELECT value FROM json_each(:states)))
      AND  (:accounts IS NULL OR account IN (SELECT value FROM json_each(:accounts)))
      AND  (:reasons IS NULL OR \(Job.reasonSQL) IN (SELECT value FROM json_each(:reasons)))
      AND  (:numbers IS NULL
            OR EXISTS (SELECT 1
                       FROM   json_each(:numbers)
                       WHERE  number BETWEEN value ->> 0 AND value ->> 1))
    """
}

extension JobFilter {
  fileprivate func parameters(_ batch: Batch) -> Parameters {
    let states = JobState.allCases.filter { headings.contains(Heading($0, in: batch.state)) }
    let ranges = numbers?.ranges.map { range in
      JSONValue.array([range.lowerBound, range.upperBound].map { .integer(Int64($0)) })
    }
    return [
      ":batch": .text(batch.id.text), ":halt": .optional(batch.halt?.reason.rawValue),
      ":first": .integer(numbers?.ranges.first?.lowerBound ?? 1),
      ":last": .integer(numbers?.ranges.last?.upperBound ?? Int.max),
      ":states": headings.isEmpty ? .null : Self.list(states.map(\.rawValue)),
      ":accounts": accounts.isEmpty ? .null : Self.list(accounts),
      ":reasons": reasons.isEmpty ? .null : Self.list(reasons),
      ":numbers": ranges.map { .text(JSONValue.array($0).text) } ?? .null,
      ":limit": .integer(limit ?? -1),
    ]
  }

  private static func list(_ words: [String]) -> Value {
    .text(JSONValue.array(words.map(JSONValue.string)).text)
  }
}
