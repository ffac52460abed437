import Domain
import Queue
import Support
import Vault

/// The end of a simulation: no more faults, and everything has to come to rest.
extension Simulation {
  func end() {
    tell("faults are off")
    isFair = true
    stripe.weather = .fair
    clock.set(error: Milliseconds(0))
    liftStops()
    for id in world.batches where findings.isEmpty { finish(id) }
    // Whatever Stripe has begun is done by then, and each idempotency key forgotten.
    for _ in 0..<2 where findings.isEmpty && isOpen {
      clock.pass(.hours(31))
      check(.tables)
      for id in (try? queue.unsettled()) ?? [] { settle(id) }
    }
    clock.pass(.hours(31))
    check(.everything)
    if findings.isEmpty { checkRest() }
  }

  /// Runs a batch until nothing is left to run, or a limit on money keeps it.
  private func finish(_ id: BatchID) {
    var hasRun = false
    for _ in 0..<3 + 2 * (world.plans[id]?.jobs.count ?? 0) where findings.isEmpty {
      guard let batch = try? queue.batch(id) else { return }
      switch batch.state {
      case .halted where hasRun && batch.halt?.reason.isCap == true: return
      case .approved, .running, .halted:
        run(id)
        hasRun = true
      case .submitted where world.plans[id]?.wasApproved == true: approve(id)
      case .draft, .submitted, .finished, .rejected, .cancelled: return
      }
    }
  }

  private var isOpen: Bool { (try? !queue.unsettled().isEmpty) ?? true }

  /// I7: every job is settled or unknown, and the report is about what people planned and what
  /// moved at Stripe.
  private func checkRest() {
    do {
      for id in world.batches {
        checkRest(of: try queue.batch(id))
        try checkReport(of: id)
        try queue.forEachJob(of: id) { job throws(Fault) in checkRest(of: job) }
      }
    } catch {
      findings.append("I7 \(error)")
    }
  }

  /// I7: nothing but a limit on money, or a person, keeps a batch from its end.
  private func checkRest(of batch: Batch) {
    switch batch.state {
    case .finished, .rejected, .cancelled: break
    case .submitted where world.plans[batch.id]?.wasApproved == false: break
    case .halted where batch.halt?.reason.isCap == true: break
    case .draft, .submitted, .approved, .running, .halted:
      findings.append(
        "I7 \(batch.id) is \(batch.state.rawValue) in the end: \(batch.halt?.message ?? "")")
    }
  }

  /// I7: the report has each job that was planned, and what moved at Stripe as charged.
  private func checkReport(of id: BatchID) throws(Fault) {
    guard let plan = world.plans[id] else { return }
    let summary = try queue.summary(of: id)
    let told = Heading.allCases.reduce(into: Tally()) { sum, heading in
      sum.jobs += summary.jobs(heading)
      sum.amount += summary.amount(heading, .usd).minorUnits
    }
    expect(told, of: "the report of \(id)", toBe: tally(plan.jobs))
    let moved = plan.jobs.filter { isCharged($0, of: id) }
    let charged = Tally(
      jobs: summary.jobs(.charged), amount: summary.amount(.charged, .usd).minorUnits)
    expect(charged, of: "what the report of \(id) has as charged", toBe: tally(moved))
    let posted = Tally(
      jobs: charged.jobs, amount: try vault.usage(of: .batch(id), in: .usd).spent)
    let truth = moved.reduce(0) { $0 + (movement(of: $1, in: id) ?? 0) }
    expect(posted, of: "what \(id) has spent", toBe: Tally(jobs: moved.count, amount: truth))
  }

  private func expect(_ found: Tally, of what: String, toBe planned: Tally) {
    guard found != planned else { return }
    findings.append(
      "I7 \(what) is \(found.jobs) jobs of \(found.amount), not \(planned.jobs) of "
        + "\(planned.amount)")
  }

  private func tally(_ jobs: [PlannedJob]) -> Tally {
    Tally(jobs: jobs.count, amount: jobs.reduce(0) { $0 + $1.amount.minorUnits })
  }

  /// Whether a request of ours moved money, or an invoice that somebody paid is taken for ours.
  private func isCharged(_ planned: PlannedJob, of batch: BatchID) -> Bool {
    let id = JobID(batch: batch, number: planned.number)
    if stripe.moved.contains(where: { $0.job == id.description }) { return true }
    return planned.movement.invoice != nil && movement(of: planned, in: batch) != nil
      && (try? queue.job(id).state) == .charged
  }

  private func checkRest(of job: Job) {
    let hasMoved = stripe.moved.contains { $0.job == job.id.description }
    switch job.state {
    case .sending, .inDoubt: findings.append("I7 \(job.id) is \(job.state.rawValue) in the end")
    // An open invoice does not say that nobody pays it.
    case .processing where job.planned.operation != .invoicesPay:
      findings.append("I7 \(job.id) is processing in the end")
    case .unknown where hasMoved: findings.append("I7 \(job.id) is unknown, and Stripe shows it")
    case .queued, .charged, .declined, .rejected, .processing, .unknown, .notCharged, .skipped:
      break
    }
  }
}
