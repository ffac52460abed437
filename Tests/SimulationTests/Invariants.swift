import Audit
import Domain
import Journal
import Queue
import SQLite

/// What must hold at every instant, by what Stripe knows and not by what our tables say.
extension Simulation {
  private struct Row {
    let state: JobState
    let posted: Int64?
  }

  /// How much is looked at.
  enum Depth: Comparable {
    /// What moved, against the jobs: I1 to I4.
    case movements
    /// The sums as well: the half of I5 that the tables have.
    case tables
    /// The journal as well.
    case everything
  }

  func check(_ depth: Depth) {
    stripe.catchUp()
    do {
      let rows = try rows()
      checkOnce()
      checkCaps()
      checkNothingLost(rows)
      checkNoPhantom(rows)
      guard depth >= .tables else { return }
      try checkSums()
      try checkWindows()
      guard depth >= .everything else { return }
      findings += Self.wrong { _ = try Audit(store).verify() }.map { "I5 \($0)" }
    } catch {
      findings.append("fault: checking: \(error)")
    }
  }

  /// What was thrown, in words, if anything was.
  static func wrong(_ body: () throws -> Void) -> [String] {
    do {
      try body()
      return []
    } catch {
      return ["\(error)"]
    }
  }

  private func rows() throws(Domain.Fault) -> [String: Row] {
    var found: [String: Row] = [:]
    try store.forEach(
      """
      SELECT job.batch || '#' || job.number AS name, job.state, hold.posted_minor AS posted
      FROM   job
      LEFT   JOIN hold ON hold.batch = job.batch AND hold.number = job.number
                      AND hold.state = 'posted'
      """
    ) { row throws(Domain.Fault) in
      found[row.text("name")] = Row(
        state: try row.word("state", as: JobState.self), posted: row.optionalInteger("posted"))
    }
    return found
  }

  /// I1: no job, and nothing under one reference, moved money twice.
  private func checkOnce() {
    var jobs: Set<String> = []
    var references: Set<String> = []
    for moved in stripe.moved {
      if !jobs.insert(moved.job).inserted { findings.append("I1 \(moved.job) moved money twice") }
      if let reference = reference(of: moved.job), !references.insert(reference).inserted {
        findings.append("I1 \(reference) moved money twice")
      }
    }
  }

  private func reference(of job: String) -> String? {
    let parts = job.split(separator: "#")
    guard parts.count == 2, let number = Int(parts[1]),
      let plan = world.plans[BatchID(String(parts[0]))]
    else { return nil }
    let planned = plan.jobs[number - 1]
    return "\(planned.operation.family.rawValue) \(planned.account) \(planned.reference)"
  }

  /// I2: what really moved is within the highest cap that the batch ever had.
  private func checkCaps() {
    for id in world.batches {
      guard let plan = world.plans[id] else { continue }
      let prefix = id.text + "#"
      let sum = stripe.moved.reduce(0) { $0 + ($1.job.hasPrefix(prefix) ? $1.amount : 0) }
      if sum > plan.highestCap { findings.append("I2 \(sum) moved for \(id), above its cap") }
    }
  }

  /// I3: what moved or may still move belongs to a job that is charged or holds its money.
  private func checkNothingLost(_ rows: [String: Row]) {
    for moved in stripe.moved {
      let state = rows[moved.job]?.state
      if state != .charged, state?.isHeld != true {
        findings.append("I3 \(moved.job) moved money and is \(state?.rawValue ?? "gone")")
      }
    }
    for object in stripe.objects where object.isOpen {
      guard let job = object.job else { continue }
      if rows[job]?.state.isHeld != true {
        findings.append(
          "I3 \(object.id) of \(job) is \(object.status), and the job is "
            + (rows[job]?.state.rawValue ?? "gone"))
      }
    }
  }

  /// I4: a job that is charged has its charge at Stripe, of just what was posted.
  private func checkNoPhantom(_ rows: [String: Row]) {
    for id in world.batches {
      for planned in world.plans[id]?.jobs ?? [] {
        let name = JobID(batch: id, number: planned.number).description
        guard let row = rows[name], row.state == .charged else { continue }
        let truth = movement(of: planned, in: id)
        if truth != row.posted {
          findings.append(
            "I4 \(name) is charged \(row.posted ?? 0), and at Stripe \(truth ?? 0) moved")
        }
      }
    }
  }

  /// What moved at Stripe for a job, in minor units; of an invoice whoever paid it.
  func movement(of planned: PlannedJob, in batch: BatchID) -> Int64? {
    guard let invoice = planned.movement.invoice else {
      let name = JobID(batch: batch, number: planned.number).description
      return stripe.moved.first { $0.job == name }?.amount
    }
    return stripe.objects.first { $0.id == invoice && $0.hasMoved }?.amount
  }

  /// I5: spent and held are the sums over the jobs, in every scope.
  private func checkSums() throws(Domain.Fault) {
    let wrong = try store.rows(
      """
      WITH money AS (SELECT job.batch, batch.job_file,
                            sum(iif(job.state IN ('sending', 'processing', 'in_doubt', 'unknown'),
                                    job.amount_minor, 0)) AS held,
                            sum(coalesce(hold.posted_minor, 0)) AS spent
                     FROM   job
                     JOIN   batch ON batch.id = job.batch
                     LEFT   JOIN hold ON hold.batch = job.batch AND hold.number = job.number
                                     AND hold.state = 'posted' AND job.state = 'charged'
                     GROUP  BY job.batch),
           scope AS (SELECT 'batch ' || batch AS scope, held, spent FROM money
                     UNION ALL
                     SELECT 'job_file ' || job_file, sum(held), sum(spent) FROM money GROUP BY 1
                     UNION ALL
                     SELECT 'home', sum(held), sum(spent) FROM money)
      SELECT scope.scope || ': ' || scope.held || ' held, ' || scope.spent || ' spent' AS wrong
      FROM   scope
      LEFT   JOIN budget ON budget.scope = scope.scope
      WHERE  coalesce(budget.held_minor, 0) <> scope.held
         OR  coalesce(budget.spent_minor, 0) <> scope.spent
      UNION ALL
      SELECT 'hold of ' || hold.batch || '#' || hold.number
      FROM   hold
      JOIN   job ON job.batch = hold.batch AND job.number = hold.number
      WHERE  (hold.state = 'held')
             <> (hold.state <> 'voided'
                 AND job.state IN ('sending', 'processing', 'in_doubt', 'unknown'))
      """
    ) { row throws(Domain.Fault) in row.text("wrong") }
    findings += wrong.map { "I5 \($0)" }
  }

  /// I5: what a budget has of its last day and month is what was posted in them, in the order of
  /// the journal: days and months only go forward.
  private func checkWindows() throws(Domain.Fault) {
    let wrong = try store.rows(
      """
      WITH posted AS (SELECT hold.batch, batch.job_file, hold.posted_minor AS amount,
                             hold.settled_at AS at, journal.sequence
                      FROM   hold
                      JOIN   batch   ON batch.id = hold.batch
                      JOIN   journal ON journal.subject = hold.batch || '#' || hold.number
                                    AND journal.event IN ('settled', 'resolved')
                                    AND journal.body ->> 'outcome' = 'charged'
                      WHERE  hold.state = 'posted'),
           scoped AS (SELECT 'batch ' || batch AS scope, amount, at, sequence FROM posted
                      UNION ALL
                      SELECT 'job_file ' || job_file, amount, at, sequence FROM posted
                      UNION ALL
                      SELECT 'home', amount, at, sequence FROM posted),
           placed AS (SELECT scope, amount,
                             max(at / 86400000) OVER earlier             AS day,
                             max(strftime('%Y', at / 1000, 'unixepoch') * 12
                                   + strftime('%m', at / 1000, 'unixepoch') - 1)
                               OVER earlier                              AS month
                      FROM   scoped
                      WINDOW earlier AS (PARTITION BY scope ORDER BY sequence)),
           last   AS (SELECT scope, max(day) AS day, max(month) AS month
                      FROM   placed
                      GROUP  BY scope),
           sums   AS (SELECT last.scope, last.day, last.month,
                             sum(amount) FILTER (WHERE placed.day = last.day)     AS on_day,
                             sum(amount) FILTER (WHERE placed.month = last.month) AS in_month
                      FROM   placed
                      JOIN   last USING (scope)
                      GROUP  BY last.scope)
      SELECT sums.scope || ': ' || sums.on_day || ' on day ' || sums.day || ', ' || sums.in_month
               || ' in month ' || sums.month AS wrong
      FROM   sums
      LEFT   JOIN budget ON budget.scope = sums.scope
      WHERE  budget.day <> sums.day OR budget.spent_on_day_minor <> sums.on_day
         OR  budget.month <> sums.month OR budget.spent_in_month_minor <> sums.in_month
         OR  budget.scope IS NULL
      """
    ) { row throws(Domain.Fault) in row.text("wrong") }
    findings += wrong.map { "I5 \($0)" }
  }
}
