/// The stretch of time a budget counts over; days and months are UTC's.
package enum Window: String, CaseIterable, Sendable {
  /// All that the batch may ever move.
  case batch
  case day
  case month
}

/// A limit that a job file sets: for its batch, or for itself per day or month.
package struct Cap: Hashable, Sendable {
  package let per: Window
  package var limit: Money

  /// A cap of exactly these parts.
  package init(per: Window, limit: Money) {
    self.per = per
    self.limit = limit
  }

  /// The cap in words: "500.00 usd per batch".
  package var words: String { "\(limit) per \(per.rawValue)" }
}

/// Whose money a budget counts.
package enum BudgetScope: Hashable, Sendable {
  case batch(BatchID)
  /// Every batch of the job file of this name.
  case jobFile(String)
  /// Every batch of the home.
  case home

  /// The kind of scope, in one word: "batch", "job_file" or "home".
  package var word: String { String(text.prefix { $0 != " " }) }

  /// How the database and reports name it: "batch overdue-20261122-7k2m", "job_file overdue".
  package var text: String {
    switch self {
    case .batch(let id): "batch \(id)"
    case .jobFile(let name): "job_file \(name)"
    case .home: "home"
    }
  }

  /// The scopes that every job of a batch counts in.
  package static func all(of batch: BatchID, _ jobFile: String) -> [BudgetScope] {
    [.batch(batch), .jobFile(jobFile), .home]
  }
}

/// A budget as it stands at one moment: its limit, and how much of it is gone.
package struct Budget: Equatable, Sendable {
  package let scope: BudgetScope
  package let per: Window
  package let limit: Money
  /// Minor units that moved.
  package var spent: Int64
  /// Minor units that are reserved.
  package var held: Int64

  /// A budget of exactly these parts.
  package init(scope: BudgetScope, per: Window, limit: Money, spent: Int64, held: Int64) {
    self.scope = scope
    self.per = per
    self.limit = limit
    self.spent = spent
    self.held = held
  }

  package var currency: Currency { limit.currency }

  /// What may still be reserved; below zero when the limit was lowered under what is gone.
  package var room: Int64 {
    Mutant.noCapCheck.isOn ? .max : limit.minorUnits - spent - held
  }

  /// Whose budget it is, in words: "the batch's cap", "the home's budget per day".
  package var words: String {
    switch scope {
    case .batch: "the batch's cap"
    case .jobFile(let name): "the job file \(name)'s cap per \(per.rawValue)"
    case .home: "the home's budget per \(per.rawValue)"
    }
  }

  /// What a job that does not fit is refused for.
  package var refusal: Refusal {
    switch scope {
    case .batch: .capExhausted
    case .jobFile: .jobFileBudgetExhausted
    case .home: .homeBudgetExhausted
    }
  }
}
