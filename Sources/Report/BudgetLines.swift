package import Domain

/// Budgets as people read them.
package enum BudgetLines {
  /// A table of what each may move, what is gone and what is left, and when its days end.
  package static func lines(
    _ budgets: [Budget], at now: Timestamp, indent: Int = 0
  ) -> [String] {
    guard !budgets.isEmpty else { return [] }
    var table = Table(["budget", " limit", " spent", " held", " room"], indent: indent)
    for budget in budgets { table.add([budget.label] + budget.amounts) }
    let lines =
      table.lines.contains { Layout.width(of: $0) > Layout.most }
      ? budgets.flatMap { listed($0, indent) } : table.lines
    return lines + Layout.wrapped(ends(of: budgets, at: now), indent: indent)
  }

  /// A budget whose figures are too wide for a table.
  private static func listed(_ budget: Budget, _ indent: Int) -> [String] {
    let figures = zip(["limit", "spent", "held", "room"], budget.amounts).map { "\($0) \($1)" }
    return Layout.wrapped("\(budget.label):", indent: indent)
      + Layout.wrapped(figures.joined(separator: ", "), indent: indent + 2)
  }

  /// "The UTC day ends at 2026-11-23T00:00:00Z."; nothing where no budget counts days or months.
  static func ends(of budgets: [Budget], at now: Timestamp) -> String {
    let windows = Window.allCases.filter { window in budgets.contains { $0.per == window } }
    let ends = windows.compactMap { window in
      window.end(after: now).map { "the UTC \(window.rawValue) ends at \($0)" }
    }
    guard !ends.isEmpty else { return "" }
    let text = ends.joined(separator: ", ")
    return text.prefix(1).uppercased() + text.dropFirst() + "."
  }
}

extension Budget {
  /// "batch usd", "job file per day usd", "home per month usd".
  var label: String {
    switch scope {
    case .batch: "batch \(currency)"
    case .jobFile: "job file per \(per.rawValue) \(currency)"
    case .home: "home per \(per.rawValue) \(currency)"
    }
  }

  /// Limit, spent, held, room.
  var amounts: [String] {
    [limit.minorUnits, spent, held, room].map {
      Money(minorUnits: $0, currency: currency).grouped
    }
  }
}
