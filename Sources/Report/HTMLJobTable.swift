internal import Domain
internal import JSON
internal import Queue

/// The table of the jobs, written piece by piece.
///
/// The first thousand are rows for everyone. All are data as well, a chunk of JSON after every
/// hundred rows, from which the page's script shows, searches and sorts a hundred at a time.
struct HTMLJobTable {
  private static let mostRows = 1000
  private static let chunk = 100

  private let facts: ReportFacts
  private let columns: [String]
  private let currencies: [Currency: Int64]
  private var rows = ""
  private var data: [UInt8] = []
  private var count = 0

  init(_ facts: ReportFacts) {
    self.facts = facts
    columns = Self.columns(facts.batch.family)
    currencies = Dictionary(
      uniqueKeysWithValues: facts.summary.currencies.enumerated().map { ($1, Int64($0)) })
  }

  private static func columns(_ family: Family) -> [String] {
    ["number", "line", "account", "reference"] + (family == .refund ? ["charge"] : []) + [
      "operation", "amount", "outcome", "reason", "object", "time",
    ]
  }

  /// Everything before the first row.
  var opening: HTML {
    let heads = columns.map { name -> HTML in
      "<th scope=\"col\" data-column=\"\(name)\"\(Self.kind(name))>\(name)</th>"
    }
    return """
      <section aria-labelledby="jobs" class="wide">
      <h2 id="jobs">Jobs</h2>
      <p class="first">\(shown)To have them all in a spreadsheet:</p>
      \(HTML.commands(["sluice report \(facts.batch.id) --format csv --output report.csv"]))
      <div id="tools" role="search" aria-label="Jobs" hidden></div>
      <div class="scroll" role="group" aria-label="Rows of the jobs" tabindex="0">
      <table id="table">
      <caption>The jobs in the order of the plan</caption>
      <thead><tr>\(heads)</tr></thead>
      <tbody>

      """
  }

  private var shown: String {
    let jobs = facts.batch.jobs
    return jobs <= Self.mostRows
      ? "" : "The first \(groupedDigits(Self.mostRows)) of \(groupedDigits(jobs)) jobs. "
  }

  /// Everything after the last row.
  var closing: HTML {
    """
    </tbody>
    </table>
    </div>
    <script type="application/json" id="facts">\(HTML(trusted: Self.inScript(words)))</script>
    </section>

    """
  }

  /// What the script has to know besides the jobs.
  private var words: JSONValue {
    [
      "jobs": .integer(Int64(facts.batch.jobs)),
      "currencies": .array(
        facts.summary.currencies.map {
          ["code": .string($0.code), "decimals": .integer(Int64($0.decimals))]
        }),
      "outcomes": .array(
        Heading.allCases.map {
          [
            "name": .string($0.rawValue), "words": .string($0.words(facts.batch.family)),
            "jobs": .integer(Int64(facts.summary.jobs($0))),
          ]
        }),
    ]
  }

  // MARK: Rows

  /// Whether as much waits to be written as is good.
  var isFull: Bool { count.isMultiple(of: Self.chunk) }

  mutating func add(_ job: Job, under heading: Heading) {
    if count < Self.mostRows { rows += row(job, heading).source }
    if !data.isEmpty { data.append(UInt8(ascii: ",")) }
    Self.append(fields(of: job, heading), to: &data)
    count += 1
  }

  /// What waits to be written: rows, and their data.
  mutating func take() -> String {
    guard !data.isEmpty else { return "" }
    defer {
      rows = ""
      data.removeAll(keepingCapacity: true)
    }
    return rows + "<script type=\"application/json\" class=\"jobs\">["
      + String(decoding: data, as: UTF8.self) + "]</script>\n"
  }

  /// How a column is set: numbers to the right, words of ours on one line.
  private static func kind(_ column: String) -> HTML {
    switch column {
    case "line", "amount": " class=\"n\""
    case "operation", "outcome", "time": " class=\"word\""
    default: ""
    }
  }

  private func row(_ job: Job, _ heading: Heading) -> HTML {
    let cells = columns.dropFirst().map { name -> HTML in
      "<td\(Self.kind(name))>\(cell(name, job, heading))</td>"
    }
    return "<tr><th scope=\"row\">#\(job.id.number)</th>\(cells.reduce("", +))</tr>\n"
  }

  private func cell(_ name: String, _ job: Job, _ heading: Heading) -> HTML {
    let planned = job.planned
    switch name {
    case "line": return "\(planned.line)"
    case "account": return "\(planned.account)"
    case "reference": return "\(planned.reference)"
    case "charge": return "\(planned.movement.charge ?? "")"
    case "operation": return "\(planned.operation.rawValue)"
    case "amount": return "\(planned.amount.description)"
    case "outcome":
      return """
        <span class="outcome \(heading.rawValue)">\(heading.words(facts.batch.family))</span>
        """
    case "reason":
      let message: HTML = job.details.message.map { "<small>\($0)</small>" } ?? ""
      return "\(job.reason(in: facts.batch) ?? "")\(message)"
    case "object": return "\(job.details.object ?? "")"
    default: return job.settledAt.map(HTML.time) ?? ""
    }
  }

  // MARK: Data

  /// In an order that the script knows; nothing is null that can be left out.
  private func fields(of job: Job, _ heading: Heading) -> JSONValue {
    let planned = job.planned
    let outcome = Heading.allCases.firstIndex(of: heading) ?? 0
    return .array([
      .integer(Int64(job.id.number)), .integer(Int64(planned.line)), shown(planned.account),
      shown(planned.reference), shown(planned.movement.charge),
      .string(planned.operation.rawValue), .integer(planned.amount.minorUnits),
      .integer(currencies[planned.amount.currency] ?? 0), .integer(Int64(outcome)),
      shown(job.reason(in: facts.batch)), shown(job.details.object),
      .optional(job.settledAt.map { $0.milliseconds / 1000 }), shown(job.details.message),
    ])
  }

  private func shown(_ text: String?) -> JSONValue { .string(Layout.cell(text ?? "")) }

  private static func inScript(_ value: JSONValue) -> String {
    var bytes: [UInt8] = []
    append(value, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends JSON in which no element can begin or end, and no comment.
  private static func append(_ value: JSONValue, to bytes: inout [UInt8]) {
    let start = bytes.count
    value.write(to: &bytes)
    guard bytes[start...].contains(UInt8(ascii: "<")) else { return }
    let escaped = bytes[start...].flatMap { byte in
      byte == UInt8(ascii: "<") ? Array("\\u003c".utf8) : [byte]
    }
    bytes.replaceSubrange(start..., with: escaped)
  }
}
