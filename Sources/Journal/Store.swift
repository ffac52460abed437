package import Domain
package import SQLite
internal import System

/// The opened database of a home; the only way to it.
///
/// One thread uses it. After a failed commit it refuses every further transaction: what is on disk
/// then, only a new process can tell.
package final class Store {
  package let home: Home
  package let facts: HomeFacts
  package let clock: any Clock
  /// Who acts, as the journal records it.
  package let actor: String

  /// How long another process's write is waited for.
  private static let busyTimeoutMilliseconds: Int32 = 10_000

  private let databasePath: String
  private let database: Database
  private let writeLock: FileLock
  /// What the home is sealed with since it was made or rekeyed last.
  let sealKey: SealKey
  let sealKeys: SealKeys
  /// When the file `head` is brought up to the journal's end.
  package var writesHead = HeadWriting.afterEveryCommit
  /// Whether the file `head` is known not to be ahead of the journal.
  var isHeadChecked = false
  private var lastTransaction: UInt64 = 0
  private var openTransaction: UInt64?
  private var hasFailed = false

  /// Opens a home; throws `configuration` when there is none and `storage` when it is not right.
  package convenience init(home: Home, clock: any Clock, actor: String) throws(Fault) {
    try home.requireOwn()
    try Self.require(home)
    try home.requireLocal()
    try self.init(home: home, databasePath: home.databasePath, clock: clock, actor: actor)
  }

  /// Opens a database that is not under its final name yet.
  init(
    home: Home, databasePath: String, clock: any Clock, actor: String
  ) throws(Fault) {
    self.home = home
    self.databasePath = databasePath
    self.clock = clock
    self.actor = actor
    do {
      writeLock = try FileLock(path: home.writeLockPath)
    } catch {
      throw Fault(error, path: home.writeLockPath)
    }
    do {
      database = try Database(
        path: databasePath, .existing, busyTimeoutMilliseconds: Self.busyTimeoutMilliseconds)
      try Self.requireVersion(database)
      try Self.configure(database)
      let sealKeyID: String
      (facts, sealKeyID) = try Self.facts(of: database)
      // A new key is in the file before it is in the database, so the file is read after it.
      sealKeys = try SealKeys.read(home)
      sealKey = try sealKeys.key(sealKeyID)
    } catch let error as SQLiteError {
      throw Fault(error)
    } catch {
      throw error as? Fault ?? .untrusted("the database cannot be opened")
    }
  }

  // MARK: Reading

  /// Gives each row to `body`; what it throws ends the reading.
  package func forEach(
    _ sql: String, _ parameters: Parameters = [:],
    _ body: (borrowing Row) throws(Fault) -> Void
  ) throws(Fault) {
    var failure: Fault?
    do throws(SQLiteError) {
      try database.forEach(sql, parameters) { row in
        do throws(Fault) {
          try body(row)
          return true
        } catch {
          failure = error
          return false
        }
      }
    } catch {
      throw Fault(error)
    }
    if let failure { throw failure }
  }

  /// Every row, decoded.
  package func rows<Value>(
    _ sql: String, _ parameters: Parameters = [:],
    decode: (borrowing Row) throws(Fault) -> Value
  ) throws(Fault) -> [Value] {
    var values: [Value] = []
    try forEach(sql, parameters) { row throws(Fault) in values.append(try decode(row)) }
    return values
  }

  /// The first row, decoded; nil when there is none.
  package func first<Value>(
    _ sql: String, _ parameters: Parameters = [:],
    decode: (borrowing Row) throws(Fault) -> Value
  ) throws(Fault) -> Value? {
    try rows(sql, parameters, decode: decode).first
  }

  /// Reads several statements from one moment in time.
  package func snapshot<Value>(
    _ body: () throws(Fault) -> Value
  ) throws(Fault) -> Value {
    try execute("BEGIN")
    defer { try? database.execute("COMMIT") }
    return try body()
  }

  // MARK: Writing

  /// Begins a write transaction; a transaction that is dropped uncommitted is rolled back.
  ///
  /// The first one of a process checks the file `head`: nothing is added to a journal whose end was
  /// cut off.
  ///
  /// What only takes leave away, such as a stop or a revocation, is written although the file is
  /// missing: a worker may be running.
  package func begin(withoutHead: Bool = false) throws(Fault) -> Transaction {
    guard !hasFailed else { throw .untrusted("an earlier commit failed; nothing more is written") }
    precondition(openTransaction == nil, "a transaction is open already")
    if !isHeadChecked {
      try requireWritable()
      try requireHead(unless: withoutHead)
      isHeadChecked = true
    }
    do {
      try writeLock.lock(.shared)
    } catch {
      throw Fault(error, path: home.writeLockPath)
    }
    do {
      try database.execute("BEGIN IMMEDIATE")
    } catch {
      writeLock.unlock()
      throw Fault(error)
    }
    lastTransaction += 1
    openTransaction = lastTransaction
    return Transaction(store: self, number: lastTransaction)
  }

  private func requireHead(unless isBrake: Bool) throws(Fault) {
    do throws(Fault) {
      try checkHead()
    } catch {
      guard isBrake, (try? recordedHead()) == nil else { throw error }
      writesHead = .whenTold
    }
  }

  /// Opens a scratch table outside the home's file, so that a slow input never holds the write
  /// lock.
  package func makeScratch(_ sql: String) throws(Fault) { try execute(sql) }

  /// Writes to a scratch table; false when one of its rules refuses the row.
  package func runInScratch(_ sql: String, _ parameters: Parameters) throws(Fault) -> Bool {
    do {
      try database.run(sql, parameters)
      return true
    } catch {
      if error.isConstraint { return false }
      throw Fault(error)
    }
  }

  func run(_ sql: String, _ parameters: Parameters) throws(Fault) -> Int {
    do {
      return try database.run(sql, parameters)
    } catch {
      throw Fault(error)
    }
  }

  /// A failed commit may still be on disk, so it ends all writing of this process.
  ///
  /// Throws `storage`, too, when the commit is durable and `head` cannot be written.
  func commit(_ transaction: UInt64) throws(Fault) {
    precondition(openTransaction == transaction, "this transaction is over")
    do {
      try database.execute("COMMIT")
    } catch {
      hasFailed = true
      rollBack(transaction)
      throw Fault(
        .storage, "the commit failed: \(error.message) (\(error.code))",
        hint: "nothing more is sent; run the command again once the disk is right")
    }
    openTransaction = nil
    writeLock.unlock()
    if writesHead == .afterEveryCommit { try writeHeadAfterCommit() }
  }

  /// What is committed is told as done, so that nobody does it again.
  private func writeHeadAfterCommit() throws(Fault) {
    do throws(Fault) {
      try writeHead()
    } catch {
      throw Fault(
        .storage, "it is done and in the journal, but \(error.message)",
        hint: "do not repeat it; \(error.hint ?? "look at it with `sluice journal verify`")")
    }
  }

  func rollBack(_ transaction: UInt64) {
    guard openTransaction == transaction else { return }
    openTransaction = nil
    if database.isInTransaction { try? database.execute("ROLLBACK") }
    writeLock.unlock()
  }

  /// Moves the write-ahead log into the database once it is large and nobody else is writing.
  ///
  /// The write lock is held alone and never waited for: SQLite before 3.51.3 can corrupt the file
  /// when checkpoints race a commit.
  package func checkpointIfLarge(bytes limit: Int64 = 16 << 20) throws(Fault) {
    do {
      let log = try Files.facts(of: databasePath + "-wal")
      guard let log, log.size >= limit, try writeLock.tryLock(.exclusive) else { return }
    } catch {
      throw Fault(error, path: databasePath + "-wal")
    }
    defer { writeLock.unlock() }
    // A reader is not waited for either: it would keep every writer out meanwhile.
    try execute("PRAGMA busy_timeout = 0")
    defer { try? execute("PRAGMA busy_timeout = \(Self.busyTimeoutMilliseconds)") }
    try execute("PRAGMA wal_checkpoint(TRUNCATE)")
  }

  private func execute(_ sql: String) throws(Fault) {
    do {
      try database.execute(sql)
    } catch {
      throw Fault(error)
    }
  }
}

/// When a store brings the file `head` up to the journal's end.
package enum HeadWriting: Sendable {
  /// By itself, as a command wants it.
  case afterEveryCommit
  /// When `writeHead()` is called, as a run wants it: two syncs a charge would be too many.
  case whenTold
}
