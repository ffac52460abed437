package import Domain
package import Queue

/// The report for spreadsheets: CSV of RFC 4180, a header and a row per job.
package enum CSVReport {
  /// Writes the rows piece by piece through `write`; memory does not grow with the jobs.
  ///
  /// When the jobs are not those of the summary, `internalError` is thrown: what was written by
  /// then is no report.
  package static func write(
    _ facts: ReportFacts,
    jobs: @escaping ((Job) throws(Fault) -> Void) throws(Fault) -> Void,
    to write: (String) throws(Fault) -> Void
  ) throws(Fault) {
    var page = columns.joined(separator: ",") + "\r\n"
    try StreamedJobs.each(of: facts, in: jobs) { job, heading throws(Fault) in
      page += job.cells(under: heading, in: facts.batch).map(cell).joined(separator: ",") + "\r\n"
      guard page.utf8.count >= 16 * 1024 else { return }
      try write(page)
      page = ""
    }
    try write(page)
  }

  private static let columns = [
    "number", "line", "account", "operation", "reference", "invoice", "charge", "amount",
    "amount_minor", "currency", "outcome", "reason", "message", "object", "at",
  ]

  /// A cell that is text to every spreadsheet, whatever separator it believes in.
  private static func cell(_ text: String?) -> String {
    guard let text, !text.isEmpty else { return "" }
    if text.utf8.allSatisfy(isPlain), !text.hasPrefix("-") { return text }
    let shown = printable(text)
    let harmless = isFormula(shown) ? "'" + shown : shown
    return "\"\(doublingQuotes(in: harmless))\""
  }

  /// A quote that a mark follows is one character with it to Swift, and a quote to a spreadsheet.
  private static func doublingQuotes(in text: String) -> String {
    var doubled = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == "\"" { doubled.append(scalar) }
      doubled.append(scalar)
    }
    return String(doubled)
  }

  /// Whether a spreadsheet could take a text for a formula: those that trim spaces or quotes too.
  private static func isFormula(_ text: String) -> Bool {
    let first = text.unicodeScalars.first { scalar in
      !scalar.properties.isWhitespace && !scalar.properties.isQuotationMark && scalar != "`"
    }
    return first.map { "=+-@\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars.contains($0) } ?? false
  }

  /// Whether a byte means nothing to a spreadsheet, unless it is a hyphen at the beginning.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: ":"), UInt8(ascii: "#"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

extension Job {
  /// In the order of the columns.
  fileprivate func cells(under heading: Heading, in batch: Batch) -> [String?] {
    [
      String(id.number), String(planned.line), planned.account, planned.operation.rawValue,
      planned.reference, planned.movement.invoice, planned.movement.charge, planned.amount.decimal,
      String(planned.amount.minorUnits), planned.amount.currency.code, heading.rawValue,
      reason(in: batch), details.message, details.object, settledAt?.description,
    ]
  }
}
