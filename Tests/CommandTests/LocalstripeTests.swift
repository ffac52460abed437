import Support
import Testing

/// Against a Stripe that nobody here wrote and that counts every POST as a charge of its own.
@Suite struct LocalstripeTests {
  private let stripe: LocalStripe
  private let home: CommandHome

  init() throws {
    stripe = try LocalStripe()
    home = try CommandHome(mode: "test")
    home.environment = ["SLUICE_STRIPE_URL": stripe.url, "STRIPE_API_KEY": LocalStripe.key]
  }

  /// Customers with a card on file, each seventh with a card that is declined.
  private func customers(_ count: Int) throws -> [String] {
    try (1...count).map { number in
      try stripe.makeCustomer(
        card: number.isMultiple(of: 7) ? "pm_card_chargeCustomerFail" : "pm_card_visa")
    }
  }

  private func plan(_ customers: [String], amount: (Int) -> String) throws -> String {
    let header = "customer_id,invoice_number,amount,currency"
    let lines = customers.indices.map { "\(customers[$0]),INV-\($0 + 1),\(amount($0)),usd" }
    try home.write(([header] + lines).joined(separator: "\n") + "\n", to: "plan.csv")
    let plan = try home.document(
      ["submit", "plan.csv", "--job", Repository.chargesJob], as: Plan.self)
    try home.approve(plan.batch)
    return plan.batch
  }

  /// Expects localstripe to have exactly the charges that the report lists, amounts included.
  private func expectAgreement(_ batch: String, _ customers: [String]) throws -> ReportDocument {
    let report = try home.report(batch)
    let ours = report.jobs("charged").map {
      "\(batch)#\($0.number) \($0.account) \($0.amount) \($0.object ?? "")"
    }
    let theirs = try customers.flatMap(stripe.charges).filter { $0.status == "succeeded" }
      .map { "\($0.metadata["sluice_job"] ?? "") \($0.customer) \($0.amount) \($0.id)" }
    #expect(report.mistakes == [])
    #expect(ours.sorted() == theirs.sorted())
    return report
  }

  @Test func `a run leaves exactly the charges that the report lists`() throws {
    let customers = try customers(60)
    let batch = try plan(customers) { "\(1 + $0 / 10).\(10 + $0)" }

    let outcome = try home.sluice(["run", batch])
    let again = try home.sluice(["run", batch])

    let report = try expectAgreement(batch, customers)
    #expect(outcome.status == 10, "\(outcome)")
    #expect(outcome.error.hasPrefix("sluice: warning: $STRIPE_API_KEY holds an unrestricted key"))
    #expect(again.status == 77)
    #expect(report.counts["charged"] == 52)
    #expect(report.counts["declined"] == 8)
    #expect(Set(report.jobs("declined").map(\.reason)) == ["card_declined"])
  }

  @Test func `a run that meets its cap leaves no charge above it`() throws {
    let customers = try customers(70)
    let batch = try plan(customers) { _ in "10.00" }

    let outcome = try home.sluice(["run", batch])
    let again = try home.sluice(["run", batch])

    let report = try expectAgreement(batch, customers)
    #expect(outcome.status == 11, "\(outcome)")
    #expect(again.status == 11)
    #expect(report.halt == .init(reason: "cap_exhausted", number: 59))
    #expect(report.counts["charged"] == 50)
    #expect(report.money["charged"] == 50_000)
    #expect(report.skipped == [.init(reason: "cap_exhausted", jobs: 12)])
  }
}
