package import Domain
package import Queue

/// What an approver needs to see before saying yes, as it was at one moment.
package struct Preview: Equatable, Sendable {
  package let batch: Batch
  /// When this was so.
  package let at: Timestamp
  /// Who has approved it so far, of as many as its terms require.
  package let approvedBy: [String]
  /// The jobs that the approver means to leave out.
  package let excluded: JobNumbers?
  /// How many of those are queued.
  package let excludedCount: Int
  /// Money and count of the jobs that would be sent, per currency.
  package let totals: [CurrencyTotal]
  /// The largest queued jobs, largest first.
  package let largest: [Job]
  /// Accounts that are charged more than once in this batch, with how often.
  package let repeated: [RepeatedAccount]
  /// Every budget the batch would draw on, with what is gone of it.
  package let budgets: [Budget]
  package let forecast: Forecast
  /// What the approver should know of some jobs; only what there is.
  package let flags: [PreviewFlag]

  /// What there is to know of one kind.
  package func flag(_ kind: FlagKind) -> PreviewFlag? { flags.first { $0.kind == kind } }

  /// Jobs whose reference another batch has taken; they are skipped.
  package var duplicateCount: Int { flag(.duplicate)?.jobs ?? 0 }

  /// When the days and months that its budgets count over are over.
  package var windowEnds: [WindowEnd] {
    Window.allCases.filter { window in budgets.contains { $0.per == window } }
      .compactMap { window in
        window.end(after: at).map { WindowEnd(per: window, at: $0) }
      }
  }
}

/// When a day or a month of budgets is over.
package struct WindowEnd: Equatable, Sendable {
  package let per: Window
  package let at: Timestamp
}

/// Count and sum of jobs in one currency.
package struct CurrencyTotal: Equatable, Sendable {
  package let jobs: Int
  package let amount: Money
}

/// An account with several jobs in one batch.
package struct RepeatedAccount: Equatable, Sendable {
  package let account: String
  package let jobs: Int
}
