import Domain
import Journal
import Queue
import Support
import Worker

/// What happens, between runs and during them.
extension Simulation {
  /// One thing more.
  func step() {
    switch dice.roll(100) {
    case 0..<62: drain()
    case 62..<70: settleOne()
    case 70..<76: resolve()
    case 76..<82: submit()
    case 82..<86: stopOrLift()
    case 86..<89: revoke()
    case 89..<93: setBudget()
    case 93..<97: amend()
    case 97..<98: reject()
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

  // MARK: Working

  private func drain() {
    guard let id = pick([.approved, .halted, .running]) else {
      if let id = pick([.submitted]) { return approve(id) }
      return submit()
    }
    stripe.weather = dice.pick([.fair, .rough, .storm, .storm, .storm])
    if (world.isStopped || world.stopped.contains(id)) && dice.once(in: 2) { liftStops() }
    if clock.isWrong && dice.once(in: 2) { clock.set(error: Milliseconds(0)) }
    meddling(once: 2, within: 8) {
      run(id, limit: dice.once(in: 6) ? 1 + dice.roll(3) : nil, signals: $0)
    }
  }

  private func settleOne() {
    guard let id = pick(BatchState.allCases) else { return }
    stripe.weather = dice.pick([.fair, .rough])
    meddling(once: 3, within: 4) { settle(id, signals: $0) }
  }

  private func resolve() {
    guard let id = (try? queue.unsettled())?.first,
      let job = try? queue.jobs(of: id, in: [.inDoubt, .processing, .unknown]).last
    else { return settleOne() }
    stripe.weather = .fair
    if dice.once(in: 2) { clock.pass(.hours(25)) }
    let object = stripe.moved.first { $0.job == job.id.description }?.object
    // Who says that a job was not charged is right: nothing is going to happen at Stripe any more.
    let resolution: Resolution =
      dice.once(in: 2) && stripe.events.isEmpty
      ? .notCharged : .charged(object: object ?? "pi_other_1")
    meddling(once: 3, within: 4) { signals in
      process("resolve \(job.id) \(object ?? "")") {
        _ = try worker(signals).resolve(job.id, as: resolution, evidence: "seen", by: .ana)
      }
    }
  }

  // MARK: Beside them

  /// Does something that waits for Stripe, and sometimes something happens beside it then.
  private func meddling(
    once sides: Int, within waits: Int, _ body: (SimulatedSignals) -> Void
  ) {
    let signals = SimulatedSignals()
    if dice.once(in: sides) { meddling = (dice.roll(waits), meddle(signals)) }
    body(signals)
    meddling = nil
  }

  /// A death, a signal, a clock that jumps, another person's command.
  private func meddle(_ signals: SimulatedSignals) -> () -> Void {
    switch dice.roll(10) {
    case 0...2: return { [unowned self] in kill() }
    case 3: return { signals.isInterrupted = true }
    case 4:
      let error = Milliseconds.minutes(dice.pick([-120, 4, 60, -26 * 60]))
      return { [unowned self] in clock.set(error: error) }
    case 5:
      let wait = Milliseconds.minutes(dice.pick([2, 20, 70, 1380]))
      // The program cannot keep back a request that is on its way: it has an hour to arrive.
      return { [unowned self] in clock.pass(isLeaving ? min(wait, .minutes(20)) : wait) }
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

  /// Another process does something while a worker waits for Stripe.
  private func actElsewhere(_ what: Int) {
    do {
      let other = try Store(home: home, clock: clock, actor: "ben")
      isBeside = true
      defer { isBeside = false }
      switch what {
      case 0, 1: stopOrLift(in: other)
      case 2: revoke(in: other)
      default: setBudget(in: other)
      }
    } catch {
      findings.append("fault: another process: \(error)")
    }
  }
}
