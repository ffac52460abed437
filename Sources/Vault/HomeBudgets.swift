package import Domain
internal import JSON
package import Journal
internal import SQLite

/// The caps on all money a home moves per day or month; lowering one counts at the next claim.
///
/// The journal itself holds them, so that no row can be deleted to lift one.
package struct HomeBudgets {
  package let store: Store

  /// The budgets of a home.
  package init(_ store: Store) { self.store = store }

  /// The caps in force in these currencies, by currency, days before months.
  package func caps(in currencies: Set<Currency>) throws(Fault) -> [Cap] {
    var caps: [Cap] = []
    for currency in currencies.sorted(by: { $0.code < $1.code }) {
      for window in Self.windows {
        if let cap = try cap(per: window, in: currency) { caps.append(cap) }
      }
    }
    return caps
  }

  /// Every cap in force.
  package func caps() throws(Fault) -> [Cap] {
    let currencies = try store.rows(
      "SELECT DISTINCT subject FROM journal WHERE subject > :from AND subject < :to",
      [":from": .text(Self.prefix + " "), ":to": .text(Self.prefix + "!")]
    ) { row throws(Fault) in row.text("subject") }
    .compactMap { $0.split(separator: " ").last.flatMap { Currency(String($0)) } }
    return try caps(in: Set(currencies))
  }

  /// Sets a cap, or changes the one there is.
  ///
  /// False when it is in force already.
  package func set(_ cap: Cap) throws(Fault) -> Bool {
    precondition(cap.per != .batch, "a batch's cap stands in its policy")
    let transaction = try store.begin()
    let before = try self.cap(per: cap.per, in: cap.limit.currency)
    guard before != cap else { return false }
    try transaction.append(
      .budgetSet, subject: Self.subject(cap.per, cap.limit.currency),
      ["amount": cap.limit.minorJSON, "before": .optional(before?.limit.minorUnits)])
    _ = try transaction.commit()
    return true
  }

  /// Lifts a cap; false when there is none.
  package func remove(per window: Window, in currency: Currency) throws(Fault) -> Bool {
    let transaction = try store.begin()
    guard let before = try cap(per: window, in: currency) else { return false }
    try transaction.append(
      .budgetRemoved, subject: Self.subject(window, currency),
      ["before": before.limit.minorJSON])
    _ = try transaction.commit()
    return true
  }

  private func cap(per window: Window, in currency: Currency) throws(Fault) -> Cap? {
    let entry = try store.lastEvent(of: Self.subject(window, currency))
    guard let entry, entry.event == JournalEvent.budgetSet.rawValue else { return nil }
    guard let amount = entry.fields?["amount"]?.integer else {
      throw .untrusted("the journal's entry \(entry.sequence) names no amount")
    }
    return Cap(per: window, limit: Money(minorUnits: amount, currency: currency))
  }

  private static let windows: [Window] = [.day, .month]
  private static let prefix = "home budget"

  /// What the entries of one cap are about: nothing else is journaled under this name.
  private static func subject(_ window: Window, _ currency: Currency) -> String {
    "\(prefix) per \(window.rawValue) in \(currency)"
  }
}
