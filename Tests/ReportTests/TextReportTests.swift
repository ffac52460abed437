import Domain
import Queue
import Report
import Testing

@Suite struct TextReportTests {
  @Test func `a batch that its cap halted says where, why and how to go on`() throws {
    #expect(try TextReport.text(capHalted.facts()) == capHaltedText)
  }

  @Test func `a batch of which every job is charged has little to say`() throws {
    var sample = Sample(mode: .live)
    sample.add(3, .charged)

    #expect(try TextReport.text(sample.facts()) == allChargedText)
  }

  @Test func `declines and rejections are told by their reasons`() throws {
    var sample = Sample(mode: .test)
    sample.add(1_200, .charged, 10)
    sample.add(2, .declined, 1_500, details: SettlementDetails(declineCode: "lost_card"))
    sample.add(5, .declined, details: SettlementDetails(declineCode: "insufficient_funds"))
    sample.add(1, .rejected, details: SettlementDetails(code: "amount_too_small"))
    sample.add(1, .notCharged)

    #expect(try TextReport.text(sample.facts()) == declinesText)
  }

  @Test func `jobs in doubt, unknown and processing are listed with what to type`() throws {
    var sample = Sample(
      state: .halted, halt: Halt(reason: .interrupted, number: 3, message: "it was interrupted"),
      mode: .test)
    sample.add(1, .charged)
    sample.add(
      1, .unknown,
      details: SettlementDetails(
        message: "Stripe shows nothing of overdue-20261122-7k2m#2, which does not prove that "
          + "nothing happened"))
    sample.add(1, .sending, 4_200)
    sample.add(2, .processing)

    #expect(try TextReport.text(sample.facts(), needPerson: sample.jobs) == inDoubtText)
  }

  @Test func `two currencies stand side by side, each with its decimals`() throws {
    var sample = Sample(state: .running, limits: [usd: 50_000, jpy: 1_000_000])
    sample.add(2, .charged)
    sample.add(1, .charged, 12_500, jpy)
    sample.add(3, .queued, 980, jpy)

    #expect(try TextReport.text(sample.facts()) == twoCurrenciesText)
  }

  @Test func `a batch of nothing but duplicates charged nobody`() throws {
    var sample = Sample()
    sample.add(2, .skipped, skipReason: .duplicate)

    #expect(try TextReport.text(sample.facts()) == duplicatesText)
  }

  @Test func `what others wrote cannot reach the terminal as it is`() throws {
    let evil = "\u{1B}[2J\r\n\u{202E}paid"
    var sample = Sample(
      state: .halted, halt: Halt(reason: .credentials, number: nil, message: evil),
      approvals: [approval(by: evil)], planner: evil, jobFile: evil)
    sample.add(1, .unknown, details: SettlementDetails(code: evil, message: evil))
    sample.add(1, .declined, details: SettlementDetails(declineCode: evil))

    let text = try TextReport.text(sample.facts(), needPerson: sample.jobs)

    let unprintable = text.unicodeScalars.filter { $0 != "\n" && isUnprintable($0) }
    #expect(unprintable.isEmpty)
    #expect(text.contains("Halted (credentials): \\u{1b}[2J\\u{d}\\u{a}\\u{202e}paid."))
    #expect(text.occurrences(of: "\\u{202e}paid") == 7)
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func occurrences(of text: String) -> Int { split(separator: text).count - 1 }
}
