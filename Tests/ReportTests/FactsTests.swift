import Domain
import Journal
import Queue
import Report
import Testing

@Suite struct FactsTests {
  @Test func `a batch of refunds says refunded, and programs read charged`() throws {
    var sample = Sample(family: .refund)
    sample.add(2, .charged)
    sample.add(1, .notCharged)

    let text = TextReport.text(try sample.facts())

    #expect(text.hasPrefix("2 refunded 3.98 usd · 1 not refunded 1.99 usd · 0 need you\n"))
    #expect(text.contains("\nrefunded         2  3.98 usd\nnot refunded     1  1.99 usd\n"))
    #expect(!text.contains("charged"))
  }

  @Test func `invoices whose payer is not proven are told plainly`() throws {
    var sample = Sample()
    let caveat = SettlementDetails(code: TextReport.payerNotProven)
    sample.add(1, .charged)
    sample.add(12, .charged, details: caveat)

    let text = TextReport.text(try sample.facts(), needPerson: sample.jobs)

    #expect(
      text.contains(
        """
        12 invoices are paid, but Stripe does not tell by whom (payer not proven): their
        money counts as spent.
          #2  cus_2  in_2  1.99 usd  charged
        """))
    #expect(text.contains("\n  #11  cus_11  in_11  1.99 usd  charged\n  and 2 more\n"))
    #expect(text.contains("payer_not_proven  charged    12  23.88 usd"))
  }

  @Test func `each reason is told in count and in money, per currency`() throws {
    var sample = Sample(limits: [usd: 50_000, jpy: 90_000])
    let lost = SettlementDetails(code: "card_declined", declineCode: "lost_card")
    sample.add(2, .declined, 150, usd, details: lost)
    sample.add(1, .declined, 700, jpy, details: lost)
    sample.add(1, .skipped, skipReason: .invoicePaid)

    let text = TextReport.text(try sample.facts())

    #expect(
      text.contains(
        """
        reason                  jobs    amount
        lost_card     declined     2  3.00 usd
        invoice_paid  skipped      1  1.99 usd
        lost_card     declined     1   700 jpy
        """))
  }

  @Test func `money that a reason lacks is refused`() throws {
    var sample = Sample()
    sample.add(2, .declined)
    let summary = sample.summary
    let short = ReasonCount(
      heading: .declined, reason: "declined", currency: usd, jobs: 2, amount: 2 * 199 - 1)

    let fault = #expect(throws: Fault.self) {
      try sample.facts(
        Summary(
          batch: summary.batch, tallies: summary.tallies, submitted: summary.submitted,
          reasons: [short]), [])
    }

    #expect(fault?.exit == .internalError)
  }

  @Test func `every budget the batch draws on is told, and when its day ends`() throws {
    var sample = Sample()
    sample.add(1, .charged)
    sample.others = [home(.day, 1_000, spent: 800), home(.month, 90_000, spent: 1_100)]

    let text = TextReport.text(try sample.facts())

    #expect(
      text.contains(
        """
        budget               limit  spent  held    room
        batch usd           500.00   1.99  0.00  498.01
        home per day usd     10.00   8.00  0.00    2.00
        home per month usd  900.00  11.00  0.00  889.00
        The UTC day ends at 2026-11-23T00:00:00Z, the UTC month ends at
        2026-12-01T00:00:00Z.
        """))
  }

  @Test func `a home budget that is full says when it has room again`() throws {
    var sample = Sample(
      state: .halted, halt: Halt(reason: .homeBudgetExhausted, number: 1, message: "too much"))
    sample.add(1, .queued)
    sample.others = [home(.day, 1_000, spent: 0), home(.month, 1_000, spent: 900)]

    #expect(
      TextReport.text(try sample.facts()).contains(
        """
        The UTC month ends at 2026-12-01T00:00:00Z. Then, or with another budget, go on:
          sluice budget list
          sluice run overdue-20261122-7k2m
        """))

    sample.others = [home(.month, 1_000, spent: 0)]
    #expect(
      TextReport.text(try sample.facts()).contains("There is room for it by now; go on:\n"))
  }

  @Test func `an approval is told with what it left out and why`() throws {
    var sample = Sample(approvals: [
      approval(by: "ana"), approval(excluded: "12,40-44", note: "Acme pays by transfer"),
    ])
    sample.add(1, .charged)

    #expect(
      TextReport.text(try sample.facts()).contains(
        """
        approved by   ana
        approved by   ben (except 12,40-44): Acme pays by transfer
        """))
  }

  @Test func `an approval that no longer counts says so`() throws {
    var sample = Sample(
      state: .submitted,
      approvals: [
        approval(by: "ana", force: .ofEarlierPlan), approval(by: "cid", force: .ended),
      ])
    sample.add(1, .queued)
    let facts = try sample.facts()

    #expect(
      TextReport.text(facts).contains(
        """
        approved by   ana (of an earlier plan)
        approved by   cid (no longer counts)
        """))
    #expect(TextReport.text(facts).contains("It waits for approval.\n"))
    let jobs = sample.jobs
    var page = ""
    try HTMLReport.write(
      facts, jobs: { body throws(Fault) in for job in jobs { try body(job) } },
      to: { page += $0 })
    #expect(page.contains("<bdi>ana</bdi> (of an earlier plan)"))
  }

  private func home(_ per: Window, _ limit: Int64, spent: Int64) -> Budget {
    Budget(
      scope: .home, per: per, limit: Money(minorUnits: limit, currency: usd), spent: spent, held: 0)
  }
}
