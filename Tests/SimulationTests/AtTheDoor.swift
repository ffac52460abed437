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
    note("I6 \(job) is sent, and was given up", unless: world.plans[batch]?.isGivenUp == false)
    let isLeftOut = world.plans[batch]?.excluded.contains(job.number) ?? true
    note("I6 \(job) is sent, and was left out", unless: !isLeftOut)
    guard let key = world.runs[batch] else { return findings.append("I6 \(job) has no run") }
    note("I6 \(job) is sent under a revoked key", unless: !world.revoked.contains(key.id))
    note("I6 \(job) is sent under an expired key", unless: now < key.end)
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
    let (batch, jobFile) = (attempt.job.batch, plan.jobFile)
    try check(Limit(.batch, plan.cap, "batch", "batch.id", batch.text), attempt) { $0 == batch }
    for cap in jobFile.policy.caps where cap.per != .batch {
      let limit = Limit(cap.per, cap.limit.minorUnits, "job file", "batch.job_file", jobFile.name)
      try check(limit, attempt) { world.plans[$0]?.jobFile.name == jobFile.name }
    }
    for (window, amount) in world.homeCaps.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let limit = Limit(window, amount, "home", "home.id", store.facts.id)
      try check(limit, attempt) { _ in true }
    }
  }

  /// A limit, and which rows it counts.
  private struct Limit {
    let window: Window
    let amount: Int64
    let name: String
    /// The column that has to have the value.
    let column: String
    let value: String

    init(_ window: Window, _ amount: Int64, _ name: String, _ column: String, _ value: String) {
      (self.window, self.amount, self.name) = (window, amount, name)
      (self.column, self.value) = (column, value)
    }
  }

  /// Holds a limit against our own holds, and against what Stripe has moved and may move yet.
  private func check(
    _ limit: Limit, _ attempt: Attempt, counts: (BatchID) -> Bool
  ) throws(Domain.Fault) {
    let what = "I2 \(attempt.job) takes its \(limit.name) per \(limit.window.rawValue)"
    let gone = try gone(of: limit)
    note("\(what) to \(gone), above \(limit.amount)", unless: gone <= limit.amount)
    let truth = atStripe(in: limit.window, with: attempt, counts: counts)
    note("\(what) to \(truth) at Stripe, above \(limit.amount)", unless: truth <= limit.amount)
  }

  /// What moved at Stripe in the window that holds this moment, what may move there yet, and what
  /// is asked for now.
  private func atStripe(
    in window: Window, with attempt: Attempt, counts: (BatchID) -> Bool
  ) -> Int64 {
    let name = attempt.job.description
    var sum = attempt.amount.minorUnits
    for moved in stripe.moved where moved.job != name && isNow(moved.at, in: window) {
      if counts(batch(of: moved.job)) { sum += moved.amount }
    }
    for object in stripe.objects where object.isOpen {
      if let job = object.job, job != name, counts(batch(of: job)) { sum += object.amount }
    }
    return sum
  }

  private func batch(of job: String) -> BatchID { BatchID(String(job.prefix { $0 != "#" })) }

  /// Whether an instant of Stripe's is certainly in the window that holds this moment here: the
  /// clock here may be five minutes off.
  private func isNow(_ instant: Timestamp, in window: Window) -> Bool {
    let (now, early) = (clock.now(), instant + .minutes(-5))
    switch window {
    case .batch: return true
    case .day: return early.day == now.day
    case .month: return early.month == now.month
    }
  }

  /// What is held, and what was posted in the window by the holds' own stamps.
  private func gone(of limit: Limit) throws(Domain.Fault) -> Int64 {
    let now = clock.now().milliseconds
    let posted =
      switch limit.window {
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
      WHERE  \(limit.column) = :value
      """,
      [":value": .text(limit.value)]
    ) { row throws(Domain.Fault) in row.integer("gone") } ?? 0
  }
}
