package import Domain
internal import Journal
package import Queue

/// Everything a report says besides the jobs themselves.
///
/// It exists only if it adds up, so there is no report of figures that contradict each other. What
/// it is made of must have been read at one moment: a worker may be charging meanwhile.
package struct ReportFacts: Equatable, Sendable {
  package let summary: Summary
  package let mode: Mode
  /// When the facts were read.
  package let at: Timestamp
  /// Every approval of the batch, oldest first.
  package let approvals: [ReportedApproval]
  /// Every budget the batch draws on: its caps, its job file's, the home's.
  package let budgets: [Budget]
  /// The public ids of the batch's vault keys.
  package let keys: [String]
  package let journalHead: String
  /// How much more, or less, charged jobs moved than was planned, per currency where it differs.
  package let beyondPlan: [Money]
  /// What the job would have moved that the batch halted at.
  package let haltedAmount: Money?
  /// The stop that is in force on the batch.
  package let stop: Stop?

  /// Facts of exactly these parts; throws `internalError` when they do not add up.
  package init(
    summary: Summary, mode: Mode, at now: Timestamp, approvals: [ReportedApproval],
    budgets: [Budget], keys: [String], journalHead: String, beyondPlan: [Money] = [],
    haltedAmount: Money? = nil, stop: Stop? = nil
  ) throws(Fault) {
    self.summary = summary
    self.mode = mode
    at = now
    self.approvals = approvals
    self.budgets = budgets
    self.keys = keys
    self.journalHead = journalHead
    self.beyondPlan = beyondPlan
    self.haltedAmount = haltedAmount
    self.stop = stop
    try summary.requireBalance()
    for currency in Set(summary.currencies).union(budgets.map(\.currency)) {
      try requireBudget(in: currency)
    }
  }

  var batch: Batch { summary.batch }

  /// Who approved the batch as it stands, each once, in the order of their first yes.
  var approvedBy: [String] {
    approvals.filter { $0.force == .inForce }.map(\.approver).reduce(into: []) { names, name in
      if !names.contains(name) { names.append(name) }
    }
  }

  /// How many approvals the batch has of those that it needs.
  var given: GivenApprovals {
    GivenApprovals(required: batch.terms.approvalsRequired, givenBy: approvedBy)
  }

  /// What the vault counted must be what the jobs say: spent is charged, but for what moved beyond
  /// the plan, and held is not settled.
  private func requireBudget(in currency: Currency) throws(Fault) {
    let lines = budgets.filter { $0.currency == currency && $0.scope == .batch(batch.id) }
    guard lines.count <= 1 else {
      throw contradiction("the batch has two budgets in \(currency)")
    }
    let spent = Money(minorUnits: lines.first?.spent ?? 0, currency: currency)
    let held = Money(minorUnits: lines.first?.held ?? 0, currency: currency)
    var charged = summary.amount(.charged, currency)
    charged.minorUnits += beyondPlan.first { $0.currency == currency }?.minorUnits ?? 0
    guard spent == charged else {
      throw contradiction("\(charged) is charged, but the budget has spent \(spent)")
    }
    let open = unsettled(currency)
    guard held == open else {
      throw contradiction("\(open) is not settled, but the budget holds \(held)")
    }
  }

  /// The money of jobs that are not settled.
  private func unsettled(_ currency: Currency) -> Money {
    let headings: [Heading] = [.processing, .inDoubt, .unknown]
    let sum = headings.reduce(0) { $0 + summary.amount($1, currency).minorUnits }
    return Money(minorUnits: sum, currency: currency)
  }

  /// Why there is no report.
  func contradiction(_ what: String) -> Fault {
    Fault(
      .internalError, "the report of \(batch.id) does not add up, so there is none: \(what)",
      hint: "run `sluice journal verify`")
  }
}
