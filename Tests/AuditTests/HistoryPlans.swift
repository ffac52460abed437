import Domain
import Queue
import Support

extension History {
  /// A random plan: any operation, any behaviour, caps that are often too small.
  func plan() throws -> ([PlannedJob], JobFile) {
    let operation: Domain.Operation =
      dice(2) == 0 ? .paymentIntentsCreate : Operation.allCases[dice(4)]
    let jobs =
      switch operation {
      case .paymentIntentsCreate, .chargesCreate: charges(operation)
      case .invoicesPay: invoices()
      case .refundsCreate: try refunds()
      }
    let word = ["overdue", "overdue-2", "late"][dice(3)]
    return (jobs, jobFile(operation.family == .refund ? "re-" + word : word, operation))
  }

  private func jobFile(_ name: String, _ operation: Operation) -> JobFile {
    var caps = [Cap(per: .batch, limit: Money(minorUnits: 100_000, currency: .jpy))]
    if dice(2) == 0 { caps.append(Cap(per: .day, limit: usd(1500 + dice(9000)))) }
    if dice(3) == 0 { caps.append(Cap(per: .month, limit: usd(500 + dice(15_000)))) }
    return .sample(
      name, cap: Int64(1000 + dice(operation == .invoicesPay ? 20_000 : 5000)), moreCaps: caps,
      operation: operation,
      maxPerJob: dice(5) == 0 ? [usd(50 + dice(6000))] : [],
      maxJobs: dice(4) == 0 ? 1 + dice(4) : nil,
      keyExpiresIn: .minutes(Int64(10 + dice(120))),
      approvalExpiresIn: .minutes(Int64(60 + dice(9000))),
      halt: HaltRule(
        declinedInARow: 1 + dice(4), rejectedInARow: 1 + dice(3), unreachableInARow: 1 + dice(4)))
  }

  private func usd(_ amount: Int) -> Money { Money(minorUnits: Int64(amount), currency: .usd) }

  private func charges(_ operation: Operation) -> [PlannedJob] {
    let behaviours = [
      "plain", "plain", "plain", "decline_lost_card", "lost_answer", "error_500_charged",
      "error_500", "authentication_required", "requires_action", "processing", "processing_fails",
      "rate_limit", "unavailable", "unreachable", "missing", "no_payment_method",
    ]
    var references: Set<String> = []
    return (1...(1 + dice(6))).compactMap { _ -> (String, String)? in
      let account = "cus_\(behaviours[dice(behaviours.count)])_\(dice(4))"
      let reference = "in_\(dice(8))"
      return references.insert(account + reference).inserted ? (account, reference) : nil
    }.enumerated().map { place, job in
      .sample(
        place + 1, job.0, Int64(50 + dice(900)), currency: dice(6) == 0 ? .jpy : .usd,
        operation: operation, reference: job.1,
        paymentMethod: operation == .chargesCreate || dice(2) == 0 ? "pm_card" : nil)
    }
  }

  private func invoices() -> [PlannedJob] {
    let all: [(String, String, Int64)] = [
      ("01", "sandbox_01", 1900), ("02", "sandbox_02", 4900), ("04", "sandbox_04", 1900),
      ("13", "decline_expired_card_13", 2900), ("14", "requires_action_14", 4900),
      ("15", "rate_limit_15", 1900), ("16", "processing_16", 2900),
      ("lost_answer", "sandbox_lost_answer", 4900), ("decline", "sandbox_decline", 4900),
      ("paid_meanwhile", "sandbox_paid_meanwhile", 4900),
      ("changed_meanwhile", "sandbox_changed_meanwhile", 4900), ("none", "sandbox_none", 100),
    ]
    return all.filter { _ in dice(4) == 0 }.enumerated().map { place, row in
      .sample(
        place + 1, "cus_" + row.1, row.2, operation: .invoicesPay,
        reference: "in_sandbox_" + row.0, paymentMethod: nil, invoice: "in_sandbox_" + row.0)
    }
  }

  /// Refunds of what was charged, whole or in part, often more than there is.
  private func refunds() throws -> [PlannedJob] {
    var charged: [(Job, String)] = []
    for batch in try test.queue.batches() {
      try test.queue.forEachJob(of: batch.id) { job throws(Fault) in
        if let object = job.details.object, object.hasPrefix("pi_") || object.hasPrefix("ch_") {
          charged.append((job, object))
        }
      }
    }
    guard !charged.isEmpty else { return [] }
    return (1...(1 + dice(4))).map { number in
      let (job, object) = charged[dice(charged.count)]
      let most = Int(job.planned.amount.minorUnits)
      return .sample(
        number, dice(10) == 0 ? "cus_other" : job.planned.account, Int64(1 + dice(most + 20)),
        currency: job.planned.amount.currency, operation: .refundsCreate,
        reference: "re_\(number)_\(dice(30))", paymentMethod: nil, charge: object)
    }
  }
}
