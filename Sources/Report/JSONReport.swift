package import Domain
internal import JSON
package import Queue

/// The report for programs: one JSON document, all money in minor units.
package enum JSONReport {
  /// Writes the document piece by piece through `write`; memory does not grow with the jobs.
  ///
  /// `jobs` gives each job of the batch, by number, to the function it is handed. When they are not
  /// those of the summary, `internalError` is thrown before the closing brace is written: a
  /// document that is cut off is no report.
  package static func write(
    _ facts: ReportFacts,
    jobs: @escaping ((Job) throws(Fault) -> Void) throws(Fault) -> Void,
    to write: (String) throws(Fault) -> Void
  ) throws(Fault) {
    var page = Page()
    page.open(facts.json)
    try StreamedJobs.each(of: facts, in: jobs) { job, heading throws(Fault) in
      page.add(job.json(under: heading, in: facts.batch))
      if page.isFull { try write(page.take()) }
    }
    page.close(journalHead: facts.journalHead)
    try write(page.take())
  }
}

/// The bytes that wait to be written: some KiB at most.
private struct Page {
  private var bytes: [UInt8] = []
  private var hasJobs = false

  var isFull: Bool { bytes.count >= 16 * 1024 }

  /// Begins the document with the members of `object`, up to the first of the jobs.
  mutating func open(_ object: JSONValue) {
    object.write(to: &bytes)
    bytes.removeLast()
    bytes.append(contentsOf: ",\"jobs\":[".utf8)
  }

  mutating func add(_ job: JSONValue) {
    if hasJobs { bytes.append(UInt8(ascii: ",")) }
    hasJobs = true
    job.write(to: &bytes)
  }

  mutating func close(journalHead: String) {
    bytes.append(contentsOf: "],\"journal_head\":".utf8)
    JSONValue.string(journalHead).write(to: &bytes)
    bytes.append(contentsOf: "}\n".utf8)
  }

  mutating func take() -> String {
    defer { bytes.removeAll(keepingCapacity: true) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
