import Domain
import Journal
import Queue
import Report

/// A batch that is made up of jobs, and everything its report says.
struct Sample {
  var state = BatchState.finished
  var halt: Halt?
  var mode = Mode.sandbox
  var jobs: [Job] = []
  var limits: [Currency: Int64] = [usd: 50_000]
  var approvals = [approval()]
  var family = Family.collect
  /// Budgets besides the batch's caps.
  var others: [Budget] = []
  var planner = "billing-agent"
  var jobFile = "overdue"

  /// Adds jobs of one state and amount, numbered on.
  mutating func add(
    _ count: Int = 1, _ state: JobState, _ amount: Int64 = 199, _ currency: Currency = usd,
    text: String? = nil, skipReason: SkipReason? = nil,
    details: SettlementDetails = SettlementDetails()
  ) {
    for _ in 0..<count {
      jobs.append(
        job(
          jobs.count + 1, state, Money(minorUnits: amount, currency: currency), text: text,
          skipReason: skipReason, details: details))
    }
  }

  /// The facts of the batch as its tables would tell them.
  func facts() throws(Fault) -> ReportFacts {
    let summary = summary
    let budgets = limits.map { currency, limit in
      let held: [Heading] = [.processing, .inDoubt, .unknown]
      return budget(
        currency, limit, spent: summary.amount(.charged, currency).minorUnits,
        held: held.reduce(0) { $0 + summary.amount($1, currency).minorUnits })
    }
    return try facts(summary, budgets.sorted { $0.currency.code < $1.currency.code })
  }

  /// Facts of a summary and budgets that need not fit.
  func facts(
    _ summary: Summary, _ budgets: [Budget], beyondPlan: [Money] = []
  ) throws(Fault) -> ReportFacts {
    try ReportFacts(
      summary: summary, mode: mode, at: now, approvals: approvals, budgets: budgets + others,
      keys: ["vk_id_7k2mbcdf"], journalHead: "1712:9f3c0a5be1d2c4f7", beyondPlan: beyondPlan,
      haltedAmount: halt?.number.flatMap { jobs[safe: $0 - 1]?.planned.amount })
  }

  var summary: Summary {
    var tallies: [Currency: [Heading: Tally]] = [:]
    var submitted: [Currency: Tally] = [:]
    var reasons: [Reason: Tally] = [:]
    let batch = batch
    for job in jobs {
      let heading = Heading(job.state, in: state)
      let amount = job.planned.amount
      tallies[amount.currency, default: [:]][heading, default: Tally()] += amount
      submitted[amount.currency, default: Tally()] += amount
      if let reason = job.reason(in: batch) {
        let key = Reason(heading: heading, reason: reason, currency: amount.currency)
        reasons[key, default: Tally()] += amount
      }
    }
    let counts = reasons.map { key, tally in
      ReasonCount(
        heading: key.heading, reason: key.reason, currency: key.currency, jobs: tally.jobs,
        amount: tally.amount)
    }
    return Summary(
      batch: batch, tallies: tallies, submitted: submitted,
      reasons: counts.sorted { ($1.jobs, $0.reason) < ($0.jobs, $1.reason) })
  }

  private struct Reason: Hashable {
    let heading: Heading
    let reason: String
    let currency: Currency
  }

  private var batch: Batch {
    let policy = Policy(
      name: "overdue", allowedOperations: [.job(.chargesCreate)], caps: [], maxPerJob: [],
      maxJobs: nil, accounts: nil,
      expiresIn: .hours(1))
    let file = JobFile(
      name: jobFile, description: nil, operation: .chargesCreate, currency: usd, source: nil,
      columns: [:], fields: [:], policy: policy,
      approval: ApprovalRule(fourEyes: nil, expiresIn: .hours(24)),
      halt: HaltRule(declinedInARow: 10, rejectedInARow: 3, unreachableInARow: 5), bytes: [])
    return Batch(
      id: batchID, family: family, state: state, halt: halt, jobFile: jobFile, jobFileDigest: "d1",
      source: "overdue.csv", terms: Terms(file, mode: mode), apiURL: "https://api.stripe.com",
      apiVersion: "2026-01-01", jobs: jobs.count, digest: "d2", planner: planner,
      submittedBy: "ana", submittedUID: nil, submittedAt: Timestamp(milliseconds: 0))
  }
}

extension Tally {
  fileprivate static func += (tally: inout Tally, amount: Money) {
    tally.jobs += 1
    tally.amount += amount.minorUnits
  }
}

extension Array {
  fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}

/// A yes of 2026-11-22.
func approval(
  by approver: String = "ben", excluded: String? = nil, note: String? = nil,
  force: ApprovalForce = .inForce
) -> ReportedApproval {
  ReportedApproval(
    approver: approver, approvedAt: now, expiresAt: now + .days(1), jobs: 4, excluded: excluded,
    note: note, digest: "d2", force: force)
}

/// 2026-11-22T10:00:00Z.
let now = Timestamp(milliseconds: 1_795_341_600_000)

let batchID = BatchID("overdue-20261122-7k2m")
let usd = currency("usd")
let eur = currency("eur")
let jpy = currency("jpy")

private func currency(_ code: String) -> Currency {
  guard let currency = Currency(code) else { preconditionFailure("\(code) is no currency") }
  return currency
}

/// The cap of a batch, in minor units, and what is gone of it.
func budget(
  _ currency: Currency, _ limit: Int64, spent: Int64, held: Int64, of batch: BatchID = batchID
) -> Budget {
  Budget(
    scope: .batch(batch), per: .batch, limit: Money(minorUnits: limit, currency: currency),
    spent: spent, held: held)
}

/// A job as its row would tell it.
func job(
  _ number: Int, _ state: JobState, _ amount: Money, of batch: BatchID = batchID,
  text: String? = nil, skipReason: SkipReason? = nil,
  details: SettlementDetails = SettlementDetails()
) -> Job {
  let isOpen = state == .queued || state == .sending
  let object = state == .charged ? "ch_\(number)" : details.object
  return Job(
    id: JobID(batch: batch, number: number),
    planned: PlannedJob(
      number: number, line: number + 1,
      movement: Movement(
        operation: .chargesCreate, account: text ?? "cus_\(number)",
        amount: amount),
      reference: text ?? "in_\(number)", description: nil, paymentMethod: nil,
      reason: nil, metadata: []),
    seal: "", state: state, skipReason: skipReason,
    duplicateOf: skipReason == .duplicate ? "overdue-20261121-2222#1" : nil,
    details: SettlementDetails(
      object: object, code: details.code, declineCode: details.declineCode,
      message: details.message),
    settledAt: isOpen ? nil : Timestamp(milliseconds: 1_795_341_600_000))
}

/// The overdue accounts of which the cap let 251 through: 847 jobs, every one of 1.99.
var capHalted: Sample {
  var sample = Sample(
    state: .halted,
    halt: Halt(
      reason: .capExhausted, number: 252,
      message: "1.99 usd would pass the batch's cap of 500.00 usd, of which 499.49 usd is spent or "
        + "held"))
  sample.add(251, .charged)
  sample.add(596, .queued)
  return sample
}
