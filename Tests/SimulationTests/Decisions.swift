import Approval
import Domain
import Journal
import Queue
import SQLite
import Stripe
import Support
import Vault

/// What people decide; what they believe afterwards is what was acknowledged, or what the file says
/// when nothing was.
extension Simulation {
  func submit() {
    let (jobs, jobFile) = plan()
    let id = BatchID("\(jobFile.name)-\(world.batches.count + 1)")
    let list = jobs.map { "\($0.account) \($0.amount)" }
    let isThere = act("submit \(id): \(list)", .beginning) {
      let head = SubmissionHead(
        id: id, jobFile: jobFile, source: "plan.csv", planner: "agent", submittedBy: .ana,
        apiURL: StripeAPI.url, apiVersion: StripeAPI.version)
      var submission = try Submission(head, into: store)
      for job in jobs { _ = try submission.add(job) }
      _ = try submission.submit()
    } isInForce: {
      (try? queue.batch(id)) != nil
    }
    guard isThere else { return }
    world.batches.append(id)
    world.plans[id] = Known.Plan(
      jobs: jobs, jobFile: jobFile, cap: jobFile.policy.batchCaps[0].minorUnits,
      highestCap: jobFile.policy.batchCaps[0].minorUnits)
    if !dice.once(in: 8) { approve(id) }
  }

  func approve(_ id: BatchID) {
    guard let batch = try? queue.batch(id), batch.state == .submitted,
      let plan = world.plans[id]
    else { return }
    let left = dice.once(in: 10) && !isFair ? 1 + dice.roll(plan.jobs.count) : nil
    let end = clock.now() + plan.jobFile.approval.expiresIn
    let isApproved = act("approve \(id)\(left.map { " --except \($0)" } ?? "")", .beginning) {
      _ = try approver.approve(
        id, digest: batch.digest, except: left.flatMap { JobNumbers(String($0)) }, by: .ben)
    } isInForce: {
      try queue.batch(id).state == .approved
    }
    guard isApproved else { return }
    world.plans[id]?.expiresAt = end
    world.plans[id]?.wasApproved = true
    if let left { world.plans[id]?.excluded.insert(left) }
  }

  func reject() {
    guard let id = pick([.submitted]) else { return }
    let isRejected = act("reject \(id)") {
      try approver.reject(id, reason: "no")
    } isInForce: {
      try queue.batch(id).state == .rejected
    }
    if isRejected { world.plans[id]?.isGivenUp = true }
  }

  func amend() {
    guard let id = pick([.approved, .halted, .running]), let plan = world.plans[id] else { return }
    let cap = max(plan.cap * Int64(50 + dice.roll(120)) / 100, 1)
    let isAmended = act("amend \(id) --cap \(cap)") {
      _ = try approver.amend(id, caps: [Money(minorUnits: cap, currency: .usd)], by: .ana)
    } isInForce: {
      let batch = try queue.batch(id)
      return batch.state == .submitted && batch.terms.policy.batchCaps[0].minorUnits == cap
    }
    guard isAmended else { return }
    world.plans[id]?.cap = cap
    world.plans[id]?.highestCap = max(cap, plan.highestCap)
    world.plans[id]?.expiresAt = Timestamp(milliseconds: 0)
    if dice.once(in: 2) { approve(id) }
  }

  func cancel() {
    guard let id = pick(BatchState.allCases) else { return }
    let isCancelled = act("cancel \(id)") {
      _ = try approver.cancel(id, reason: nil)
    } isInForce: {
      try queue.batch(id).state == .cancelled
    }
    if isCancelled { world.plans[id]?.isGivenUp = true }
  }

  /// Stops the home or its last batch, or lifts that stop; `other` is another process's home.
  func stopOrLift(in other: Store? = nil) {
    let id = dice.once(in: 2) ? world.batches.last : nil
    let isStopped = id.map { world.stopped.contains($0) } ?? world.isStopped
    if isStopped { lift(id, in: other) } else { stop(id, in: other) }
  }

  private func stop(_ id: BatchID?, in other: Store?) {
    let isInForce = act("stop \(id?.text ?? "")") {
      _ = try StopSwitch(other ?? store, of: id).stop(reason: "wait")
    } isInForce: {
      try StopSwitch(other ?? store, of: id).current() != nil
    }
    guard isInForce else { return }
    if let id { world.stopped.insert(id) } else { world.isStopped = true }
  }

  private func lift(_ id: BatchID?, in other: Store? = nil) {
    let isLifted = act("unstop \(id?.text ?? "")") {
      _ = try StopSwitch(other ?? store, of: id).lift()
    } isInForce: {
      try StopSwitch(other ?? store, of: id).current() == nil
    }
    guard isLifted else { return }
    if let id { world.stopped.remove(id) } else { world.isStopped = false }
  }

  func liftStops() {
    if world.isStopped { lift(nil) }
    for id in world.batches where world.stopped.contains(id) { lift(id) }
  }

  func revoke(in other: Store? = nil) {
    guard let key = try? KeyVault(other ?? store).keys().first?.id else { return }
    let isRevoked = act("revoke \(key)") {
      _ = try KeyVault(other ?? store).revoke(key, reason: "old")
    } isInForce: {
      try KeyVault(other ?? store).isRevoked(key)
    }
    if isRevoked { world.revoked.insert(key.text) }
  }

  func setBudget(in other: Store? = nil) {
    let window: Window = dice.once(in: 2) ? .day : .month
    let money = Money(minorUnits: Int64(50 + dice.roll(1500)), currency: .usd)
    let cap = dice.once(in: 3) ? nil : Cap(per: window, limit: money)
    let isSet = act("budget per \(window.rawValue): \(cap?.words ?? "none")") {
      let budgets = HomeBudgets(other ?? store)
      _ = try cap.map(budgets.set) ?? budgets.remove(per: window, in: .usd)
    } isInForce: {
      try HomeBudgets(other ?? store).caps(in: [.usd]).first { $0.per == window } == cap
    }
    if isSet { world.homeCaps[window] = cap?.limit.minorUnits }
  }

  /// One of the batches in these states, if there are any.
  func pick(_ states: [BatchState]) -> BatchID? {
    let words = Set(states.map(\.rawValue))
    let found = try? store.rows("SELECT id, state FROM batch ORDER BY rowid") {
      row throws(Fault) in (id: BatchID(row.text("id")), state: row.text("state"))
    }
    let ids = (found ?? []).filter { words.contains($0.state) }.map(\.id)
    return ids.isEmpty ? nil : dice.pick(ids)
  }
}
