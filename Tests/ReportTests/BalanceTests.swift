import Domain
import Queue
import Report
import Testing

@Suite struct BalanceTests {
  @Test func `figures that add up make a report`() throws {
    _ = try mixed.facts()
    _ = try capHalted.facts()
  }

  @Test func `a job that is missing from the headings is refused`() {
    var tallies = mixed.summary.tallies
    tallies[usd]?[.declined]?.jobs -= 1

    expectRefusal(mixed.summary.with(tallies: tallies))
  }

  @Test func `money that is missing from the headings is refused`() {
    var tallies = mixed.summary.tallies
    tallies[usd]?[.declined]?.amount -= 1

    expectRefusal(mixed.summary.with(tallies: tallies))
  }

  @Test func `jobs that moved from one currency to another are refused`() {
    var tallies = mixed.summary.tallies
    tallies[usd]?[.declined]?.jobs -= 1
    tallies[jpy]?[.charged]?.jobs += 1

    expectRefusal(mixed.summary.with(tallies: tallies))
  }

  @Test func `a currency that was never submitted is refused`() {
    var tallies = mixed.summary.tallies
    tallies[eur] = [.declined: Tally(jobs: 0, amount: 100)]

    expectRefusal(mixed.summary.with(tallies: tallies))
  }

  @Test func `more jobs than the batch was submitted with are refused`() {
    var tallies = mixed.summary.tallies
    var submitted = mixed.summary.submitted
    tallies[usd]?[.declined]?.jobs += 1
    submitted[usd]?.jobs += 1

    expectRefusal(mixed.summary.with(tallies: tallies, submitted: submitted))
  }

  @Test func `reasons that do not make up their heading are refused`() {
    expectRefusal(mixed.summary.with(reasons: Array(mixed.summary.reasons.dropLast())))
  }

  @Test(arguments: [
    budget(usd, 50_000, spent: 199 + 1, held: 597),
    budget(usd, 50_000, spent: 199 - 1, held: 597),
    budget(usd, 50_000, spent: 199, held: 597 + 1),
    budget(usd, 50_000, spent: 199, held: 597 - 199),
    budget(eur, 50_000, spent: 1, held: 0),
    budget(eur, 50_000, spent: 0, held: 1),
  ])
  func `a budget that says other than the jobs is refused`(_ line: Budget) {
    var sample = mixed
    sample.jobs.removeLast()
    let usual = budget(usd, 50_000, spent: 199, held: 597)
    let budgets = line.currency == usd ? [line] : [usual, line]

    #expect(throws: Never.self) { try sample.facts(sample.summary, [usual]) }
    expectRefusal(sample.summary, budgets)
  }

  @Test func `what moved beyond the plan is told, and the report adds up with it`() throws {
    var sample = mixed
    sample.jobs.removeLast()
    let more = Money(minorUnits: 801, currency: usd)
    let spent = budget(usd, 50_000, spent: 1000, held: 597)

    let facts = try sample.facts(sample.summary, [spent], beyondPlan: [more])

    #expect(TextReport.text(facts).contains("Stripe moved 8.01 usd more than was planned.\n"))
    #expect(throws: Fault.self) { try sample.facts(sample.summary, [spent]) }
  }

  @Test func `money that moved in a currency without a budget is refused`() {
    let budgets = [budget(usd, 50_000, spent: 199, held: 597)]

    expectRefusal(mixed.summary, budgets)
  }

  @Test func `two budgets in one currency are refused`() {
    let sample = Sample()
    let line = budget(usd, 50_000, spent: 0, held: 0)

    expectRefusal(sample.summary, [line, line])
  }

  private func expectRefusal(_ summary: Summary, _ budgets: [Budget]? = nil) {
    let fault = #expect(throws: Fault.self) {
      try mixed.facts(summary, budgets ?? mixed.facts().budgets)
    }
    #expect(fault?.exit == .internalError)
    #expect(fault?.hint == "run `sluice journal verify`")
  }
}

/// One job under most headings, in two currencies; the last one in yen.
private var mixed: Sample {
  var sample = Sample(limits: [usd: 50_000, jpy: 9_000])
  for state in JobState.allCases where state != .queued && state != .skipped && state != .sending {
    sample.add(1, state)
  }
  sample.add(2, .skipped, skipReason: .duplicate)
  sample.add(1, .charged, 500, jpy)
  return sample
}

extension Summary {
  /// The same summary with some parts exchanged.
  fileprivate func with(
    tallies: [Currency: [Heading: Tally]]? = nil, submitted: [Currency: Tally]? = nil,
    reasons: [ReasonCount]? = nil
  ) -> Summary {
    Summary(
      batch: batch, tallies: tallies ?? self.tallies, submitted: submitted ?? self.submitted,
      reasons: reasons ?? self.reasons)
  }
}
