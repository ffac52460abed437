package import Domain
internal import Journal
package import Queue

/// How a batch of the planner stands, and what became of some of its jobs.
package struct BatchStatus: Sendable {
  package let standing: BatchStanding
  package let situation: BatchSituation
  /// By number, from the one that was asked for.
  package let outcomes: [JobStanding]
  /// The number to ask for next; nil when these were the last.
  package let nextNumber: Int?
}

/// What became of one job, without a word of Stripe's.
package struct JobStanding: Sendable {
  package let number: Int
  /// Nil where it is, or looks like, an id of Stripe's: no key of the planner's own.
  package let reference: String?
  package let amount: Money
  package let heading: Heading
  /// Why it was skipped, or was not reached; nil otherwise.
  package let why: String?
}

extension PlannerDesk {
  /// How many jobs one answer tells of.
  package static let standingsPerAnswer = 200
  /// More than any batch has jobs.
  private static let largestNumber = 10_000_000

  /// How a batch stands, with its jobs from a number on.
  package func status(
    of id: BatchID, from number: Int = 1
  ) throws(Fault) -> PlannerAnswer<BatchStatus> {
    guard try ownBatch(id) != nil else { return .refused(noBatch(id)) }
    guard (1...Self.largestNumber).contains(number),
      case let last = number + Self.standingsPerAnswer - 1,
      let numbers = JobNumbers("\(number)-\(last)")
    else {
      return .refused(
        PlannerRefusal(
          "the argument from is a job's number, counted from 1",
          advice: "leave it out, or give the next_from of an answer"))
    }
    return try store.snapshot { () throws(Fault) in
      var outcomes: [JobStanding] = []
      let situation = try batches.situation(of: id)
      let standing = try batches.standing(of: id)
      let batch = standing.batch
      try queue.forEachJob(of: batch, matching: JobFilter(numbers: numbers)) {
        job throws(Fault) in
        outcomes.append(
          JobStanding(
            number: job.id.number, reference: job.planned.ownReference, amount: job.planned.amount,
            heading: Heading(job.state, in: batch.state), why: Self.why(job, in: batch)))
      }
      return .given(
        BatchStatus(
          standing: standing, situation: situation, outcomes: outcomes,
          nextNumber: last < batch.jobs ? last + 1 : nil))
    }
  }

  /// A word of ours; what Stripe said stays with people.
  private static func why(_ job: Job, in batch: Batch) -> String? {
    switch job.state {
    case .skipped: job.skipReason?.rawValue
    case .queued: batch.halt?.reason.rawValue
    case .sending, .charged, .declined, .rejected, .processing, .inDoubt, .unknown, .notCharged:
      nil
    }
  }
}

extension PlannedJob {
  /// The reference, unless it is what Stripe calls something, the invoice or the charge above all.
  fileprivate var ownReference: String? {
    let isTheirs = [movement.invoice, movement.charge].contains(reference)
    return isTheirs || Self.looksLikeStripes(reference) ? nil : reference
  }

  /// What Stripe's ids of objects begin with, before an underscore.
  private static let stripePrefixes: Set<Substring> = [
    "acct", "card", "ch", "cs", "cus", "dp", "evt", "ii", "il", "in", "inpay", "mandate", "pi",
    "pm", "po", "price", "prod", "py", "pyr", "re", "req", "seti", "si", "src", "sub", "tr", "trr",
    "txn",
  ]

  /// Whether a text has the shape of an id of Stripe's: "ch_", and letters and digits behind.
  private static func looksLikeStripes(_ text: String) -> Bool {
    let parts = text.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count > 1, stripePrefixes.contains(parts[0]) else { return false }
    return parts.dropFirst().allSatisfy { part in
      !part.isEmpty && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }
  }
}
