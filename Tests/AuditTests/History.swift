import Approval
import Audit
import Domain
import Foundation
import Journal
import Queue
import Stripe
import Support
import Vault
import Worker

/// A home that a seed leads through legitimate commands, faults of Stripe's and crashes.
///
/// What must never be is kept in `findings`: a fault that only an edited file deserves, money above
/// a limit, money moved twice, lost or made up.
final class History {
  private(set) var findings: [String] = []
  /// What was done, in order, for whoever looks into a finding.
  private(set) var told: [String] = []

  let test: TestHome
  private let stripe: TestStripe
  var random: SeededRandom
  private var batches: [BatchID] = []
  /// Whether the disk is full, so that faults are due.
  private var isBlocked = false

  init(seed: UInt64) throws {
    random = SeededRandom(seed: seed)
    test = try TestHome(seed: seed)
    stripe = try TestStripe(test)
  }

  /// One command more, then every check.
  func step() throws {
    guard findings.isEmpty else { return }
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<12: submit()
    case 12..<18: approve()
    case 18..<58: run()
    case 58..<65: settle()
    case 65..<71: resolve()
    case 71..<75: amend()
    case 75..<77: giveUp()
    case 77..<80: stop(test)
    case 80..<84: setBudget(test)
    case 84..<87: revoke(test)
    case 87..<89: rekey()
    case 89..<90: acceptHead()
    default: passTime()
    }
    try test.unblockIfBlocked(&isBlocked)
    try check()
  }

  private func passTime() {
    switch dice(16) {
    case 0: test.clock.advance(.days(Int64(1 + dice(35))))
    case 1: test.clock.advance(.hours(Int64(1 + dice(30))))
    case 2, 3: test.clock.step(.minutes(Int64(dice(9)) - 4))
    case 4...12: test.clock.advance(.minutes(Int64(1 + dice(20))))
    default: goToMidnight()
    }
    told.append("time is \(test.clock.now())")
  }

  /// Goes to a few minutes before or after the next midnight.
  private func goToMidnight() {
    let day: Int64 = 86_400_000
    let left = day - test.clock.now().milliseconds % day
    test.clock.advance(Milliseconds(left) + .minutes(Int64(dice(5)) - 2))
  }

  // MARK: Decisions

  private func submit() {
    try_("submit") {
      let (jobs, jobFile) = try plan()
      guard !jobs.isEmpty else { return }
      batches.append(try test.submit(jobs, under: jobFile))
    }
    if dice(4) > 0 { approve() }
  }

  private func approve() {
    guard let id = pick(in: [.submitted]) else { return }
    let all = try? test.states(id).indices.filter { _ in dice(6) == 0 }.map { "\($0 + 1)" }
    let except = dice(3) == 0 ? JobNumbers((all ?? []).joined(separator: ",")) : nil
    try_("approve \(id) except \(except?.text ?? "none")") {
      _ = try test.approver.approve(
        id, digest: try test.queue.batch(id).digest, except: except, note: nil, by: .ben)
    }
  }

  private func amend() {
    guard let id = pick(in: [.approved, .halted, .running]) else { return }
    let cap = Money(minorUnits: Int64(1 + dice(9000)), currency: .usd)
    try_("amend \(id) \(cap)") { _ = try test.approver.amend(id, caps: [cap], by: .ana) }
  }

  private func giveUp() {
    guard let id = pick(in: BatchState.allCases) else { return }
    if dice(2) == 0 {
      try_("cancel \(id)") { _ = try test.approver.cancel(id, reason: nil) }
    } else {
      try_("reject \(id)") { try test.approver.reject(id, reason: "no") }
    }
  }

  private func stop(_ home: TestHome) {
    let id = dice(2) == 0 ? batches.randomElement(using: &random) : nil
    let switch_ = StopSwitch(home.store, of: id)
    try_("stop or unstop \(id?.text ?? "home")") {
      _ = try switch_.current() == nil ? switch_.stop(reason: "wait") : switch_.lift()
    }
  }

  private func liftStops() {
    try_("lift") {
      _ = try StopSwitch(test.store).lift()
      for id in batches { _ = try StopSwitch(test.store, of: id).lift() }
    }
  }

  private func setBudget(_ home: TestHome) {
    let window: Window = dice(2) == 0 ? .day : .month
    let currency: Currency = dice(4) == 0 ? .jpy : .usd
    let budgets = HomeBudgets(home.store)
    let limit = Money(minorUnits: Int64(500 + dice(15_000)), currency: currency)
    let isRemoved = dice(3) == 0
    try_("budget per \(window) \(isRemoved ? "removed" : "\(limit)")") {
      _ =
        try isRemoved
        ? budgets.remove(per: window, in: currency) : budgets.set(Cap(per: window, limit: limit))
    }
  }

  private func revoke(_ home: TestHome) {
    try_("revoke or issue") {
      if dice(3) == 0 {
        _ = try home.vault.issue(policy: JobFile.sample("proxy").policy, using: &random)
      } else if let key = try home.vault.keys().randomElement(using: &random) {
        _ = try home.vault.revoke(key.id, reason: "old")
      }
    }
  }

  private func rekey() {
    try_("rekey") { _ = try Audit(test.store).rekey(using: &random) }
    try_("reopen") { try test.reopen() }
  }

  private func acceptHead() {
    try_("accept head") { _ = try test.store.acceptHead(reason: "backup") }
    try_("reopen") { try test.reopen() }
  }

  // MARK: Work

  private func run() {
    guard let id = pick(in: [.approved, .halted, .running]) else { return submit() }
    if dice(2) == 0 { liftStops() }
    let limit = dice(3) == 0 ? dice(3) : nil
    let signals = TestSignals()
    let onSend: (Attempt) -> TestStripe.Interception = { [unowned self] attempt in
      watch(attempt)
      if dice(12) == 0 { signals.isInterrupted = true }
      return misbehave()
    }
    stripe.onSend = onSend
    stripe.onQuestion = { [unowned self] question in
      question != .time && dice(20) == 0 ? .lost("reset") : nil
    }
    try_("run \(id) limit \(limit ?? -1)") {
      try test.run(id, over: stripe, signals: signals, limit: limit)
    }
    if let halt = try? test.queue.batch(id).halt { told.append("  halted: \(halt.message)") }
    stripe.onSend = { _ in .pass }
    stripe.onQuestion = { _ in nil }
    if dice(4) == 0 { try_("reopen") { try test.reopen() } }
  }

  private func misbehave() -> TestStripe.Interception {
    switch dice(40) {
    case 0: return .executed(.lost("reset"))
    case 1: return .instead(.lost("reset"))
    case 2: return .instead(.neverSent("refused"))
    case 3: return .instead(TestStripe.answer(503, type: "api_error", at: test.clock))
    case 4: return .executed(TestStripe.answer(500, type: "api_error", at: test.clock))
    case 5: return .instead(TestStripe.answer(401, type: "invalid_request_error", at: test.clock))
    case 6: return .instead(TestStripe.answer(409, type: "idempotency_error", at: test.clock))
    case 7, 8:
      // A full disk, and a death: the answer cannot be written.
      isBlocked = (try? test.block()) != nil || isBlocked
      return dice(2) == 0 ? .pass : .instead(.lost("died"))
    case 9: return .instead(TestStripe.answer(400, type: "idempotency_error", at: test.clock))
    case 10...14: return meanwhile()
    case 15:
      test.clock.step(.minutes(Int64(dice(9)) - 4))
      return .pass
    case 16:
      test.clock.advance(.minutes(Int64(dice(70))))
      return .pass
    default: return .pass
    }
  }

  /// Another process does something while a request is on its way.
  private func meanwhile() -> TestStripe.Interception {
    try_("meanwhile") {
      let other = try TestHome.second(of: test)
      switch dice(5) {
      case 0: stop(other)
      case 1: setBudget(other)
      case 2: revoke(other)
      case 3:
        let (jobs, jobFile) = try plan()
        if !jobs.isEmpty { batches.append(try other.submit(jobs, under: jobFile)) }
      default: _ = try Audit(other.store).verify()
      }
    }
    return .pass
  }

  private func settle() {
    guard let id = batches.randomElement(using: &random) else { return }
    try_("settle \(id)") { try test.settle(id, over: stripe) }
  }

  private func resolve() {
    guard let id = (try? test.queue.unsettled())?.randomElement(using: &random),
      let jobs = try? test.queue.jobs(of: id, in: [.sending, .inDoubt, .processing, .unknown]),
      let job = jobs.randomElement(using: &random)
    else { return }
    if dice(2) == 0 { test.clock.advance(.hours(25)) }
    let object = job.details.object ?? job.planned.movement.invoice
    let resolution: Resolution =
      dice(2) == 0 ? .notCharged : .charged(object: object ?? "pi_none")
    try_("resolve \(job.id) \(resolution)") {
      _ = try test.resolve(job.id, resolution, over: stripe)
    }
  }

  // MARK: Helpers

  /// Does one thing: a refusal is fine, a fault of the file's is not, unless the disk is full.
  private func try_(_ name: String, _ body: () throws -> Void) {
    told.append(name)
    do {
      try body()
    } catch let fault as Fault {
      told.append("  \(fault.exit): \(fault.message)")
      if [.storage, .internalError].contains(fault.exit), !isBlocked {
        findings.append("\(name): \(fault.message) \(fault.details)")
      }
    } catch {
      findings.append("\(name): \(error)")
    }
  }

  func dice(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &random) }

  private func pick(in states: [BatchState]) -> BatchID? {
    batches.filter { id in
      (try? test.queue.batch(id)).map { states.contains($0.state) } ?? false
    }.randomElement(using: &random)
  }

  private func check() throws {
    try_("verify") { _ = try Audit(test.store).verify() }
    findings += try HistoryChecks(test).findings(of: batches)
  }

  /// Whether a claim that is on its way fits every limit of this moment.
  private func watch(_ attempt: Attempt) {
    guard attempt.sendNumber == 1 else { return }
    try_("send \(attempt.job) \(attempt.amount)") {
      findings += try HistoryChecks(test).broken(by: attempt)
    }
  }
}

extension Milliseconds {
  fileprivate static func + (left: Milliseconds, right: Milliseconds) -> Milliseconds {
    Milliseconds(left.count + right.count)
  }
}

extension TestHome {
  /// The disk has room again, and another process opens the home.
  fileprivate func unblockIfBlocked(_ isBlocked: inout Bool) throws {
    guard isBlocked else { return }
    isBlocked = false
    try unblock()
    try reopen()
  }
}
