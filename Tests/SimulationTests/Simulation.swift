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
  /// The home as our process has it open; nil for a moment of restarting.
  var open: Store?
  /// Whether nothing goes wrong any more.
  var isFair = false
  /// Whether what is done now is done by another process, while ours waits for Stripe.
  var isBeside = false
  /// Whether a request that may move money has left the program and is not at Stripe yet.
  var isLeaving = false
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
      check(.movements)
      isLeaving = true
      isWorking()
      isLeaving = false
    }
    stripe.onAsk = { [unowned self] _ in isWorking() }
    stripe.onExecuted = { [unowned self] in
      check(.movements)
      isWorking()
    }
    if isTold { stripe.log = { [unowned self] in told?.append($0) } }
    try restart()
  }

  deinit {
    open = nil
    CommitFaults.register(nil, path: home.databasePath)
    HomeTemplate.remove(home)
  }

  /// How many things happen at most: many short lives try what few long ones do not, and back.
  private var mostSteps: Int {
    switch seed % 8 {
    case 0: 12
    case 1: 4
    default: 1
    }
  }

  /// Whether the journal is audited after every step; at the end it always is.
  private var isAuditedOften: Bool { seed % 16 == 0 }

  /// The whole of it; ends early at the first finding.
  func run() {
    // Often it is late in the day, or in the month.
    clock.pass(.minutes(dice.pick([0, 830, 12_300])))
    submit()
    for _ in 0..<1 + dice.roll(mostSteps) where findings.isEmpty {
      step()
      if findings.isEmpty { check(isAuditedOften ? .everything : .tables) }
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

  func tell(_ words: @autoclosure () -> String) {
    if told != nil { told?.append(words()) }
  }
}
