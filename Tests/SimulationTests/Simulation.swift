import Approval
import Audit
import Domain
import Journal
import Queue
import Stripe
import Support
import Vault
import Worker

/// A home, a Stripe and the people around them, for a while that one seed decides.
///
/// Only time, the network and Stripe are made up: the worker, the queue, the vault, the journal
/// and SQLite are the real ones.
final class Simulation {
  let seed: UInt64
  let home: Home
  let clock = SimulatedClock()
  let faults = CommitFaults()
  let stripe: SimulatedStripe
  var dice: Dice
  /// What people have done and what they may expect, kept apart from the home's tables.
  var world = Known()
  /// What must never be, in sentences that begin with the invariant.
  var findings: [String] = []
  /// What was done, in order; nil unless somebody wants to know.
  var told: [String]?
  private var open: Store?
  /// Whether what is done now is done by another process, while ours waits for Stripe.
  var isBeside = false
  /// How many requests and questions are left until something happens beside them.
  var meddling: (after: Int, what: () -> Void)?

  init(seed: UInt64, copy: Int = 0, isTold: Bool = false) throws {
    self.seed = seed
    dice = Dice(seed: seed)
    stripe = SimulatedStripe(clock: clock, seed: dice.seed())
    home = try HomeTemplate.home(seed: seed, copy: copy)
    told = isTold ? [] : nil
    CommitFaults.register(faults, path: home.databasePath)
    stripe.isDead = { [faults] in faults.isDead }
    stripe.onSend = { [unowned self] attempt in
      look(at: attempt)
      isWorking()
    }
    stripe.onAsk = { [unowned self] _ in isWorking() }
    stripe.onExecuted = { [unowned self] in isWorking() }
    if isTold { stripe.log = { [unowned self] in told?.append($0) } }
    try restart()
  }

  deinit {
    open = nil
    CommitFaults.register(nil, path: home.databasePath)
    HomeTemplate.remove(home)
  }

  /// Whether little happens: many short lives try more than few long ones in the same time.
  private var isShort: Bool { seed > 3000 }

  /// The whole of it; ends early at the first finding.
  func run() {
    submit()
    for _ in 0..<(isShort ? 1 : 1 + dice.roll(4)) where findings.isEmpty {
      step()
      check()
    }
    if findings.isEmpty { end() }
  }

  /// Something may happen beside the request or the question that is on its way.
  private func isWorking() {
    guard let next = meddling else { return }
    meddling = next.after == 0 ? nil : (next.after - 1, next.what)
    if next.after == 0 { next.what() }
  }

  // MARK: Processes

  var store: Store {
    guard let open else { preconditionFailure("the home is open, but for a moment of restarting") }
    return open
  }

  var queue: JobQueue { JobQueue(store) }
  var vault: KeyVault { KeyVault(store) }
  var approver: Approver { Approver(store) }

  /// Ends the process and begins another one.
  func restart() throws {
    open = nil
    clock.stop(false)
    open = try faults.restart { try Store(home: home, clock: clock, actor: "ana") }
  }

  /// Does something as one process would: a refusal is fine, a fault of the file's is not, unless
  /// a commit was made to fail.
  func process(_ name: @autoclosure () -> String, _ body: () throws -> Void) {
    tell("\(clock.truth) \(name())")
    do {
      try body()
    } catch let fault as Domain.Fault {
      tell("  \(fault.exit.word): \(fault.message)")
      if [.storage, .internalError].contains(fault.exit), !faults.hasFired {
        findings.append("fault: \(name()): \(fault.message) \(fault.details)")
      }
    } catch {
      findings.append("fault: \(name()): \(error)")
    }
    guard !isBeside else { return }
    guard faults.hasFired else { return faults.disarm() }
    tell(faults.isDead ? "  killed" : "  a commit failed")
    faults.disarm()
    do { try restart() } catch { findings.append("fault: reopening: \(error)") }
  }

  func tell(_ words: @autoclosure () -> String) {
    if told != nil { told?.append(words()) }
  }

  /// Drains a batch, as one process would.
  func run(_ id: BatchID, limit: Int? = nil, signals: TestSignals = TestSignals()) {
    process("run \(id)\(limit.map { " --limit \($0)" } ?? "")") {
      let worker = Worker(
        store: store, connection: stripe, signals: signals,
        random: SeededRandom(seed: dice.seed()))
      _ = try worker.run(id, limit: limit)
    }
    if told != nil, let batch = try? queue.batch(id) {
      tell("  \(batch.state.rawValue) \(batch.halt?.message ?? "")")
    }
  }

  /// Looks up what is open in a batch, as one process would.
  func settle(_ id: BatchID) {
    process("settle \(id)") {
      let worker = Worker(
        store: store, connection: stripe, signals: TestSignals(),
        random: SeededRandom(seed: dice.seed()))
      try worker.settle(id)
    }
  }
}

/// What people have done, as they remember it.
struct Known {
  struct Plan {
    let jobs: [PlannedJob]
    let jobFile: JobFile
    /// The batch's cap in force, and the highest there ever was.
    var cap: Int64
    var highestCap: Int64
    /// When its approval runs out, by the clock here.
    var expiresAt = Timestamp(milliseconds: 0)
  }

  /// A request as Stripe has seen it first.
  struct Sent: Equatable {
    let key: String
    let body: [UInt8]
  }

  /// In the order of their submission.
  var batches: [BatchID] = []
  var plans: [BatchID: Plan] = [:]
  var isStopped = false
  var stopped: Set<BatchID> = []
  var revoked: Set<String> = []
  var homeCaps: [Window: Int64] = [:]
  var sent: [String: Sent] = [:]
  /// True time of the first send that is not known to have done nothing.
  var firstSent: [String: Timestamp] = [:]
  /// The vault key that each job was last sent under.
  var sentUnder: [String: String] = [:]
}
