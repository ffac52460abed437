package import Domain
package import Queue

/// Everything a report says besides the jobs themselves.
///
/// It exists only if it adds up, so there is no report of figures that contradict each other. What
/// it is made of must have been read at one moment: a worker may be charging meanwhile.
package struct ReportFacts: Equatable, Sendable {
  package let summary: Summary
  package let mode: Mode
  /// Who approved the batch, by name.
  package let approvedBy: [String]
  package let budgets: [BudgetLine]
  /// The public ids of the batch's vault keys.
  package let keys: [String]
  package let journalHead: String

  /// Facts of exactly these parts; throws `internalError` when they do not add up.
  package init(
    summary: Summary, mode: Mode, approvedBy: [String], budgets: [BudgetLine], keys: [String],
    journalHead: String
  ) throws(Fault) {
    self.summary = summary
    self.mode = mode
    self.approvedBy = approvedBy
    self.budgets = budgets
    self.keys = keys
    self.journalHead = journalHead
    try summary.requireBalance()
    for currency in Set(summary.currencies).union(budgets.map(\.currency)) {
      try requireBudget(in: currency)
    }
  }

  var batch: Batch { summary.batch }

  /// What the vault counted must be what the jobs say: spent is charged, held is not settled.
  private func requireBudget(in currency: Currency) throws(Fault) {
    let lines = budgets.filter { $0.currency == currency }
    guard lines.count <= 1 else {
      throw contradiction("the batch has two budgets in \(currency)")
    }
    let spent = Money(minorUnits: lines.first?.spent ?? 0, currency: currency)
    let held = Money(minorUnits: lines.first?.held ?? 0, currency: currency)
    let charged = summary.amount(.charged, currency)
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

/// A budget of the batch, and how much of it is gone.
package struct BudgetLine: Equatable, Sendable {
  package let currency: Currency
  /// Minor units, as are the other two.
  package let limit: Int64
  package let spent: Int64
  package let held: Int64

  /// A budget of exactly these parts.
  package init(currency: Currency, limit: Int64, spent: Int64, held: Int64) {
    self.currency = currency
    self.limit = limit
    self.spent = spent
    self.held = held
  }

  /// What may still be reserved; below zero when the limit was lowered under what is gone.
  var room: Int64 { limit - spent - held }
}
