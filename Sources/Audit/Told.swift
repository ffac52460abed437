internal import Domain
internal import Journal
internal import Queue
internal import SQLite
internal import Vault

/// Which rows are rebuilt and compared.
enum Extent {
  case everything
  /// A batch, every batch that shares a reference with it, and the budgets it draws on.
  case batch(BatchID, jobFile: String)

  var isEverything: Bool {
    switch self {
    case .everything: true
    case .batch: false
    }
  }
}

/// What the journal tells, in scratch tables named and made like the home's own.
///
/// Each row carries the sequence of the entry that wrote it last.
struct Told {
  let store: Store
  let rows: Extent

  /// Reads it from the journal, whose chain the caller has verified at the same moment.
  init(_ store: Store, of rows: Extent) throws(Fault) {
    self.store = store
    self.rows = rows
    try store.makeScratch(Self.tables)
    try addExtent()
    try addHome()
    try addBatches()
    try addJobs()
    try addHolds()
    try addAttempts()
    try addApprovals()
    try addKeys()
    if rows.isEverything { try addDrafts() }
  }

  /// Writes to the scratch tables.
  func write(_ sql: String, _ parameters: Parameters) throws(Fault) {
    guard try store.runInScratch(sql, parameters) else {
      throw .untrusted("the journal tells two things of one row")
    }
  }

  /// The batches whose rows are rebuilt.
  private func addExtent() throws(Fault) {
    guard case .batch(let id, _) = rows else {
      return try write(
        "INSERT INTO temp.told_extent SELECT subject FROM journal WHERE event = 'submitted'", [:])
    }
    let parameters: Parameters = [":batch": .text(id.text)]
    try write("INSERT INTO temp.told_extent VALUES (:batch)", parameters)
    // A job that was charged must not be made out as declined to free its reference for this batch.
    try write(
      """
      INSERT OR IGNORE INTO temp.told_reference
      SELECT family, account, reference FROM job WHERE batch = :batch
      """, parameters)
    try write(
      """
      INSERT OR IGNORE INTO temp.told_extent
      SELECT batch
      FROM   job
      WHERE  batch <> :batch
        AND  (family, account, reference) IN (SELECT * FROM temp.told_reference)
      """, parameters)
  }

  private func addHome() throws(Fault) {
    try write(
      """
      INSERT INTO temp.told_home
      SELECT 1, made.subject, made.body ->> 'mode', made.body ->> 'stripe_account', sealed.seal_key,
             made.body ->> 'created_at_ms', sealed.sequence
      FROM   journal AS made
      JOIN   journal AS sealed
      ON     sealed.sequence = (SELECT max(sequence)
                                FROM   journal
                                WHERE  event IN ('home_created', 'rekeyed'))
      WHERE  made.sequence = 1
      """, [:])
  }

  private func addApprovals() throws(Fault) {
    try write(
      """
      INSERT INTO temp.told_approval
      SELECT number, subject, body ->> 'digest', body ->> 'approver', body ->> 'login_uid',
             body ->> 'approver_id', at, body ->> 'expires_at_ms', body ->> 'jobs',
             body ->> 'excluded', body ->> 'note', body ->> 'standing', sequence
      FROM   (SELECT *, row_number() OVER (ORDER BY sequence) AS number
              FROM   journal
              WHERE  event IN ('approval_given', 'approved'))
      WHERE  subject IN (SELECT batch FROM temp.told_extent)
      """, [:])
  }

  /// Takes the usage that a ledger has counted; it has read the journal to its end.
  func addBudgets(_ ledger: Ledger) throws(Fault) {
    try ledger.forEachUsage { scope, currency, usage, sequence throws(Fault) in
      try write(
        """
        INSERT INTO temp.told_budget
        VALUES (:scope, :currency, :held, :spent, :day, :on_day, :month, :in_month, :sequence)
        """,
        [
          ":scope": .text(scope.text), ":currency": .text(currency.code),
          ":held": .integer(usage.held), ":spent": .integer(usage.spent),
          ":day": .integer(usage.day), ":on_day": .integer(usage.spentOnDay),
          ":month": .integer(usage.month), ":in_month": .integer(usage.spentInMonth),
          ":sequence": .integer(sequence),
        ])
    }
  }
}

/// Parts of statements that are made from the words of the flow, so that no arrow is written twice.
enum Words {
  /// `CASE` branches from an event's name to the state it leaves its batch in.
  static let batchStates = branches(
    JournalEvent.allCases.compactMap { event in
      JobQueue.state(after: event).map { (event.rawValue, $0.rawValue) }
    })

  /// The events that move a batch.
  static let batchEvents = list(
    JournalEvent.allCases.filter { JobQueue.state(after: $0) != nil }.map(\.rawValue))

  /// `CASE` branches from an outcome to the state it leaves its job in.
  static let jobStates = branches(JobOutcome.allCases.map { ($0.rawValue, $0.state.rawValue) })

  /// The outcomes that do this to a hold.
  static func outcomes(_ event: HoldEvent) -> String {
    list(JobOutcome.allCases.filter { $0.holdEvent == event }.map(\.rawValue))
  }

  /// The outcomes after which it is known what happened.
  static let settledOutcomes = list(JobOutcome.allCases.filter(\.isSettled).map(\.rawValue))

  /// The reasons of a skip that count as a rejection.
  static let missingReasons = list(SkipReason.allCases.filter(\.isMissing).map(\.rawValue))

  private static func list(_ words: [String]) -> String {
    words.map { "'\($0)'" }.joined(separator: ", ")
  }

  private static func branches(_ words: [(from: String, to: String)]) -> String {
    words.map { "WHEN '\($0.from)' THEN '\($0.to)'" }.joined(separator: " ")
  }
}
