import Domain
import Queue
import Report
import Testing

@Suite struct CSVReportTests {
  @Test func `a row per job, under a header, with CRLF line ends`() throws {
    var sample = Sample()
    sample.add(1, .charged)
    sample.add(1, .declined, 4_200, details: SettlementDetails(code: "x", message: "No, \"no\""))

    #expect(
      try document(sample)
        == [
          "number,line,account,operation,reference,invoice,charge,amount,amount_minor,currency,"
            + "outcome,reason,message,object,at",
          "1,2,cus_1,charges.create,in_1,,,1.99,199,usd,charged,,,ch_1,2026-11-22T10:00:00Z",
          "2,3,cus_2,charges.create,in_2,,,42.00,4200,usd,declined,x,\"No, \"\"no\"\"\",,"
            + "2026-11-22T10:00:00Z", "",
        ].joined(separator: "\r\n"))
  }

  @Test(arguments: [
    ("=1+1", "\"'=1+1\""), ("+49", "\"'+49\""), ("-5", "\"'-5\""), ("@SUM(A1)", "\"'@SUM(A1)\""),
    ("  =1", "\"'  =1\""), ("\"=1", "\"'\"\"=1\""), ("'=1", "\"''=1\""),
    ("\u{A0}\u{201C}=1", "\"'\u{A0}\u{201C}=1\""), ("＝1", "\"'＝1\""),
    ("\t=1", "\"\\u{9}=1\""), ("\r\n=1", "\"\\u{d}\\u{a}=1\""), ("a=1", "\"a=1\""),
    ("a;=1", "\"a;=1\""), ("INV-1", "INV-1"), ("\u{1B}[2J", "\"\\u{1b}[2J\""),
    ("a\"\u{20D0},=1", "\"a\"\"\u{20D0},=1\""), ("a\"\u{FE0F}", "\"a\"\"\u{FE0F}\""),
    ("\u{D4E}\",=1", "\"\u{D4E}\"\",=1\""),
  ])
  func `no cell is a formula, and none holds a control character`(
    _ text: String, _ cell: String
  ) throws {
    var sample = Sample()
    sample.add(1, .charged, text: text)

    let row = try document(sample).split(separator: "\r\n")[1]

    #expect(row.hasPrefix("1,2,\(cell),charges.create,\(cell),,,1.99,"))
  }

  @Test func `a batch that lacks a job is no report`() throws {
    var sample = Sample()
    sample.add(2, .charged)
    let facts = try sample.facts()
    let jobs = sample.jobs.dropLast()

    let fault = #expect(throws: Fault.self) {
      try CSVReport.write(
        facts, jobs: { body throws(Fault) in for job in jobs { try body(job) } },
        to: { _ throws(Fault) in })
    }

    #expect(fault?.exit == .internalError)
  }

  @Test func `a hundred thousand jobs pass in pieces of some KiB`() throws {
    let count = 100_000
    let amount = Money(minorUnits: 1, currency: usd)
    var sample = Sample()
    sample.jobs = Array(repeating: job(1, .charged, amount), count: count)
    let facts = try sample.facts()
    var largest = 0

    try CSVReport.write(
      facts,
      jobs: { body throws(Fault) in
        for number in 1...count { try body(job(number, .charged, amount)) }
      },
      to: { piece throws(Fault) in largest = max(largest, piece.utf8.count) })

    #expect(largest < 20 * 1024)
  }
}

private func document(_ sample: Sample) throws -> String {
  var text = ""
  let jobs = sample.jobs
  try CSVReport.write(
    try sample.facts(), jobs: { body throws(Fault) in for job in jobs { try body(job) } },
    to: { piece throws(Fault) in text += piece })
  return text
}
