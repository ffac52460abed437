package import Approval
package import Domain
import Foundation
package import Journal
package import Queue
import SQLite
package import Stripe
package import Vault
package import Worker

/// A home of its own for one test, in a folder that is removed with it.
package final class TestHome {
  package let home: Home
  package let clock: TestClock
  package private(set) var store: Store
  private var random: SeededRandom
  /// Whether the folder goes with it.
  private var isOwner = true

  /// A new home; its clock stands still.
  package init(mode: Mode = .sandbox, clock: TestClock = TestClock(), seed: UInt64 = 1) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/sluice-" + UUID().uuidString
    home = Home(folder: folder)
    self.clock = clock
    random = SeededRandom(seed: seed)
    let facts = HomeFacts(id: "home_test", mode: mode, stripeAccount: nil)
    try home.create(facts, clock: clock, actor: "ana", using: &random)
    store = try Store(home: home, clock: clock, actor: "ana")
  }

  /// A home whose files are there already, opened as the next process would; the folder stays.
  package init(existing home: Home, clock: TestClock, seed: UInt64) throws {
    self.home = home
    self.clock = clock
    random = SeededRandom(seed: seed)
    store = try Store(home: home, clock: clock, actor: "ana")
    isOwner = false
  }

  private init(sharing test: TestHome) throws {
    home = test.home
    clock = test.clock
    random = SeededRandom(seed: test.random.next())
    store = try Store(home: home, clock: clock, actor: "ana")
    isOwner = false
  }

  /// The same home, as another process has it open.
  package static func second(of test: TestHome) throws -> TestHome { try TestHome(sharing: test) }

  deinit { if isOwner { try? FileManager.default.removeItem(atPath: home.folder) } }

  package var queue: JobQueue { JobQueue(store) }
  package var vault: KeyVault { KeyVault(store) }
  package var approver: Approver { Approver(store) }

  /// Opens the home anew, as the next process would.
  package func reopen() throws {
    store = try Store(home: home, clock: clock, actor: "ana")
  }

  // MARK: Plans

  /// Queues a batch, as a billing run unless it is handed in.
  package func submit(
    _ jobs: [PlannedJob], under jobFile: JobFile = .sample(), draft: DraftID? = nil,
    isGathered: Bool = true, by person: Person = .ana
  ) throws -> BatchID {
    let head = SubmissionHead(
      id: BatchID("\(jobFile.name)-20261122-" + randomName(length: 4, using: &random)),
      jobFile: jobFile, source: "plan.csv", planner: "agent", submittedBy: person,
      apiURL: "sandbox", apiVersion: StripeAPI.version, draft: draft,
      isGathered: isGathered)
    var submission = try Submission(head, into: store)
    for job in jobs {
      if let problem = try submission.add(job) { throw Fault(.badData, problem) }
    }
    return try submission.submit()
  }

  /// Adds jobs for these accounts to a draft, which is named for its planner and job file.
  @discardableResult
  package func draft(
    _ accounts: [String], under jobFile: String = "overdue", as planner: String = "agent"
  ) throws -> DraftID {
    let owner = DraftOwner(
      planner: planner, jobFile: .sample(jobFile), quota: Quota(),
      newID: DraftID("draft-\(planner)-\(jobFile)"))
    let lines = accounts.map { DraftLine(job: .sample(1, $0, reference: $0), text: "{}") }
    _ = try Drafts(store).add(lines, for: owner)
    return owner.newID
  }

  /// Approves a batch as somebody else than its submitter.
  package func approve(_ id: BatchID) throws {
    let digest = try queue.batch(id).digest
    _ = try approver.approve(id, digest: digest, by: Person(name: "ben", uid: 1001))
  }

  /// Queues and approves a batch.
  package func plan(_ jobs: [PlannedJob], under jobFile: JobFile = .sample()) throws -> BatchID {
    let id = try submit(jobs, under: jobFile)
    try approve(id)
    return id
  }

  // MARK: Runs

  /// Drains a batch, as one process would.
  package func run(
    _ id: BatchID, over connection: any StripeConnection, signals: TestSignals = TestSignals(),
    limit: Int? = nil
  ) throws {
    try worker(connection, signals).run(id, limit: limit)
  }

  /// Looks up what is not settled.
  package func settle(_ id: BatchID, over connection: any StripeConnection) throws {
    try worker(connection, TestSignals()).settle(id)
  }

  /// Settles a job by a person's word.
  package func resolve(
    _ job: JobID, _ resolution: Resolution, by person: Person = .ana,
    over connection: any StripeConnection
  ) throws -> Resolved {
    try worker(connection, TestSignals()).resolve(
      job, as: resolution, evidence: "seen", by: person)
  }

  private func worker(_ connection: any StripeConnection, _ signals: TestSignals) -> Worker {
    Worker(
      store: store, connection: connection, signals: signals,
      random: SeededRandom(seed: random.next()))
  }

  /// An amount of US dollars.
  package func money(_ minorUnits: Int64) -> Money {
    Money(minorUnits: minorUnits, currency: .usd)
  }

  // MARK: Faults

  /// Makes every further write fail, as a full disk would, until `unblock()`.
  package func block() throws {
    try tamper(
      "CREATE TRIGGER blocked BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'full'); END")
  }

  /// Writes succeed again.
  package func unblock() throws { try tamper("DROP TRIGGER blocked") }

  // MARK: Looking

  /// The states of a batch's jobs, by number.
  package func states(_ id: BatchID) throws -> [JobState] {
    var states: [JobState] = []
    try queue.forEachJob(of: id) { job throws(Fault) in states.append(job.state) }
    return states
  }

  /// The first cap of a batch, with what is gone of it.
  package func budget(of id: BatchID) throws -> Budget {
    let policy = try queue.batch(id).terms.policy
    let budget = try vault.budgets(of: id, policy, at: clock.now()).first
    guard let budget else { throw Fault(.internalError, "\(id) has no budget") }
    return budget
  }

  /// What an approver is shown of a batch.
  package func preview(_ id: BatchID, except excluded: JobNumbers? = nil) throws -> Preview {
    let (vault, clock) = (vault, clock)
    return try approver.preview(id, except: excluded, at: clock.now()) { batch throws(Fault) in
      try vault.allowance(of: batch.id, batch.terms.policy, at: clock.now())
    }
  }

  /// Changes the file behind Sluice's back, as somebody with the sqlite3 shell would.
  package func tamper(_ sql: String) throws {
    let database = try Database(
      path: home.databasePath, .existing, busyTimeoutMilliseconds: 1000)
    try database.execute(sql)
  }
}

extension JobFile {
  /// A job file with a cap, and the rest as a test wants it.
  package static func sample(
    _ name: String = "overdue", cap: Int64 = 50_000, currency: Currency = .usd,
    moreCaps: [Cap] = [], operation: Domain.Operation = .paymentIntentsCreate,
    maxPerJob: [Money] = [], maxJobs: Int? = nil, accounts: [String]? = nil,
    keyExpiresIn: Milliseconds = .hours(1), approvalExpiresIn: Milliseconds = .hours(24),
    required: Int = 1, fourEyes: Bool? = nil, halt: HaltRule? = nil,
    reads: [ReadOperation] = ReadOperation.allCases,
    bytes: String = "{}"
  ) -> JobFile {
    JobFile(
      name: name, description: nil, operation: operation, currency: currency,
      source: nil, columns: [:], fields: [:],
      policy: Policy(
        name: name,
        allowedOperations: [.job(operation)] + reads.map { .read($0) },
        caps: [Cap(per: .batch, limit: Money(minorUnits: cap, currency: currency))] + moreCaps,
        maxPerJob: maxPerJob, maxJobs: maxJobs, accounts: accounts, expiresIn: keyExpiresIn),
      approval: ApprovalRule(
        required: required, fourEyes: fourEyes, expiresIn: approvalExpiresIn),
      halt: halt ?? HaltRule(declinedInARow: 10, rejectedInARow: 3, unreachableInARow: 5),
      bytes: Array(bytes.utf8))
  }
}

extension Currency {
  /// US dollars.
  package static var usd: Currency { known("usd") }
  /// Japanese yen.
  package static var jpy: Currency { known("jpy") }

  private static func known(_ code: String) -> Currency {
    guard let currency = Currency(code) else { preconditionFailure("\(code) is a currency") }
    return currency
  }
}

extension PlannedJob {
  /// A job for an account, its reference made of its number.
  package static func sample(
    _ number: Int, _ account: String = "cus_plain", _ amount: Int64 = 100,
    currency: Currency = .usd, operation: Domain.Operation = .paymentIntentsCreate,
    reference: String? = nil, paymentMethod: String? = "pm_card", invoice: String? = nil,
    charge: String? = nil
  ) -> PlannedJob {
    PlannedJob(
      number: number, line: number + 1,
      movement: Movement(
        operation: operation, account: account,
        amount: Money(minorUnits: amount, currency: currency), invoice: invoice, charge: charge),
      reference: reference ?? "in_\(number)", description: "Overdue in_\(number)",
      paymentMethod: paymentMethod, reason: nil,
      metadata: [MetadataEntry(key: "plan", value: "gold")])
  }

  /// As many plain jobs as asked for, each for an account of its own.
  package static func samples(_ count: Int, amount: Int64 = 100) -> [PlannedJob] {
    (1...count).map { .sample($0, "cus_\($0)", amount) }
  }
}

extension Person {
  /// Who submits and amends in tests.
  package static var ana: Person { Person(name: "ana", uid: 1000) }
  /// Who approves in tests.
  package static var ben: Person { Person(name: "ben", uid: 1001) }
  /// A third person.
  package static var eve: Person { Person(name: "eve", uid: 1002) }
}
