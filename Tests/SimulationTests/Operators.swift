import Approval
import Audit
import Domain
import Journal
import Queue
import Stripe
import Support
import Vault
import Worker

/// What people do, between runs and during them.
extension Simulation {
  /// One thing more.
  func step() {
    switch dice.roll(100) {
    case 0..<62: drain()
    case 62..<70: settleOne()
    case 70..<76: resolve()
    case 76..<82: submit()
    case 82..<86: stopOrLift(store)
    case 86..<89: revoke(store)
    case 89..<93: setBudget(store)
    case 93..<97: amend()
    default: cancel()
    }
    passTime()
  }

  private func passTime() {
    switch dice.roll(14) {
    case 0: clock.pass(.minutes(Int64(dice.roll(26 * 60))))
    case 1:
      clock.pass(.hours(Int64(22 + dice.roll(5))))
      if dice.once(in: 2) { clock.set(error: .minutes(-60 * Int64(1 + dice.roll(4)))) }
    case 2: clock.pass(.minutes(Int64(22 * 60 + 50 + dice.roll(20))))
    case 3, 4: clock.pass(.minutes(Int64(dice.roll(90))))
    case 5: clock.set(error: .minutes(dice.pick([-120, -90, -10, 3, -3, 60, 48 * 60, -26 * 60])))
    case 6, 7: clock.set(error: Milliseconds(0))
    default: clock.pass(.seconds(Int64(1 + dice.roll(300))))
    }
    tell("it is \(clock.truth), and \(clock.now()) here")
  }

  // MARK: Deciding

  func submit() {
    let (jobs, jobFile) = plan()
    let id = BatchID("\(jobFile.name)-\(world.batches.count + 1)")
    process("submit \(id): \(jobs.map { "\($0.account) \($0.amount)" })") {
      if dice.once(in: 12) {
        faults.arm(dice.pick(CommitFaults.Fault.allCases), at: 1 + dice.roll(2))
      }
      let head = SubmissionHead(
        id: id, jobFile: jobFile, source: "plan.csv", planner: "agent", submittedBy: .ana,
        apiURL: StripeAPI.url, apiVersion: StripeAPI.version)
      var submission = try Submission(head, into: store)
      for job in jobs { _ = try submission.add(job) }
      _ = try submission.submit()
    }
    // Whether it was written, only the file can tell after a commit that failed.
    guard (try? queue.batch(id)) != nil else { return }
    world.batches.append(id)
    world.plans[id] = Known.Plan(
      jobs: jobs, jobFile: jobFile, cap: jobFile.policy.batchCaps[0].minorUnits,
      highestCap: jobFile.policy.batchCaps[0].minorUnits)
    if !dice.once(in: 8) { approve(id) }
  }

  func approve(_ id: BatchID) {
    guard let batch = try? queue.batch(id), batch.state == .submitted else { return }
    process("approve \(id)") {
      if dice.once(in: 20) { faults.arm(dice.pick(CommitFaults.Fault.allCases), at: 1) }
      _ = try approver.approve(id, digest: batch.digest, by: .ben)
    }
    guard let approved = try? queue.batch(id), approved.state == .approved,
      let approval = (try? approver.approvalsInForce(of: approved))?.last
    else { return }
    world.plans[id]?.expiresAt = approval.expiresAt
  }

  private func amend() {
    guard let id = pick([.approved, .halted, .running]), let plan = world.plans[id] else { return }
    let cap = max(plan.cap * Int64(50 + dice.roll(120)) / 100, 1)
    process("amend \(id) --cap \(cap)") {
      let money = Money(minorUnits: cap, currency: .usd)
      _ = try approver.amend(id, caps: [money], by: .ana)
      world.plans[id]?.cap = cap
      world.plans[id]?.highestCap = max(cap, plan.highestCap)
    }
    if dice.once(in: 2) { approve(id) }
  }

  private func cancel() {
    guard let id = pick(BatchState.allCases) else { return }
    process("cancel \(id)") { _ = try approver.cancel(id, reason: nil) }
  }

  func stopOrLift(_ store: Store) {
    let id = dice.once(in: 2) ? world.batches.last : nil
    let control = StopSwitch(store, of: id)
    let isStopped = id.map { world.stopped.contains($0) } ?? world.isStopped
    process("\(isStopped ? "unstop" : "stop") \(id?.text ?? "")") {
      _ = try isStopped ? control.lift() : control.stop(reason: "wait")
      if let id {
        if isStopped { world.stopped.remove(id) } else { world.stopped.insert(id) }
      } else {
        world.isStopped = !isStopped
      }
    }
  }

  func liftStops() {
    process("unstop everything") {
      _ = try StopSwitch(store).lift()
      for id in world.batches { _ = try StopSwitch(store, of: id).lift() }
      world.isStopped = false
      world.stopped = []
    }
  }

  func revoke(_ store: Store) {
    process("revoke") {
      guard let key = try KeyVault(store).keys().first else { return }
      _ = try KeyVault(store).revoke(key.id, reason: "old")
      world.revoked.insert(key.id.text)
    }
  }

  func setBudget(_ store: Store) {
    let window: Window = dice.once(in: 2) ? .day : .month
    let limit = Int64(50 + dice.roll(1500))
    let budgets = HomeBudgets(store)
    let isRemoved = dice.once(in: 3)
    process("budget per \(window.rawValue): \(isRemoved ? "none" : "\(limit)")") {
      _ =
        try isRemoved
        ? budgets.remove(per: window, in: .usd)
        : budgets.set(Cap(per: window, limit: Money(minorUnits: limit, currency: .usd)))
      world.homeCaps[window] = isRemoved ? nil : limit
    }
  }

  // MARK: Working

  private func drain() {
    guard let id = pick([.approved, .halted, .running]) else {
      if let id = pick([.submitted]) { return approve(id) }
      return submit()
    }
    stripe.weather = dice.pick([.fair, .rough, .storm, .storm, .storm])
    if (world.isStopped || world.stopped.contains(id)) && dice.once(in: 2) { liftStops() }
    if dice.once(in: 2) {
      faults.arm(dice.pick(CommitFaults.Fault.allCases), at: 1 + dice.roll(9))
    }
    let signals = TestSignals()
    if dice.once(in: 2) { meddling = (dice.roll(8), meddle(signals)) }
    run(id, limit: dice.once(in: 6) ? 1 + dice.roll(3) : nil, signals: signals)
    meddling = nil
  }

  /// What happens beside a run: a death, a signal, a clock that jumps, another person's command.
  private func meddle(_ signals: TestSignals) -> () -> Void {
    switch dice.roll(10) {
    case 0...2: return { [unowned self] in kill() }
    case 3: return { signals.isInterrupted = true }
    case 4:
      let error = Milliseconds.minutes(dice.pick([-120, 4, 60, -26 * 60]))
      return { [unowned self] in clock.set(error: error) }
    case 5:
      let wait = Milliseconds.minutes(dice.pick([2, 20, 70, 1380]))
      return { [unowned self] in clock.pass(wait) }
    default:
      let what = dice.roll(4)
      return { [unowned self] in actElsewhere(what) }
    }
  }

  private func kill() {
    tell("  killed")
    faults.kill()
    clock.stop(true)
  }

  /// Another process does something while a run waits for Stripe.
  private func actElsewhere(_ what: Int) {
    do {
      let other = try Store(home: home, clock: clock, actor: "ben")
      isBeside = true
      defer { isBeside = false }
      switch what {
      case 0, 1: stopOrLift(other)
      case 2: revoke(other)
      default: setBudget(other)
      }
    } catch {
      findings.append("fault: another process: \(error)")
    }
  }

  private func settleOne() {
    guard let id = pick(BatchState.allCases) else { return }
    stripe.weather = dice.pick([.fair, .rough])
    settle(id)
  }

  private func resolve() {
    guard let id = (try? queue.unsettled())?.first,
      let job = try? queue.jobs(of: id, in: [.inDoubt, .processing, .unknown]).last
    else { return settleOne() }
    stripe.weather = .fair
    if dice.once(in: 2) { clock.pass(.hours(25)) }
    let object = stripe.moved.first { $0.job == job.id.description }?.object
    let resolution: Resolution =
      dice.once(in: 2) ? .notCharged : .charged(object: object ?? "pi_other_1")
    process("resolve \(job.id) \(object ?? "")") {
      let worker = Worker(
        store: store, connection: stripe, signals: TestSignals(),
        random: SeededRandom(seed: dice.seed()))
      _ = try worker.resolve(job.id, as: resolution, evidence: "seen", by: .ana)
    }
  }

  func pick(_ states: [BatchState]) -> BatchID? {
    let found = world.batches.filter { id in
      (try? queue.batch(id)).map { states.contains($0.state) } ?? false
    }
    return found.isEmpty ? nil : dice.pick(found)
  }
}
