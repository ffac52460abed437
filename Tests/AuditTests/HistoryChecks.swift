import Domain
import Journal
import Queue
import SQLite
import Support
import Vault

/// What must hold at every moment, counted from the holds and the sandbox's own record alone.
struct HistoryChecks {
  private let test: TestHome

  init(_ test: TestHome) { self.test = test }

  // MARK: Limits

  /// The limits of this moment that a claim has passed.
  func broken(by attempt: Attempt) throws -> [String] {
    let batch = try test.queue.batch(attempt.job.batch)
    let currency = attempt.amount.currency
    var caps: [(Cap, String)] = batch.terms.policy.caps.map { cap in
      cap.per == .batch
        ? (cap, "batch.id = '\(batch.id)'") : (cap, "batch.job_file = '\(batch.jobFile)'")
    }
    caps += try HomeBudgets(test.store).caps().map { ($0, "true") }
    return try caps.filter { $0.0.limit.currency == currency }.compactMap { cap, scope in
      let gone = try gone(cap, scope)
      return gone > cap.limit.minorUnits
        ? "\(attempt.job) takes \(scope) to \(gone), above \(cap.words)" : nil
    }
  }

  /// What is held now, and what was posted in the window by the holds' own stamps.
  private func gone(_ cap: Cap, _ scope: String) throws -> Int64 {
    let now = test.clock.now().milliseconds
    let window =
      switch cap.per {
      case .batch: "true"
      case .day: "settled_at / 86400000 = \(now) / 86400000"
      case .month:
        "strftime('%Y-%m', settled_at / 1000, 'unixepoch') "
          + "= strftime('%Y-%m', \(now) / 1000, 'unixepoch')"
      }
    return try test.store.first(
      """
      SELECT coalesce(sum(CASE hold.state WHEN 'held' THEN amount_minor
                                          WHEN 'posted' THEN iif(\(window), posted_minor, 0)
                                          ELSE 0 END), 0) AS gone
      FROM   hold
      JOIN   batch ON batch.id = hold.batch
      WHERE  currency = '\(cap.limit.currency)' AND \(scope)
      """
    ) { row throws(Fault) in row.integer("gone") } ?? 0
  }

  // MARK: Money

  /// Jobs that Stripe moved money for twice, or for which home and Stripe tell two things.
  func findings(of batches: [BatchID]) throws -> [String] {
    let ledger = try SandboxLedger(path: test.home.sandboxPath)
    let counts = ledger.charges.merging(ledger.refunds) { $0 + $1 }
    var findings = counts.filter { $0.value > 1 }.map { "\($0.key) moved money \($0.value) times" }
    for id in batches {
      _ = try test.queue.summary(of: id)
      try test.queue.forEachJob(of: id) { job throws(Fault) in
        let hasMoved = counts[job.id.description] != nil
        if hasMoved, job.state != .charged, !job.state.isHeld {
          findings.append("\(job.id) moved money and is \(job.state.rawValue)")
        }
        if job.state == .charged, !hasMoved, job.planned.operation != .invoicesPay {
          findings.append("\(job.id) is charged and moved nothing")
        }
        if job.state == .charged, let invoice = job.planned.movement.invoice,
          ledger.invoices[invoice] != job.planned.amount.minorUnits
        {
          findings.append("\(job.id) is charged and \(invoice) is not paid")
        }
      }
    }
    return findings
  }
}
