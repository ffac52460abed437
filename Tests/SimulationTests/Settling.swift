import Audit
import Domain
import Journal
import Queue

/// The end of a simulation: no more faults, and everything has to come to rest.
extension Simulation {
  func end() {
    tell("faults are off")
    stripe.weather = .fair
    clock.set(error: Milliseconds(0))
    liftStops()
    for id in world.batches where findings.isEmpty && isUnfinished(id) {
      approve(id)
      run(id)
    }
    // Whatever Stripe has begun is done by then, and each idempotency key forgotten.
    for _ in 0..<2 where findings.isEmpty && isOpen {
      clock.pass(.hours(31))
      check()
      for id in (try? queue.unsettled()) ?? [] { settle(id) }
    }
    clock.pass(.hours(31))
    check()
    if findings.isEmpty { checkRest() }
  }

  /// Whether a job is in doubt, or a batch goes on by itself.
  private func isUnfinished(_ id: BatchID) -> Bool {
    guard let state = try? queue.batch(id).state else { return true }
    switch state {
    case .approved, .running: return true
    case .submitted, .halted: return (try? queue.hasOpenSend(in: id)) ?? true
    case .draft, .finished, .rejected, .cancelled: return false
    }
  }

  private var isOpen: Bool { (try? !queue.unsettled().isEmpty) ?? true }

  /// I7: every job is settled or unknown, the reports add up, and the journal tells the tables.
  private func checkRest() {
    do {
      for id in world.batches {
        _ = try queue.summary(of: id)
        try queue.forEachJob(of: id) { job throws(Fault) in checkRest(of: job) }
      }
      _ = try Audit(store).verify()
    } catch {
      findings.append("I7 \(error)")
    }
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
