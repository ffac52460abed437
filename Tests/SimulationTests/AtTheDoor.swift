import Domain
import Journal
import Queue
import SQLite
import Vault

/// What must hold when a request that moves money leaves the process, seen from outside.
extension Simulation {
  func look(at attempt: Attempt) {
    do {
      try checkLeave(attempt)
      try checkReservation(attempt)
      checkSameness(attempt)
      if attempt.sendNumber == 1 { try checkLimits(attempt) }
    } catch {
      findings.append("fault: looking at \(attempt.job): \(error)")
    }
  }

  private func note(_ finding: @autoclosure () -> String, unless isKept: Bool) {
    if !isKept { findings.append(finding()) }
  }

  /// I6: no stop, no revocation, no expiry and no halt that the claim could see.
  private func checkLeave(_ attempt: Attempt) throws(Domain.Fault) {
    let (job, batch, now) = (attempt.job, attempt.job.batch, clock.now())
    note("I6 \(job) is sent under a stop", unless: !world.isStopped)
    note("I6 \(job) is sent under a stop of its batch", unless: !world.stopped.contains(batch))
    let end = world.plans[batch]?.expiresAt
    note("I6 \(job) is sent after its approval", unless: end.map { now < $0 } ?? false)
    let state = try queue.batch(batch).state
    note("I6 \(job) is sent in a batch that is \(state.rawValue)", unless: state == .running)
    let key = try store.first(
      "SELECT id, expires_at FROM vault_key WHERE batch = :batch ORDER BY rowid DESC LIMIT 1",
      [":batch": .text(batch.text)]
    ) { row throws(Domain.Fault) in (id: row.text("id"), end: row.integer("expires_at")) }
    guard let key else { return findings.append("I6 \(job) is sent without a key") }
    note("I6 \(job) is sent under a revoked key", unless: !world.revoked.contains(key.id))
    note("I6 \(job) is sent under an expired key", unless: now.milliseconds < key.end)
    if attempt.sendNumber > 1, let first = world.sentUnder[job.description] {
      note("I6 \(job) is sent again, its key revoked", unless: !world.revoked.contains(first))
    }
    world.sentUnder[job.description] = key.id
  }

  /// I3 and I5: whatever comes of it, the job and its money are written down.
  private func checkReservation(_ attempt: Attempt) throws(Domain.Fault) {
    let found = try store.first(
      """
      SELECT (SELECT state FROM job WHERE batch = :batch AND number = :number)    AS job,
             (SELECT amount_minor
              FROM   hold
              WHERE  batch = :batch AND number = :number AND state = 'held')      AS held
      """,
      [":batch": .text(attempt.job.batch.text), ":number": .integer(attempt.job.number)]
    ) { row throws(Domain.Fault) in
      (state: row.text("job"), held: row.optionalInteger("held"))
    }
    let state = found?.state ?? "gone"
    note("I3 \(attempt.job) is sent while it is \(state)", unless: state == "sending")
    note(
      "I5 \(attempt.job) is sent and \(found?.held ?? 0) is held",
      unless: found?.held == attempt.amount.minorUnits)
  }

  /// I1: one key and one body for ever, and never once Stripe may have forgotten the key.
  private func checkSameness(_ attempt: Attempt) {
    let name = attempt.job.description
    let sent = Known.Sent(key: attempt.idempotencyKey, body: attempt.body)
    note(
      "I1 \(name) is sent as another request than before",
      unless: world.sent[name, default: sent] == sent)
    world.sent[name] = sent
    guard attempt.sendNumber > 1, let first = world.firstSent[name] else {
      return world.firstSent[name] = clock.truth
    }
    note(
      "I1 \(name) is sent again after \(clock.truth.since(first).count / 60_000) minutes",
      unless: clock.truth.since(first) < .hours(24))
  }

  /// I2: with this job, no budget is above its limit of this moment.
  private func checkLimits(_ attempt: Attempt) throws(Domain.Fault) {
    guard let plan = world.plans[attempt.job.batch] else { return }
    let name = attempt.job.batch.text
    let gone = try gone("batch.id = :scope", name, in: .batch)
    let (job, cap) = (attempt.job, plan.cap)
    note("I2 \(job) takes its batch to \(gone), above \(cap)", unless: gone <= cap)
    let truth = atStripe(of: attempt.job.batch, with: attempt)
    note("I2 \(job) takes Stripe to \(truth), above \(cap)", unless: truth <= cap)
    for cap in plan.jobFile.policy.caps where cap.per != .batch {
      let gone = try self.gone("batch.job_file = :scope", plan.jobFile.name, in: cap.per)
      note(
        "I2 \(attempt.job) takes its job file to \(gone), above \(cap.words)",
        unless: gone <= cap.limit.minorUnits)
    }
    for (window, limit) in world.homeCaps.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let gone = try self.gone("home.id = :scope", store.facts.id, in: window)
      note(
        "I2 \(attempt.job) takes the home to \(gone), above \(limit) per \(window.rawValue)",
        unless: gone <= limit)
    }
  }

  /// What moved of a batch at Stripe, what may move there yet, and what is asked for now.
  private func atStripe(of batch: BatchID, with attempt: Attempt) -> Int64 {
    let prefix = batch.text + "#"
    let name = attempt.job.description
    var sum = attempt.amount.minorUnits
    for moved in stripe.moved where moved.job.hasPrefix(prefix) && moved.job != name {
      sum += moved.amount
    }
    for object in stripe.objects where object.isOpen {
      if let job = object.job, job.hasPrefix(prefix), job != name { sum += object.amount }
    }
    return sum
  }

  /// What is held, and what was posted in the window by the holds' own stamps.
  private func gone(
    _ scope: String, _ name: String, in window: Window
  ) throws(Domain.Fault) -> Int64 {
    let now = clock.now().milliseconds
    let posted =
      switch window {
      case .batch: "posted_minor"
      case .day: "iif(settled_at / 86400000 = \(now / 86_400_000), posted_minor, 0)"
      case .month:
        """
        iif(strftime('%Y-%m', settled_at / 1000, 'unixepoch')
            = strftime('%Y-%m', \(now / 1000), 'unixepoch'), posted_minor, 0)
        """
      }
    return try store.first(
      """
      SELECT coalesce(sum(CASE hold.state WHEN 'held' THEN amount_minor
                                          WHEN 'posted' THEN \(posted)
                                          ELSE 0 END), 0) AS gone
      FROM   hold
      JOIN   batch ON batch.id = hold.batch
      JOIN   home
      WHERE  \(scope)
      """,
      [":scope": .text(name)]
    ) { row throws(Domain.Fault) in row.integer("gone") } ?? 0
  }
}
