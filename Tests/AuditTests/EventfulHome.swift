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

  /// The files of the first one, by name, and its clock.
  private static let first = Result {
    let test = try Events().test
    let names = ["sluice.db", "sluice.db-wal", "seal.key", "head"]
    let files = try names.map { name in
      (name, try Data(contentsOf: URL(fileURLWithPath: test.home.folder + "/" + name)))
    }
    return (files: files, clock: test.clock)
  }

  init() throws {
    let (files, clock) = try Self.first.get()
    self.clock = clock
    home = Home(
      folder: FileManager.default.temporaryDirectory.path + "/sluice-" + UUID().uuidString)
    try FileManager.default.createDirectory(
      atPath: home.folder + "/locks", withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    for (name, content) in files {
      let isMade = FileManager.default.createFile(
        atPath: home.folder + "/" + name, contents: content,
        attributes: [.posixPermissions: 0o600])
      if !isMade { throw Fault(.storage, "\(name) cannot be written") }
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: home.folder) }

  func open() throws -> Store { try Store(home: home, clock: clock, actor: "ana") }

  /// Changes the file behind Sluice's back, as somebody with the sqlite3 shell would.
  func tamper(_ sql: String) throws {
    let database = try Database(
      path: home.databasePath, .existing, busyTimeoutMilliseconds: 1000)
    try database.execute(sql)
  }

  /// The columns of a table, as "table.column".
  func columns(of table: String) throws -> [String] {
    let database = try Database(
      path: home.databasePath, .existing, busyTimeoutMilliseconds: 1000)
    var columns: [String] = []
    try database.forEach("SELECT name FROM pragma_table_info('\(table)')") { row in
      columns.append("\(table).\(row.anyText("name"))")
      return true
    }
    return columns
  }
}

/// What has happened in the first eventful home.
final class Events {
  let test: TestHome
  private let stripe: TestStripe

  init() throws {
    test = try TestHome()
    stripe = try TestStripe(test)
    try drainOverdue()
    try drainAmended()
    _ = try test.plan([.sample(1, "cus_ready", reference: "ready")], under: .sample("ready"))
    _ = try test.submit([.sample(1, "cus_new", reference: "new")], under: .sample("new"))
    let rejected = try test.submit([.sample(1, "cus_no", reference: "no")], under: .sample("no"))
    test.clock.advance(.seconds(7))
    try test.approver.reject(rejected, reason: "no")
    try cancelAfterRefusal()
    var random = SeededRandom(seed: 9)
    let policy = JobFile.sample("proxy").policy
    let key = try test.vault.issue(policy: policy, using: &random).key
    test.clock.advance(.seconds(7))
    _ = try test.vault.revoke(key.id, reason: "lost")
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
