internal import Domain
internal import JSON
internal import Journal
internal import Vault

/// What the journal says is spent and held of one batch.
///
/// Budgets and holds are rows that a shell can edit; the sealed journal is not. A run counts from
/// the journal once, keeps the count up, and claims nothing while a budget says anything else.
struct Ledger: Equatable {
  private let batch: BatchID
  private var spent: [Currency: Int64] = [:]
  private var held: [Currency: Int64] = [:]
  /// The money of jobs that are not settled, by number.
  private var open: [Int: Money] = [:]

  init(_ batch: BatchID) { self.batch = batch }

  /// Takes an entry of the journal, of whatever subject.
  mutating func read(_ entry: JournalEntry) {
    guard let event = JournalEvent(rawValue: entry.event), event == .claimed || event == .settled,
      entry.subject.hasPrefix(batch.text + "#"),
      let number = Int(entry.subject.dropFirst(batch.text.count + 1)), let body = entry.fields
    else { return }
    if event == .claimed, let amount = body["amount"]?.integer,
      let currency = body["currency"]?.string.flatMap(Currency.init)
    {
      claim(number, Money(minorUnits: amount, currency: currency))
    }
    if event == .settled, let outcome = body["outcome"]?.string.flatMap(JobOutcome.init) {
      settle(number, outcome, actual: body["amount"]?.integer)
    }
  }

  /// A job's money is reserved.
  mutating func claim(_ number: Int, _ amount: Money) {
    open[number] = amount
    held[amount.currency, default: 0] += amount.minorUnits
  }

  /// A job is settled; what is processing or unknown stays held.
  mutating func settle(_ number: Int, _ outcome: JobOutcome, actual: Int64?) {
    guard outcome.isSettled, let amount = open.removeValue(forKey: number) else { return }
    held[amount.currency, default: 0] -= amount.minorUnits
    if outcome.holdEvent == .post {
      spent[amount.currency, default: 0] += actual ?? amount.minorUnits
    }
  }

  /// The budget that says something else, in a sentence; nil when all agree.
  func disagreement(with budgets: [Budget]) -> String? {
    for currency in Set(spent.keys).union(held.keys).union(budgets.map(\.currency)) {
      let budget = budgets.first { $0.currency == currency }
      let wanted = (spent[currency] ?? 0, held[currency] ?? 0)
      guard (budget?.spent ?? 0, budget?.held ?? 0) == wanted else {
        return "the \(currency) budget of \(batch) does not match the journal"
      }
    }
    return nil
  }
}
