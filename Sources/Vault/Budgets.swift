package import Domain
internal import Journal
package import SQLite

/// How much of each budget is gone.
extension KeyVault {
  /// Every budget a batch draws on, in the order they are asked: its own caps, its job file's, the
  /// home's.
  package func budgets(
    of batch: BatchID, _ policy: Policy, at now: Timestamp
  ) throws(Fault) -> [Budget] {
    let scopes = try scopes(of: batch)
    let order: [Window] = [.batch, .day, .month]
    var budgets: [Budget] = []
    for window in order {
      for cap in policy.caps where cap.per == window {
        let scope = window == .batch ? scopes.batch : scopes.jobFile
        budgets.append(try budget(scope, cap, at: now))
        if Mutant.capRefilledByNewKey.isOn, window == .batch {
          let keys = Int64(try keys(of: batch).count)
          budgets[budgets.count - 1].spent -= cap.limit.minorUnits * (keys - 1)
        }
      }
    }
    for cap in try HomeBudgets(store).caps(in: Set(policy.batchCaps.map(\.currency))) {
      budgets.append(try budget(.home, cap, at: now))
    }
    return budgets
  }

  /// A budget with what is gone of it now.
  package func budget(
    _ scope: BudgetScope, _ cap: Cap, at now: Timestamp
  ) throws(Fault) -> Budget {
    let currency = cap.limit.currency
    let usage = try usage(of: scope, in: currency)
    let spent =
      try usage.covers(cap.per, at: now)
      ? usage.spent(in: cap.per, at: now) : posted(in: cap.per, at: now, of: scope, currency)
    return Budget(
      scope: scope, per: cap.per, limit: cap.limit, spent: spent,
      held: Mutant.holdExpires.isOn && now.day > usage.day ? 0 : usage.held)
  }

  /// What the holds say was posted since a window began.
  ///
  /// Only asked for the minutes after a clock has stepped back over midnight: the usage counts on
  /// in the later day by then and no longer knows the earlier one.
  private func posted(
    in window: Window, at now: Timestamp, of scope: BudgetScope, _ currency: Currency
  ) throws(Fault) -> Int64 {
    var posted: Int64 = 0
    try store.forEach(
      """
      SELECT hold.batch, batch.job_file, hold.settled_at, hold.posted_minor
      FROM   hold
      JOIN   batch ON batch.id = hold.batch
      WHERE  hold.state = 'posted' AND hold.currency = :currency
      """, [":currency": .text(currency.code)]
    ) { row throws(Fault) in
      let at = Timestamp(milliseconds: row.integer("settled_at"))
      let isOfWindow =
        switch window {
        case .batch: true
        case .day: at.day >= now.day
        case .month: at.month >= now.month
        }
      let scopes = BudgetScope.all(of: BatchID(row.text("batch")), row.text("job_file"))
      if isOfWindow, scopes.contains(scope) { posted += row.integer("posted_minor") }
    }
    return posted
  }

  /// What is gone of a scope's money in one currency.
  package func usage(of scope: BudgetScope, in currency: Currency) throws(Fault) -> Usage {
    try store.first(
      "SELECT * FROM budget WHERE scope = :scope AND currency = :currency",
      [":scope": .text(scope.text), ":currency": .text(currency.code)]
    ) { row throws(Fault) in Usage(row: row) } ?? Usage()
  }

  /// The scopes that a batch's money counts in.
  func scopes(of batch: BatchID) throws(Fault) -> (batch: BudgetScope, jobFile: BudgetScope) {
    let name = try store.first(
      "SELECT job_file FROM batch WHERE id = :batch", [":batch": .text(batch.text)]
    ) { row throws(Fault) in row.text("job_file") }
    guard let name else { throw .untrusted("the batch \(batch) is gone") }
    return (.batch(batch), .jobFile(name))
  }

  /// Changes the usage of every scope a job counts in.
  func count(
    _ job: JobID, in currency: Currency, in transaction: borrowing Transaction,
    _ change: (inout Usage) -> Void
  ) throws(Fault) {
    let scopes = try scopes(of: job.batch)
    for scope in [scopes.batch, scopes.jobFile, .home] {
      var usage = try usage(of: scope, in: currency)
      change(&usage)
      try write(usage, of: scope, in: currency, in: transaction)
    }
  }

  private func write(
    _ usage: Usage, of scope: BudgetScope, in currency: Currency,
    in transaction: borrowing Transaction
  ) throws(Fault) {
    try transaction.run(
      """
      INSERT INTO budget (scope, currency, held_minor, spent_minor, day, spent_on_day_minor, month,
                          spent_in_month_minor)
      VALUES (:scope, :currency, :held, :spent, :day, :spent_on_day, :month, :spent_in_month)
      ON CONFLICT (scope, currency) DO UPDATE
      SET    held_minor = excluded.held_minor, spent_minor = excluded.spent_minor,
             day = excluded.day, spent_on_day_minor = excluded.spent_on_day_minor,
             month = excluded.month, spent_in_month_minor = excluded.spent_in_month_minor
      """,
      [
        ":scope": .text(scope.text), ":currency": .text(currency.code),
        ":held": .integer(usage.held), ":spent": .integer(usage.spent),
        ":day": .integer(usage.day), ":spent_on_day": .integer(usage.spentOnDay),
        ":month": .integer(usage.month), ":spent_in_month": .integer(usage.spentInMonth),
      ])
  }
}

extension Usage {
  /// Reads a row of the `budget` table.
  package init(row: borrowing Row) {
    self.init(
      held: row.integer("held_minor"), spent: row.integer("spent_minor"),
      day: row.integer("day"), spentOnDay: row.integer("spent_on_day_minor"),
      month: row.integer("month"), spentInMonth: row.integer("spent_in_month_minor"))
  }
}
