package import Domain
package import System

/// What a plan amounts to.
package struct PlanSummary: Equatable, Sendable {
  /// How many jobs were read.
  package let jobs: Int
}

/// Reads a plan, CSV with a header or JSON Lines, into the validated jobs of a batch.
package struct PlanReader {
  private let jobFile: JobFile
  private var problems: ProblemList
  /// Whether a list without a job is in order, as it is on a night with nothing due.
  private let mayBeEmpty: Bool
  private var jobs = 0

  private static let hint = "nothing is queued; correct the file and submit it again"

  /// Calls `each` with every valid job, numbered from 1, in the order of the file; without a format
  /// the plan's first byte tells it, a brace being JSON Lines.
  ///
  /// `each` returns what is wrong with the job's reference, if it is taken. Reading goes on behind
  /// a problem, so that all are found; when there is one, everything is refused in the end with one
  /// fault that lists each at its place, and the jobs already handed over must not count.
  package static func read(
    _ input: consuming InputFile, format: PlanFormat? = nil, for jobFile: JobFile,
    mayBeEmpty: Bool = false, each: (PlannedJob) throws(Fault) -> String?
  ) throws(Fault) -> PlanSummary {
    var input = input
    var reader = PlanReader(
      jobFile: jobFile, problems: ProblemList(file: input.name), mayBeEmpty: mayBeEmpty)
    let told = if let format { format } else { try PlanStart.format(of: &input) }
    switch told {
    case .csv: try reader.read(CSVReader(input), each)
    case .jsonLines: try reader.read(JSONLinesReader(input), each)
    }
    try reader.problems.throwIfAny(hint: hint)
    return PlanSummary(jobs: reader.jobs)
  }

  private mutating func read(
    _ csv: consuming CSVReader, _ each: (PlannedJob) throws(Fault) -> String?
  ) throws(Fault) {
    let header = try readHeader(&csv)
    reading: while true {
      switch try csv.next() {
      case .end: break reading
      case .problem(let problem):
        jobs += 1
        problems.add(problem)
      case .record:
        jobs += 1
        try plan(PlanLine(record: csv.record, header: header, jobFile: jobFile), each)
      }
    }
    if jobs == 0, !mayBeEmpty {
      problems.add(line: 1, column: 1, "there is nothing below the header")
    }
  }

  private mutating func read(
    _ lines: consuming JSONLinesReader, _ each: (PlannedJob) throws(Fault) -> String?
  ) throws(Fault) {
    var header: PlanHeader?
    var headerProblems: Int?
    reading: while true {
      switch try lines.next() {
      case .end: break reading
      case .problem(let problem):
        jobs += 1
        problems.add(problem)
      case .record:
        jobs += 1
        if lines.hasNewNames || headerProblems == nil || (header == nil && !problems.isFull) {
          let before = problems.count
          let resolved = PlanHeader(lines.names, .jsonLines, for: jobFile, &problems)
          headerProblems = problems.count - before
          header = headerProblems == 0 ? resolved : nil
        } else if header == nil {
          problems.addUnlisted(headerProblems ?? 0)
        }
        guard let header else { continue }
        try plan(PlanLine(record: lines.record, header: header, jobFile: jobFile), each)
      }
    }
    if jobs == 0, !mayBeEmpty { problems.add(line: 1, column: 1, "the file is empty") }
  }

  private mutating func plan(
    _ line: PlanLine, _ each: (PlannedJob) throws(Fault) -> String?
  ) throws(Fault) {
    guard let job = line.job(number: jobs, &problems) else { return }
    if let problem = try each(job) { line.report(reference: problem, &problems) }
  }

  /// Reads the header; without a good one nothing below it can be understood.
  private mutating func readHeader(_ csv: inout CSVReader) throws(Fault) -> PlanHeader {
    switch try csv.next() {
    case .end: problems.add(line: 1, column: 1, "the file is empty")
    case .problem(let problem): problems.add(problem)
    case .record: break
    }
    try throwIfAny(&csv)
    let header = PlanHeader(csv.record, .csv, for: jobFile, &problems)
    try throwIfAny(&csv)
    return header
  }

  /// Throws the problems of a header, unless the plan's source says itself that it failed: what a
  /// command wrote before is no plan then.
  private func throwIfAny(_ csv: inout CSVReader) throws(Fault) {
    if problems.count > 0 { try csv.passOverRest() }
    try problems.throwIfAny(hint: Self.hint)
  }
}
