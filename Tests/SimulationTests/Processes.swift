import Domain
import Journal
import Queue
import SQLite
import Support
import Vault
import Worker

/// How a process ended, as far as who began it knows.
enum Ending {
  /// It said that it is done.
  case acknowledged
  /// It said no.
  case refused
  /// It died, or a COMMIT failed: what it did may be in force or not.
  case unknown
}

/// How likely a process is to die at a commit, and at which.
struct Risk {
  /// Once in so many processes.
  let once: Int
  /// At one of so many commits.
  let commits: [Int]

  /// What has to go well for anything else to happen.
  static let beginning = Risk(once: 16, commits: [1])
  /// A command of a few commits.
  static let command = Risk(once: 3, commits: [1, 1, 2, 4])
  /// A run, whose commits are as many as its jobs and their sends.
  static let run = Risk(once: 2, commits: [2, 9, 9, 30])
}

extension Simulation {
  /// Ends the process and begins another one.
  func restart() throws {
    open = nil
    clock.stop(false)
    open = try faults.restart { try Store(home: home, clock: clock, actor: "ana") }
  }

  /// Does something as one process would, which may die at each of its commits: a refusal is fine,
  /// a fault of the file's is not, unless a commit was made to fail.
  @discardableResult
  func process(
    _ name: @autoclosure () -> String, _ risk: Risk = .command, _ body: () throws -> Void
  ) -> Ending {
    tell("\(clock.truth) \(name())")
    if !isBeside, !isFair, dice.once(in: risk.once) {
      faults.arm(dice.pick(CommitFaults.Fault.allCases), at: 1 + dice.roll(dice.pick(risk.commits)))
    }
    let ending = ending(of: body, name())
    guard !isBeside else { return ending }
    guard faults.hasFired else {
      faults.disarm()
      return ending
    }
    tell(faults.isDead ? "  killed" : "  a commit failed")
    faults.disarm()
    do { try restart() } catch { findings.append("fault: reopening: \(error)") }
    return .unknown
  }

  private func ending(of body: () throws -> Void, _ name: @autoclosure () -> String) -> Ending {
    do {
      try body()
      if !isBeside, faults.hasFired, !faults.isDead {
        findings.append("fault: \(name()) went on after a commit that failed")
      }
      return .acknowledged
    } catch let fault as Domain.Fault {
      tell("  \(fault.exit.word): \(fault.message)")
      if [.storage, .internalError].contains(fault.exit), isBeside || !faults.hasFired {
        findings.append("fault: \(name()): \(fault.message) \(fault.details)")
      }
    } catch {
      findings.append("fault: \(name()): \(error)")
    }
    return .refused
  }

  /// Does what a person asks for, and says whether it is in force then.
  ///
  /// What was acknowledged is; what was not may be or not, which only the file can tell.
  func act(
    _ name: @autoclosure () -> String, _ risk: Risk = .command, _ body: () throws -> Void,
    isInForce: () throws -> Bool
  ) -> Bool {
    let ending = process(name(), risk, body)
    guard ending != .refused, findings.isEmpty else { return false }
    do {
      let isInForce = try isInForce()
      if ending == .acknowledged, !isInForce {
        findings.append("fault: \(name()) was acknowledged and is not in force")
      }
      return isInForce
    } catch {
      findings.append("fault: after \(name()): \(error)")
      return false
    }
  }

  /// Drains a batch, as one process would.
  func run(
    _ id: BatchID, limit: Int? = nil, signals: SimulatedSignals = SimulatedSignals()
  ) {
    signals.onStart = { [unowned self] id in begin(id) }
    let ending = process("run \(id)\(limit.map { " --limit \($0)" } ?? "")", .run) {
      _ = try worker(signals).run(id, limit: limit)
    }
    if ending == .unknown { noteClaim(in: id) }
    guard findings.isEmpty, let batch = try? queue.batch(id) else { return }
    tell("  \(batch.state.rawValue) \(batch.halt?.message ?? "")")
    if batch.halt?.reason == .integrity, !isDisputed(batch) {
      findings.append("fault: \(id) is halted: \(batch.halt?.message ?? "")")
    }
  }

  /// What a run had claimed when it died was claimed under its own key, sent or not.
  private func noteClaim(in id: BatchID) {
    guard let key = world.runs[id], let job = try? queue.jobs(of: id, in: [.sending]).first,
      let claim = try? vault.attempt(of: job.id, job.planned.movement).attempt,
      claim.sendNumber == 1
    else { return }
    world.sentUnder[job.id.description] = key.id
  }

  /// Whether Stripe has said of the job that a batch halts at that its key is another request's.
  private func isDisputed(_ batch: Batch) -> Bool {
    let job = batch.halt?.number.map { JobID(batch: batch.id, number: $0).description }
    return job.map(stripe.disputed.contains) ?? false
  }

  /// A run has begun, under a key that was issued at this moment.
  private func begin(_ id: BatchID) {
    // By its place, not its time: the clock may have been set back since the run before.
    let key = try? store.first(
      "SELECT id FROM vault_key WHERE batch = :batch ORDER BY rowid DESC",
      [":batch": .text(id.text)]
    ) { row throws(Fault) in row.text("id") }
    guard let plan = world.plans[id], let key = key ?? nil else { return }
    world.runs[id] = Known.RunKey(id: key, end: clock.now() + plan.jobFile.policy.expiresIn)
  }

  /// Looks up what is open in a batch, as one process would.
  func settle(_ id: BatchID, signals: SimulatedSignals = SimulatedSignals()) {
    process("settle \(id)") { try worker(signals).settle(id) }
  }

  /// A worker of a process of its own.
  func worker(_ signals: SimulatedSignals) -> Worker {
    Worker(
      store: store, connection: stripe, signals: signals, random: SeededRandom(seed: dice.seed()))
  }
}

/// What reaches a simulated worker from outside, and what is heard of it.
final class SimulatedSignals: Signals {
  var isInterrupted = false
  /// Told when a worker begins with a batch.
  var onStart: (BatchID) -> Void = { _ in }

  func started(_ batch: BatchID) { onStart(batch) }
  func settled(
    _ job: JobID, _ outcome: JobOutcome, _ amount: Money, because code: String?
  ) {}
  func skipped(_ job: JobID, _ amount: Money, because reason: SkipReason) {}
  func lookedUp(_ job: JobID) {}
  func waiting(_ wait: Milliseconds, because reason: String) {}
}
