import Domain

/// What people have done, as they remember it.
struct Known {
  struct Plan {
    let jobs: [PlannedJob]
    let jobFile: JobFile
    /// The batch's cap in force, and the highest there ever was.
    var cap: Int64
    var highestCap: Int64
    /// When its approval runs out, by the clock here; long ago unless it is approved.
    var expiresAt = Timestamp(milliseconds: 0)
    var wasApproved = false
    /// The jobs that an approver left out.
    var excluded: Set<Int> = []
    /// Whether it was cancelled or rejected.
    var isGivenUp = false
  }

  /// A request as Stripe has seen it first.
  struct Sent: Equatable {
    let key: String
    let body: [UInt8]
  }

  /// The vault key of a run: what it is called, and when it expires by the clock of its issue.
  struct RunKey {
    let id: String
    let end: Timestamp
  }

  /// In the order of their submission.
  var batches: [BatchID] = []
  var plans: [BatchID: Plan] = [:]
  var isStopped = false
  var stopped: Set<BatchID> = []
  var revoked: Set<String> = []
  var homeCaps: [Window: Int64] = [:]
  /// The key of each batch's last run.
  var runs: [BatchID: RunKey] = [:]
  var sent: [String: Sent] = [:]
  /// True time of the first send that is not known to have done nothing.
  var firstSent: [String: Timestamp] = [:]
  /// The vault key that each job was last sent under.
  var sentUnder: [String: String] = [:]
}
