import Domain
import Testing

/// What a vault key still allows; the vault and the forecast ask the same.
@Suite struct AllowanceTests {
  @Test(
    arguments: [
      (
        Case(operation: .refundsCreate), .operationNotAllowed,
        "the policy does not allow refunds.create"
      ),
      (
        Case(account: "cus_other"), .accountNotAllowed,
        "the policy does not list the account cus_other"
      ),
      (Case(amount: 901), .overMaxPerJob, "9.01 usd is over the limit of 9.00 usd per job"),
      (Case(admitted: 3), .overMaxJobs, "the key has admitted all of its 3 jobs"),
      (Case(currency: "eur"), .noBudget, "the batch has no cap in eur"),
      (
        Case(amount: 801), .capExhausted,
        "8.01 usd would pass the batch's cap of 10.00 usd, of which 2.00 usd is spent or held"
      ),
      (
        Case(amount: 701), .jobFileBudgetExhausted,
        "7.01 usd would pass the job file fees's cap per day of 12.00 usd, of which 5.00 usd is "
          + "spent or held"
      ),
      (
        Case(amount: 601), .homeBudgetExhausted,
        "6.01 usd would pass the home's budget per month of 90.00 usd, of which 84.00 usd is spent "
          + "or held"
      ),
    ] as [(Case, Refusal, String)])
  func `the first rule that is broken is told in a sentence`(
    _ wanted: Case, _ refusal: Refusal, _ sentence: String
  ) throws {
    let broken = try wanted.allowance().refusal(of: wanted.movement())

    #expect(broken?.refusal == refusal)
    #expect(broken?.message == sentence)
  }

  @Test func `what fits every rule exactly is allowed, and takes room in every budget`() throws {
    let wanted = Case(amount: 600)
    var allowance = try wanted.allowance()
    #expect(try allowance.refusal(of: wanted.movement()) == nil)

    allowance.take(try wanted.movement())

    #expect(allowance.budgets.map(\.room) == [200, 100, 0])
    #expect(allowance.jobsAdmitted == 1)
    #expect(try allowance.refusal(of: Case(amount: 1).movement())?.refusal == .homeBudgetExhausted)
  }

  @Test func `money in another currency takes no room`() throws {
    var allowance = try Case().allowance()

    allowance.take(try Case(currency: "jpy").movement())

    #expect(allowance.budgets.map(\.room) == [800, 700, 600])
  }

  /// A movement that fits, but for what a test changes, and the allowance it asks.
  struct Case: Sendable {
    var operation = Operation.chargesCreate
    var account = "cus_1"
    var amount: Int64 = 100
    var currency = "usd"
    var admitted = 0

    func movement() throws -> Movement {
      let currency = try #require(Currency(currency))
      return Movement(
        operation: operation, account: account,
        amount: Money(minorUnits: amount, currency: currency))
    }

    func allowance() throws -> Allowance {
      let usd = try #require(Currency("usd"))
      func money(_ minorUnits: Int64) -> Money { Money(minorUnits: minorUnits, currency: usd) }
      func budget(_ scope: BudgetScope, _ per: Window, _ limit: Int64, _ gone: Int64) -> Budget {
        Budget(scope: scope, per: per, limit: money(limit), spent: gone / 2, held: gone / 2)
      }
      return Allowance(
        policy: Policy(
          name: "fees", allowedOperations: [.job(.chargesCreate)],
          caps: [Cap(per: .batch, limit: money(1000))], maxPerJob: [money(900)], maxJobs: 3,
          accounts: ["cus_1"], expiresIn: .hours(1)),
        budgets: [
          budget(.batch(BatchID("fees-1")), .batch, 1000, 200),
          budget(.jobFile("fees"), .day, 1200, 500), budget(.home, .month, 9000, 8400),
        ],
        jobsAdmitted: admitted)
    }
  }
}
