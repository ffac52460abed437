import CSQLite
import Synchronization

/// What goes wrong at one commit of a home, and how its process dies.
///
/// SQLite's own hooks do it, so that nothing in the program knows: a commit hook that says no turns
/// COMMIT into a rollback, and a hook of the write-ahead log makes COMMIT fail that is on disk.
final class CommitFaults: Sendable {
  /// What happens at a commit.
  enum Fault: CaseIterable, Sendable {
    /// The process is killed before anything is on disk.
    case killedBefore
    /// The process is killed once it is on disk, before it knows.
    case killedAfter
    /// COMMIT fails, and nothing is on disk.
    case failsBefore
    /// COMMIT fails, and it is on disk all the same.
    case failsAfter
  }

  private struct State {
    /// The connection of the process, by its address.
    var connection: UInt?
    var isAttaching = false
    var commits = 0
    var armed: (commit: Int, fault: Fault)?
    var isDead = false
    var hasFired = false
  }

  private let state = Mutex(State())

  /// Whether the process was killed: nothing it does has any effect from then on.
  var isDead: Bool { state.withLock { $0.isDead } }

  /// Whether what was armed has happened.
  var hasFired: Bool { state.withLock { $0.hasFired } }

  /// Makes the commit that is so many away, from 1, go wrong.
  func arm(_ fault: Fault, at commit: Int) {
    state.withLock { $0.armed = ($0.commits + commit, fault) }
  }

  /// Nothing more goes wrong.
  func disarm() { state.withLock { ($0.armed, $0.hasFired) = (nil, false) } }

  /// Opens the home's file as a new process does; connections opened elsewhere have no faults.
  func restart<Value, Failure: Error>(
    _ open: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    state.withLock { $0 = State(isAttaching: true, commits: $0.commits) }
    defer { state.withLock { $0.isAttaching = false } }
    return try open()
  }

  /// Kills the process: every statement of its connection fails.
  func kill() {
    let address = state.withLock { state in
      (state.isDead, state.hasFired) = (true, true)
      return state.connection
    }
    guard let address else { return }
    unsafe sqlite3_progress_handler(OpaquePointer(bitPattern: address), 1, { _ in 1 }, nil)
  }
}

extension CommitFaults {
  private static let registered = Mutex<[String: CommitFaults]>([:])

  /// Whose hooks the connections to each file get.
  static func register(_ faults: CommitFaults?, path: String) {
    _ = isInstalled
    registered.withLock { $0[path] = faults }
  }

  /// SQLite calls it for every connection of this process.
  private static let isInstalled: Bool = {
    typealias Hook =
      @convention(c) (
        OpaquePointer?, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, OpaquePointer?
      ) -> Int32
    let hook: Hook = { connection, _, _ in
      unsafe CommitFaults.attach(connection)
      return SQLITE_OK
    }
    let plain = unsafe unsafeBitCast(hook, to: (@convention(c) () -> Void).self)
    return sqlite3_auto_extension(plain) == SQLITE_OK
  }()

  private static func attach(_ connection: OpaquePointer?) {
    guard let name = unsafe sqlite3_db_filename(connection, "main") else { return }
    let path = unsafe String(cString: name)
    guard let faults = registered.withLock({ $0[path] }) else { return }
    let isOurs = faults.state.withLock { state in
      guard state.isAttaching else { return false }
      state.connection = UInt(bitPattern: connection)
      return true
    }
    guard isOurs else { return }
    let context = unsafe Unmanaged.passUnretained(faults).toOpaque()
    unsafe sqlite3_commit_hook(connection, { unsafe CommitFaults.of($0)?.onCommit() ?? 0 }, context)
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> CommitFaults? {
    unsafe context.map { unsafe Unmanaged<CommitFaults>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Before a transaction is written; anything but 0 rolls it back.
  private func onCommit() -> Int32 {
    guard let address = state.withLock({ $0.connection }) else { return 0 }
    let connection = unsafe OpaquePointer(bitPattern: address)
    guard unsafe sqlite3_txn_state(connection, "main") == SQLITE_TXN_WRITE else { return 0 }
    let due = state.withLock { state -> Fault? in
      state.commits += 1
      return state.armed?.commit == state.commits ? state.armed?.fault : nil
    }
    switch due {
    case nil: return 0
    case .killedBefore:
      kill()
      return 1
    case .failsBefore:
      state.withLock { $0.hasFired = true }
      return 1
    case .killedAfter, .failsAfter:
      let context = unsafe Unmanaged.passUnretained(self).toOpaque()
      unsafe sqlite3_wal_hook(
        connection, { context, _, _, _ in unsafe CommitFaults.of(context)?.onWritten() ?? 0 },
        context)
      return 0
    }
  }

  /// After a transaction is in the write-ahead log; COMMIT answers with what is returned.
  private func onWritten() -> Int32 {
    let (address, armed) = state.withLock { state in
      state.hasFired = true
      return (state.connection, state.armed?.fault)
    }
    if let address {
      unsafe sqlite3_wal_hook(OpaquePointer(bitPattern: address), nil, nil)
    }
    if armed == .killedAfter { kill() }
    return SQLITE_IOERR
  }
}
