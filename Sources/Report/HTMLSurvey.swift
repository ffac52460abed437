internal import Domain
internal import Queue

/// What the page tells of the jobs before it lists them.
struct JobSurvey {
  /// How many of the jobs that need a person are listed above the table, and of each other kind.
  static let most = 20

  private let facts: ReportFacts
  private var seen = 0
  private(set) var curves: [Currency: RunCurve] = [:]
  /// The first jobs of which nobody knows the outcome.
  private(set) var needed: [Job] = []
  /// The first invoices whose payer is not proven.
  private(set) var unproven: [Job] = []
  private(set) var firstSettled: Timestamp?
  private(set) var lastSettled: Timestamp?
  /// Where the job stands, counted from 0, that the batch halted at.
  private(set) var haltedAt: Int?
  /// The numbers of the first and of the last job.
  private(set) var numbers: (first: Int, last: Int)?

  init(_ facts: ReportFacts) {
    self.facts = facts
    for currency in facts.summary.currencies { curves[currency] = RunCurve(jobs: facts.batch.jobs) }
  }

  mutating func add(_ job: Job, under heading: Heading) {
    let amount = job.planned.amount
    curves[amount.currency]?.add(amount.minorUnits, under: heading, at: seen)
    if heading.needsPerson, needed.count < Self.most { needed.append(job) }
    if ReportFacts.isUnproven(heading, job.reason(in: facts.batch)), unproven.count < Self.most {
      unproven.append(job)
    }
    if facts.batch.halt?.number == job.id.number { haltedAt = seen }
    if let settled = job.settledAt, heading != .skipped {
      firstSettled = min(firstSettled ?? settled, settled)
      lastSettled = max(lastSettled ?? settled, settled)
    }
    numbers = (numbers?.first ?? job.id.number, job.id.number)
    seen += 1
  }
}

/// How much had been charged, was held and was planned by each job, in one currency.
///
/// However many jobs there are, it has at most 600 points.
struct RunCurve {
  static let most = 600

  /// Minor units, up to and with some job.
  struct Point: Equatable {
    var charged: Int64 = 0
    var held: Int64 = 0
    var planned: Int64 = 0
  }

  private let jobs: Int
  private var last = Point()
  /// In the order of the jobs; nil where no job of this currency came by.
  private var points: [Point?]

  init(jobs: Int) {
    self.jobs = jobs
    points = Array(repeating: nil, count: min(jobs, Self.most))
  }

  /// Counts the job at a place, counted from 0.
  mutating func add(_ amount: Int64, under heading: Heading, at place: Int) {
    last.planned += amount
    switch heading {
    case .charged: last.charged += amount
    case .processing, .inDoubt, .unknown: last.held += amount
    case .declined, .rejected, .notCharged, .skipped, .queued: break
    }
    guard place < jobs else { return }
    points[place * points.count / jobs] = last
  }

  /// The sums after the last job.
  var end: Point { last }

  /// A point for the beginning, then one for each stretch of jobs.
  var steps: [Point] {
    points.reduce(into: [Point()]) { steps, point in
      steps.append(point ?? steps[steps.count - 1])
    }
  }
}
