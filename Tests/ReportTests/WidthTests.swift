import Domain
import Queue
import Report
import Testing

@Suite struct WidthTests {
  @Test(arguments: HaltReason.allCases)
  func `every halt says what to type next, within 80 columns`(_ reason: HaltReason) throws {
    var sample = Sample(
      state: .halted, halt: Halt(reason: reason, number: 2, message: "it was so"))
    sample.add(1, .charged)
    sample.add(3, .queued)

    let lines = try lines(of: sample)

    #expect(lines.contains("Halted at job #2 (\(reason.rawValue)): it was so."))
    #expect(lines.contains { $0.hasPrefix("  sluice ") })
    for line in lines { #expect(line.count <= 80, "\(line)") }
  }

  @Test(arguments: BatchState.allCases.filter { $0 != .halted })
  func `every other state says what is to be done, if anything`(_ state: BatchState) throws {
    var sample = Sample(state: state)
    sample.add(1, .charged)

    let lines = try lines(of: sample)

    let isOpen = [.submitted, .approved, .running].contains(state)
    #expect(lines.contains { $0.hasPrefix("  sluice ") } == isOpen)
    for line in lines { #expect(line.count <= 80, "\(line)") }
  }

  @Test func `a cap is named only when it is known to cover all that is left`() throws {
    var sample = Sample(
      state: .halted, halt: Halt(reason: .capExhausted, number: 2, message: "too much"))
    sample.add(1, .charged)
    sample.add(1, .queued)
    #expect(try lines(of: sample).contains("  sluice amend \(batchID) --cap usd=3.98"))

    sample.add(1, .skipped, skipReason: .duplicate)
    #expect(try lines(of: sample).contains("  sluice amend \(batchID) --cap usd=AMOUNT"))

    sample.add(1, .queued, 500, jpy)
    #expect(try lines(of: sample).contains("  sluice amend \(batchID) --cap CURRENCY=AMOUNT"))
  }

  @Test func `a million jobs of the largest amounts stay within 100 columns`() throws {
    let most = Money.maximumLimitMinorUnits
    let tally = Tally(jobs: 1_000_000, amount: most)
    let sample = Sample()
    let batch = sample.summary.batch
    let huge = Summary(
      batch: Batch(
        id: batch.id, family: .collect, state: batch.state, halt: nil, jobFile: batch.jobFile,
        jobFileDigest: "",
        source: "", terms: batch.terms, apiURL: "", apiVersion: "", jobs: 4_000_000, digest: "",
        planner: batch.planner, submittedBy: "ana", submittedUID: nil,
        submittedAt: batch.submittedAt),
      tallies: [usd: [.charged: tally, .processing: tally, .notCharged: tally, .unknown: tally]],
      submitted: [usd: Tally(jobs: 4_000_000, amount: 4 * most)])
    let budget = budget(usd, 4 * most, spent: most, held: 2 * most)

    let text = TextReport.text(try sample.facts(huge, [budget]))

    for line in text.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
    #expect(
      text.hasPrefix(
        "1,000,000 charged · 1,000,000 processing · 1,000,000 not charged · 1,000,000 need you\n"))
  }

  @Test func `the text stays short, whatever the number of jobs and reasons`() throws {
    var sample = Sample(limits: [usd: 90_000_000])
    for reason in 1...40 {
      sample.add(41 - reason, .declined, details: SettlementDetails(code: "code_\(reason + 10)"))
    }
    let message = String(repeating: "ab", count: 90)
    sample.add(30, .unknown, details: SettlementDetails(message: message))

    let lines = try lines(of: sample, needPerson: sample.jobs)

    #expect(lines.contains("and 28 more"))
    #expect(lines.contains("  and 20 more"))
    #expect(lines.contains("code_22  declined    29  57.71 usd"))
    #expect(!lines.contains { $0.hasPrefix("code_23") })
    #expect(lines.count < 90)
    for line in lines { #expect(line.count <= 80, "\(line)") }
  }

  @Test(arguments: hostile)
  func `whatever a planner wrote, every line fits and is harmless`(_ evil: String) throws {
    var sample = Sample(
      state: .halted, halt: Halt(reason: .credentials, number: 1, message: evil),
      limits: [:], approvals: [approval(by: evil, excluded: "1-9,12", note: evil)], planner: evil)
    for (place, code) in twelve.enumerated() {
      let currency = try #require(Currency(code))
      sample.limits[currency] = Money.maximumLimitMinorUnits
      let amount = currency.step * Int64(100_000 + place)
      let details = SettlementDetails(code: evil, message: evil)
      for state in [JobState.charged, .declined, .unknown, .queued] {
        sample.add(1, state, amount, currency, text: evil, details: details)
      }
    }

    let lines = try lines(of: sample, needPerson: sample.jobs)

    for line in lines {
      #expect(Layout.width(of: line) <= 100, "\(line)")
      #expect(!line.unicodeScalars.contains(where: isUnprintable), "\(line)")
    }
    #expect(lines.count < 180)
  }

  private func lines(of sample: Sample, needPerson: [Job] = []) throws -> [String] {
    let text = TextReport.text(try sample.facts(), needPerson: needPerson)
    return text.split(separator: "\n").map(String.init)
  }
}

private let twelve = [
  "aud", "bhd", "cad", "chf", "eur", "gbp", "isk", "jpy", "kwd", "nok", "sek", "usd",
]

/// Texts that would break a listing.
let hostile = [
  String(repeating: "r", count: 300), String(repeating: "👩‍👩‍👧‍👦", count: 80),
  String(repeating: "漢字", count: 90), "\u{1B}[2J\u{1B}]0;x\u{7}\r\n\tpaid", "\u{202E}‏שלום عليكم",
  "e" + String(repeating: "\u{301}", count: 200), "", " ",
]
