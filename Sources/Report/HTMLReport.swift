package import Domain
internal import Journal
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
    try write(head(facts).source)
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
    try write((table.closing + foot(facts)).source)
  }

  private static let style = String(decoding: PackageResources.HTMLReport_css, as: UTF8.self)
  private static let script = String(decoding: PackageResources.HTMLReport_js, as: UTF8.self)

  /// Nothing but the page's own style and script is taken, and no script makes markup of text.
  private static let contentPolicy = [
    "default-src 'none'", "style-src \(hash(of: style))", "script-src \(hash(of: script))",
    "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].joined(separator: "; ")

  private static func hash(of text: String) -> String {
    var digest = SHA256()
    digest.update(text)
    return "'sha256-\(base64(digest.finish()))'"
  }

  /// RFC 4648, with its padding.
  private static func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    return stride(from: 0, to: bytes.count, by: 3).map { start in
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      let digits = (0...group.count).map { letters[bits >> (18 - 6 * $0) & 63] }
      return String(digits) + String(repeating: "=", count: 3 - group.count)
    }.joined()
  }

  private static func head(_ facts: ReportFacts) -> HTML {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="\(HTML(trusted: contentPolicy))">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="referrer" content="no-referrer">
    <meta name="format-detection" content="telephone=no">
    <title>Sluice · \(facts.batch.id.text)</title>
    <style>\(HTML(trusted: style))</style>
    </head>
    <body>

    """
  }

  private static func foot(_ facts: ReportFacts) -> HTML {
    """
    </main>
    <footer>
    <p>Sluice wrote this page at \(HTML.time(facts.at)). It loads nothing and sends nothing.</p>
    </footer>
    <script>\(HTML(trusted: script))</script>
    </body>
    </html>

    """
  }
}
