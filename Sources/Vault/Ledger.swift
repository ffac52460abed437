package import Domain
internal import JSON
package import Journal

/// What the journal says is spent and held: of a batch, its job file and the home, or of all.
///
/// Budgets and holds are rows that a shell can edit; the sealed journal is not. A run counts from
/// the journal's first entry once, follows every entry that is added, by whatever process, and
/// claims nothing while a budget says anything else.
package struct Ledger: Sendable {
  /// The last entry that was read.
  package private(set) var head = JournalHead.beginning
  /// The batch and its job file; nil when everything is counted.
  private let own: (batch: BatchID, jobFile: String)?
  private var accounts: [BudgetScope: [Currency: Account]] = [:]
  /// The job file of each batch of the home.
  private var jobFiles: [String: String] = [:]
  /// The money of jobs that are not settled, and since when, by the name of the job.
  private var open: [String: (money: Money, since: Timestamp)] = [:]

  /// Usage, and the last entry that changed it.
  private struct Account {
    var usage = Usage()
    var sequence: Int64 = 0
  }

  /// Nothing read yet, of a batch, its job file and the home.
  package init(of batch: BatchID, jobFile: String) { own = (batch, jobFile) }

  /// Nothing read yet, of every batch and job file.
  package init() { own = nil }

  /// Takes an entry of the journal, of whatever subject.
  package mutating func read(_ entry: JournalEntry) throws(Fault) {
    head = JournalHead(entry)
    guard let event = JournalEvent(rawValue: entry.event) else { return }
    switch event {
    case .submitted: jobFiles[entry.subject] = entry.fields?["job_file"]?.string
    case .claimed: try claim(entry)
    case .settled, .resolved: try settle(entry)
    case .homeCreated, .planned, .discarded, .approvalGiven, .approverAdded, .approverRemoved,
      .standingApproved, .standingWithdrawn, .approved, .rejected, .cancelled, .amended,
      .approvalExpired, .keyIssued, .keyRevoked, .started, .resent, .lost, .skipped, .refused,
      .halted, .finished, .notChargedStated, .stopped, .unstopped, .budgetSet, .budgetRemoved,
      .cronStarted, .cronEnded, .notified, .notifyFailed, .rekeyed, .headAccepted, .clockAccepted,
      .restoredChecked, .evidence:
      break
    }
  }

  /// A job's money is reserved.
  private mutating func claim(_ entry: JournalEntry) throws(Fault) {
    guard let body = entry.fields, let amount = body["amount"]?.integer,
      let currency = body["currency"]?.string.flatMap({ Currency($0) })
    else { throw unreadable(entry) }
    open[entry.subject] = (Money(minorUnits: amount, currency: currency), entry.at)
    change(entry, in: currency) { $0.hold(amount) }
  }

  /// A job is settled; what is processing or unknown stays held.
  private mutating func settle(_ entry: JournalEntry) throws(Fault) {
    guard let body = entry.fields,
      let outcome = body["outcome"]?.string.flatMap({ JobOutcome(rawValue: $0) })
    else { throw unreadable(entry) }
    guard let event = outcome.holdEvent, let hold = open.removeValue(forKey: entry.subject)
    else { return }
    let reserved = hold.money
    let actual = body["amount"]?.integer ?? reserved.minorUnits
    change(entry, in: reserved.currency) { usage in
      switch event {
      case .void: usage.void(reserved.minorUnits)
      case .post: usage.post(actual, of: reserved.minorUnits, at: max(hold.since, entry.at))
      }
    }
  }

  /// Changes the usage of every scope of ours that a job counts in.
  private mutating func change(
    _ entry: JournalEntry, in currency: Currency, _ change: (inout Usage) -> Void
  ) {
    let batch = BatchID(String(entry.subject.prefix { $0 != "#" }))
    var scopes = [BudgetScope.home]
    if own == nil || own?.batch == batch { scopes.append(.batch(batch)) }
    if let jobFile = jobFiles[batch.text], own == nil || own?.jobFile == jobFile {
      scopes.append(.jobFile(jobFile))
    }
    for scope in scopes {
      change(&accounts[scope, default: [:]][currency, default: Account()].usage)
      accounts[scope]?[currency]?.sequence = entry.sequence
    }
  }

  private func unreadable(_ entry: JournalEntry) -> Fault {
    .untrusted("the journal's entry \(entry.sequence) cannot be read")
  }

  /// Gives the usage of every scope and currency that was ever changed to `body`, with the sequence
  /// of the last entry that did.
  package func forEachUsage(
    _ body: (BudgetScope, Currency, Usage, _ sequence: Int64) throws(Fault) -> Void
  ) throws(Fault) {
    for (scope, currencies) in accounts {
      for (currency, account) in currencies {
        try body(scope, currency, account.usage, account.sequence)
      }
    }
  }

  /// The scope whose row says something else in a currency, in a sentence; nil when all agree.
  package func disagreement(
    in currency: Currency, with row: (BudgetScope) throws(Fault) -> Usage
  ) throws(Fault) -> String? {
    guard let own else { preconditionFailure("only a batch's own ledger is asked") }
    for scope in BudgetScope.all(of: own.batch, own.jobFile)
    where try row(scope) != accounts[scope]?[currency]?.usage ?? Usage() {
      return "the \(currency) budget of \(scope.text) does not match the journal"
    }
    return nil
  }
}
