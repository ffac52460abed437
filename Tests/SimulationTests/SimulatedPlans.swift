import Domain
import Stripe
import Support

extension Simulation {
  /// A random plan of a few jobs: any operation, any behaviour, a cap that often does not fit.
  func plan() -> ([PlannedJob], JobFile) {
    let operation: Domain.Operation =
      dice.pick([
        .paymentIntentsCreate, .paymentIntentsCreate, .paymentIntentsCreate, .chargesCreate,
        .chargesCreate, .invoicesPay, .refundsCreate,
      ])
    let jobs = (1...(1 + dice.roll(4))).map { job($0, operation) }
    let sum = jobs.reduce(0) { $0 + $1.amount.minorUnits }
    let cap = dice.once(in: 2) ? sum : max(sum * Int64(20 + dice.roll(90)) / 100, 1)
    return (jobs, jobFile(operation, cap: cap, sum: sum))
  }

  private func jobFile(_ operation: Domain.Operation, cap: Int64, sum: Int64) -> JobFile {
    let usd = Currency.usd
    var caps: [Cap] = []
    if dice.once(in: 3) {
      let limit = max(sum * Int64(50 + dice.roll(100)) / 100, 1)
      let window = dice.pick([Window.day, .day, .month])
      caps.append(Cap(per: window, limit: Money(minorUnits: limit, currency: usd)))
    }
    return .sample(
      operation.family == .refund ? "refunds" : "overdue", cap: cap, moreCaps: caps,
      operation: operation, maxJobs: dice.once(in: 8) ? 1 + dice.roll(3) : nil,
      keyExpiresIn: dice.once(in: 6) ? .minutes(1) : .hours(1),
      approvalExpiresIn: dice.once(in: 5) ? .minutes(Int64(1 + dice.roll(30))) : .hours(24),
      fourEyes: false,
      halt: HaltRule(
        declinedInARow: 2 + dice.roll(4), rejectedInARow: 1 + dice.roll(3),
        unreachableInARow: 2 + dice.roll(4)))
  }

  private func job(_ number: Int, _ operation: Domain.Operation) -> PlannedJob {
    let account = "cus_\(number)"
    let amount = Int64(50 + dice.roll(400))
    if stripe.behaviours[account] == nil {
      let rare = dice.pick(Behaviour.allCases)
      stripe.behaviours[account] = dice.once(in: 2) ? .pays : rare
      if dice.once(in: 8) { stripe.penniless.insert(account) }
      // Something else of the customer's, that no job of ours has made.
      if dice.once(in: 3) { make(.intent, "pi_other_\(number)", account, amount, "succeeded") }
    }
    switch operation {
    case .paymentIntentsCreate:
      return .sample(
        number, account, amount, operation: operation, reference: "ref_\(number)",
        paymentMethod: dice.once(in: 3) ? nil : "pm_card")
    case .chargesCreate:
      return .sample(
        number, account, amount, operation: operation, reference: "ref_\(number)",
        paymentMethod: nil)
    case .invoicesPay:
      let invoice = "in_\(number)"
      make(.invoice, invoice, account, amount, "open")
      let asked = stripe.index(of: invoice).map { stripe.objects[$0].amount } ?? amount
      return .sample(
        number, account, asked, operation: operation, reference: invoice, paymentMethod: nil,
        invoice: invoice)
    case .refundsCreate:
      let charge = dice.once(in: 2) ? "ch_old_\(number)" : "pi_old_\(number)"
      make(charge.hasPrefix("ch_") ? .charge : .intent, charge, account, 500, "succeeded")
      return .sample(
        number, account, amount, operation: operation, reference: "ref_\(number)_\(dice.roll(2))",
        paymentMethod: nil, charge: charge)
    }
  }

  /// Puts something at Stripe that was there before.
  private func make(
    _ kind: SimulatedObject.Kind, _ id: String, _ account: String, _ amount: Int64,
    _ status: String
  ) {
    guard stripe.index(of: id) == nil else { return }
    stripe.add(
      SimulatedObject(
        id: id, kind: kind, customer: account, amount: amount, status: status,
        created: clock.truth.milliseconds / 1000))
  }
}
