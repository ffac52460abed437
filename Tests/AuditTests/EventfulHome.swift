import Approval
import Audit
import Domain
import Foundation
import Journal
import Queue
import SQLite
import Stripe
import Support
import Vault

/// A home in which everything has happened once; each one is a copy of the first.
final class EventfulHome {
  let home: Home
  private let clock: TestClock

  /// The first one at its end and at every earlier moment, oldest first.
  private static let ages = Result { try Events().ages }

  /// How many moments of the first one were kept.
  static func ageCount() throws -> Int { try ages.get().count }

  /// A copy of the first one as it was at a moment, at its end unless told otherwise.
  init(age: Int? = nil) throws {
    let ages = try Self.ages.get()
    let last = ages.count - 1
    clock = TestClock(ages[last].now)
    home = Home(
      folder: FileManager.default.temporaryDirectory.path + "/sluice-" + UUID().uuidString)
    try FileManager.default.createDirectory(
      atPath: home.folder + "/locks", withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    for name in HomeFiles.names { try put(name, from: age ?? last) }
  }

  deinit { try? FileManager.default.removeItem(atPath: home.folder) }

  func open() throws -> Store { try Store(home: home, clock: clock, actor: "ana") }

  /// How many processes have opened it.
  private var processes: UInt64 = 0

  /// The home as the next process would open it, over a sandbox that counts.
  func reopen() throws -> (test: TestHome, stripe: TestStripe) {
    processes += 1
    let test = try TestHome(existing: home, clock: clock, seed: 1000 + processes)
    return (test, try TestStripe(test))
  }

  /// Puts a file of the first one back as it was at a moment; one that was not there is removed.
  func put(_ name: String, from age: Int) throws {
    let path = home.folder + "/" + name
    try? FileManager.default.removeItem(atPath: path)
    guard let content = try Self.ages.get()[age].content[name] else { return }
    let isMade = FileManager.default.createFile(
      atPath: path, contents: content, attributes: [.posixPermissions: 0o600])
    if !isMade { throw Fault(.storage, "\(name) cannot be written") }
  }

  /// The file as somebody with the sqlite3 shell has it.
  func connect() throws -> Database {
    try Database(path: home.databasePath, .existing, busyTimeoutMilliseconds: 1000)
  }

  /// Changes the file behind Sluice's back.
  func tamper(_ sql: String) throws { try connect().execute(sql) }

  /// The columns of a table, as "table.column".
  func columns(of table: String) throws -> [String] {
    let database = try connect()
    var columns: [String] = []
    try database.forEach("SELECT name FROM pragma_table_info('\(table)')") { row in
      columns.append("\(table).\(row.anyText("name"))")
      return true
    }
    return columns
  }
}

/// What the files of a home hold at one moment.
struct HomeFiles {
  static let database = ["sluice.db", "sluice.db-wal"]
  static let names = database + ["seal.key", "head", "sandbox.db", "sandbox.db-wal"]

  let now: Timestamp
  let content: [String: Data]

  init(of test: TestHome) {
    now = test.clock.now()
    content = Dictionary(
      uniqueKeysWithValues: Self.names.compactMap { name in
        FileManager.default.contents(atPath: test.home.folder + "/" + name).map { (name, $0) }
      })
  }
}

/// What has happened in the first eventful home.
final class Events {
  let test: TestHome
  /// What the files held after each of the steps.
  private(set) var ages: [HomeFiles] = []
  private let stripe: TestStripe

  init() throws {
    test = try TestHome()
    stripe = try TestStripe(test)
    let steps = [
      drainOverdue, drainAmended, planMore, leaveDrafts, cancelAfterRefusal, lendKey, leaveHalf,
    ]
    for step in steps {
      ages.append(HomeFiles(of: test))
      try step()
    }
    ages.append(HomeFiles(of: test))
  }

  /// Approved, submitted, rejected.
  private func planMore() throws {
    _ = try test.plan([.sample(1, "cus_ready", reference: "ready")], under: .sample("ready"))
    ages.append(HomeFiles(of: test))
    _ = try test.submit([.sample(1, "cus_new", reference: "new")], under: .sample("new"))
    let rejected = try test.submit([.sample(1, "cus_no", reference: "no")], under: .sample("no"))
    test.clock.advance(.seconds(7))
    try test.approver.reject(rejected, reason: "no")
  }

  /// A key with a secret, revoked.
  private func lendKey() throws {
    var random = SeededRandom(seed: 9)
    let policy = JobFile.sample("proxy").policy
    let key = try test.vault.issue(policy: policy, using: &random).key
    test.clock.advance(.seconds(7))
    _ = try test.vault.revoke(key.id, reason: "lost")
  }

  /// One job is charged, one in doubt and to be asked again, one not reached.
  private func leaveHalf() throws {
    let jobs = (1...3).map { PlannedJob.sample($0, "cus_half_\($0)", reference: "half_\($0)") }
    let id = try test.plan(jobs, under: .sample("half"))
    ages.append(HomeFiles(of: test))
    try test.run(id, over: stripe, limit: 1)
    ages.append(HomeFiles(of: test))
    let signals = TestSignals()
    stripe.onSend = { _ in
      signals.isInterrupted = true
      return .executed(.lost("reset"))
    }
    try test.run(id, over: stripe, signals: signals)
    stripe.onSend = { _ in .pass }
  }

  /// A draft is submitted, one discarded, and two are left.
  private func leaveDrafts() throws {
    let drafts = Drafts(test.store)
    let submitted = try test.draft(["cus_s"], under: "drafted")
    _ = try test.submit([.sample(1, "cus_s")], under: .sample("drafted"), draft: submitted)
    _ = try drafts.discard(try test.draft(["cus_d"], under: "dropped"), of: "agent")
    test.clock.advance(.hours(1))
    try test.draft(["cus_d1"], under: "left")
    try test.draft(["cus_d2", "cus_d3"], under: "left")
    try test.draft(["cus_d4"], under: "left", as: "other")
  }

  /// Charged, declined, refused once, processing, skipped, unknown, in doubt, excluded.
  private func drainOverdue() throws {
    let id = try test.submit([
      .sample(1, "cus_plain"), .sample(2, "cus_decline_insufficient_funds"),
      .sample(3, "cus_rate_limit"), .sample(4, "cus_processing"),
      .sample(5, "cus_no_payment_method", paymentMethod: nil), .sample(6, "cus_error_500"),
      .sample(7, "cus_missing", paymentMethod: nil), .sample(8, "cus_lost"), .sample(9, "cus_out"),
    ])
    let digest = try test.queue.batch(id).digest
    _ = try test.approver.approve(
      id, digest: digest, except: JobNumbers("9"), note: "looks right", by: .ben)
    test.clock.advance(.seconds(5))
    try test.run(id, over: stripe)
    test.clock.advance(.hours(1))
    let signals = TestSignals()
    stripe.onSend = { [test] attempt in
      test.clock.advance(.seconds(1))
      guard attempt.job.number == 8 else { return .pass }
      signals.isInterrupted = true
      return .instead(TestStripe.answer(500, type: "api_error", at: test.clock))
    }
    try test.run(id, over: stripe, signals: signals)
    stripe.onSend = { _ in .pass }
    if let key = try test.vault.keys(of: id).first {
      _ = try test.vault.revoke(key, reason: "enough")
    }
  }

  /// Amended, a duplicate, declined in a row, halted by its cap.
  private func drainAmended() throws {
    let id = try test.plan(
      [
        .sample(1, "cus_plain"), .sample(2, "cus_b2", reference: "b2"),
        .sample(3, "cus_decline_expired_card", reference: "b3"),
        .sample(4, "cus_decline_lost_card", reference: "b4"),
        .sample(5, "cus_b5", 500, reference: "b5"),
      ], under: .sample("amended", cap: 900))
    test.clock.advance(.days(1))
    _ = try test.approver.amend(id, caps: [Money(minorUnits: 300, currency: .usd)], by: .ana)
    try test.approve(id)
    try test.run(id, over: stripe)
  }

  /// A job that was certainly not executed goes back to the queue, and is skipped with its batch.
  private func cancelAfterRefusal() throws {
    let id = try test.plan([.sample(1, "cus_shy", reference: "shy")], under: .sample("shy"))
    stripe.onSend = { [test] _ in
      .instead(TestStripe.answer(401, type: "invalid_request_error", at: test.clock))
    }
    try test.run(id, over: stripe)
    stripe.onSend = { _ in .pass }
    test.clock.advance(.seconds(7))
    _ = try test.approver.cancel(id, reason: "never mind")
  }
}
