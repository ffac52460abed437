import Domain
import JSON
import Queue
import Report
import Testing

@Suite struct JSONReportTests {
  @Test func `the document has exactly these members in this order`() throws {
    var sample = Sample(
      state: .halted,
      halt: Halt(reason: .keyRevoked, number: 4, message: "ana revoked the \"key\"\u{1B}[2J"))
    sample.add(1, .charged)
    sample.add(
      1, .declined, details: SettlementDetails(code: "card_declined", declineCode: "lost_card"))
    sample.add(1, .sending)
    sample.add(1, .queued)

    #expect(try document(sample) == small)
  }

  @Test func `the batch that its cap halted reads back with its figures`() throws {
    let read = try parsed(capHalted)

    #expect(read["schema"]?.string == "sluice.report/1")
    #expect(read["halt"]?["number"]?.integer == 252)
    #expect(read["counts"]?["submitted"]?.integer == 847)
    #expect(read["counts"]?["charged"]?.integer == 251)
    #expect(read["counts"]?["skipped"]?.integer == 596)
    #expect(read["totals"]?.array?.first?["skipped"]?.integer == 118_604)
    #expect(read["skipped"]?.array?.first?["reason"]?.string == "cap_exhausted")
    #expect(read["jobs"]?.array?.count == 847)
    let unreached = read["jobs"]?.array?.last
    #expect(unreached?["outcome"]?.string == "skipped")
    #expect(unreached?["reason"]?.string == "cap_exhausted")
    #expect(unreached?["at"]?.isNull == true)
  }

  @Test func `headings, totals and jobs agree in every state and currency`() throws {
    var sample = Sample(state: .running, limits: [usd: 90_000, jpy: 90_000])
    for state in JobState.allCases {
      let skipReason = state == .skipped ? SkipReason.noPaymentMethod : nil
      sample.add(2, state, 250, usd, skipReason: skipReason)
      sample.add(1, state, 3_000, jpy, skipReason: skipReason)
    }

    let read = try parsed(sample)

    let jobs = try #require(read["jobs"]?.array)
    for heading in Heading.allCases.map(\.rawValue) {
      let listed = jobs.filter { $0["outcome"]?.string == heading }
      #expect(read["counts"]?[heading]?.integer == Int64(listed.count))
      for total in try #require(read["totals"]?.array) {
        let same = listed.filter { $0["currency"]?.string == total["currency"]?.string }
        #expect(total[heading]?.integer == same.reduce(0) { $0 + ($1["amount"]?.integer ?? 0) })
      }
    }
    #expect(jobs.count == sample.jobs.count)
    #expect(read["halt"]?.isNull == true)
  }

  @Test func `a hundred thousand jobs pass in pieces of some KiB`() throws {
    let count = 100_000
    let amount = Money(minorUnits: 1, currency: usd)
    let tally = Tally(jobs: count, amount: Int64(count))
    var sample = Sample()
    sample.jobs = Array(repeating: job(1, .charged, amount), count: count)
    let facts = try sample.facts()
    #expect(facts.summary.submitted == [usd: tally])
    var pieces = 0
    var largest = 0

    try JSONReport.write(
      facts,
      jobs: { body throws(Fault) in
        for number in 1...count { try body(job(number, .charged, amount)) }
      },
      to: { piece throws(Fault) in
        pieces += 1
        largest = max(largest, piece.utf8.count)
      })

    #expect(largest < 20 * 1024)
    #expect(pieces > 500)
  }

  @Test func `a batch that lacks a job, or has another, leaves the document cut`() throws {
    let jobs = capHalted.jobs
    let other = JobID(batch: BatchID("other"), number: 847)
    let wrong: [[Job]] = [
      [], Array(jobs.dropLast()), jobs + [job(848, .queued, jobs[0].planned.amount)],
      jobs.dropLast() + [jobs[0]], jobs.reversed(),
      jobs.dropLast() + [job(847, .charged, jobs[0].planned.amount)],
      jobs.dropLast() + [job(847, .queued, Money(minorUnits: 198, currency: usd))],
      jobs.dropLast() + [job(847, .queued, Money(minorUnits: 199, currency: eur))],
      jobs.dropLast() + [job(847, .queued, jobs[0].planned.amount, of: other.batch)],
    ]
    for jobs in wrong {
      var text = ""
      let fault = #expect(throws: Fault.self) {
        try write(try capHalted.facts(), jobs) { text += $0 }
      }
      #expect(fault?.exit == .internalError)
      #expect(throws: JSONError.self) { try JSONReader.read(Array(text.utf8)) }
    }
  }

  @Test func `a disk that is full stops the report`() throws {
    let full = Fault(.storage, "no space is left")

    let fault = #expect(throws: Fault.self) {
      try JSONReport.write(
        try capHalted.facts(), jobs: { _ throws(Fault) in },
        to: { _ throws(Fault) in throw full })
    }

    #expect(fault?.exit == .internalError)
    #expect(throws: full) {
      try JSONReport.write(
        try capHalted.facts(),
        jobs: { body throws(Fault) in for job in capHalted.jobs { try body(job) } },
        to: { _ throws(Fault) in throw full })
    }
  }
}

private func write(
  _ facts: ReportFacts, _ jobs: [Job], to write: (String) -> Void
) throws(Fault) {
  try JSONReport.write(
    facts, jobs: { body throws(Fault) in for job in jobs { try body(job) } },
    to: { piece throws(Fault) in write(piece) })
}

private func document(_ sample: Sample) throws -> String {
  var text = ""
  try write(try sample.facts(), sample.jobs) { text += $0 }
  return text
}

private func parsed(_ sample: Sample) throws -> JSONNode {
  let text = try document(sample)
  #expect(text.hasSuffix("}\n"))
  #expect(text.filter { $0 == "\n" }.count == 1)
  return try JSONReader.read(Array(text.utf8))
}

/// The document of four jobs, its lines joined.
private let small =
  [
    #"{"schema":"sluice.report/1","batch":"overdue-20261122-7k2m","family":"collect","#,
    #""job_file":"overdue","mode":"sandbox","planner":"billing-agent","submitted_by":"ana","#,
    #""approved_by":["ben"],"approvals":[{"approver":"ben","#,
    #""approved_at":"2026-11-22T10:00:00Z","expires_at":"2026-11-23T10:00:00Z","jobs":4,"#,
    #""excluded":null,"note":null,"digest":"d2","standing":null,"in_force":true}],"#,
    #""approvals_required":1,"state":"halted","halt":{"reason":"key_revoked","number":4,"#,
    #""message":"ana revoked the \"key\"\u001b[2J"},"#,
    #""budgets":[{"scope":"batch","per":"batch","currency":"usd","limit":50000,"spent":199,"#,
    #""held":199}],"#,
    #""beyond_plan":[],"keys":["vk_id_7k2mbcdf"],"#,
    #""counts":{"submitted":4,"charged":1,"declined":1,"rejected":0,"#,
    #""processing":0,"in_doubt":1,"unknown":0,"not_charged":0,"skipped":1,"queued":0},"#,
    #""totals":[{"currency":"usd","submitted":796,"charged":199,"declined":199,"rejected":0,"#,
    #""processing":0,"in_doubt":199,"unknown":0,"not_charged":0,"skipped":199,"queued":0}],"#,
    #""skipped":[{"reason":"key_revoked","jobs":1}],"#,
    #""reasons":[{"heading":"skipped","reason":"key_revoked","currency":"usd","jobs":1,"#,
    #""amount":199},{"heading":"declined","reason":"lost_card","currency":"usd","jobs":1,"#,
    #""amount":199}],"jobs":["#,
    #"{"number":1,"line":2,"account":"cus_1","reference":"in_1","operation":"charges.create","#,
    #""invoice":null,"charge":null,"amount":199,"currency":"usd","#,
    #""outcome":"charged","reason":null,"object":"ch_1","#,
    #""at":"2026-11-22T10:00:00Z"},"#,
    #"{"number":2,"line":3,"account":"cus_2","reference":"in_2","operation":"charges.create","#,
    #""invoice":null,"charge":null,"amount":199,"currency":"usd","#,
    #""outcome":"declined","reason":"lost_card","object":null,"#,
    #""at":"2026-11-22T10:00:00Z"},"#,
    #"{"number":3,"line":4,"account":"cus_3","reference":"in_3","operation":"charges.create","#,
    #""invoice":null,"charge":null,"amount":199,"currency":"usd","#,
    #""outcome":"in_doubt","reason":null,"object":null,"#,
    #""at":null},"#,
    #"{"number":4,"line":5,"account":"cus_4","reference":"in_4","operation":"charges.create","#,
    #""invoice":null,"charge":null,"amount":199,"currency":"usd","#,
    #""outcome":"skipped","reason":"key_revoked","object":null,"#,
    #""at":null}],"journal_head":"1712:9f3c0a5be1d2c4f7"}"#, "\n",
  ].joined()
