/// A job file: a named kind of billing run, read from `jobs/*.json`.
package struct JobFile: Equatable, Sendable {
  package let name: String
  package let description: String?
  package let operation: Operation
  /// The currency of lines that name none.
  package let currency: Currency?
  /// What `submit` reads when it names no file.
  package let source: JobSource?
  /// Our column name to theirs.
  package let columns: [String: String]
  /// Constant fields; `{column}` stands for that line's column.
  package let fields: [String: String]
  package let policy: Policy
  package let approval: ApprovalRule
  package let halt: HaltRule
  /// The variable of the environment that holds the address notices are posted to.
  package let webhookVariable: String?
  /// How often `cron` is meant to run it.
  package let scheduleEvery: Milliseconds?
  /// The file's bytes as read, which its digest is taken over.
  package let bytes: [UInt8]

  /// A job file of exactly these parts.
  package init(
    name: String, description: String?, operation: Operation, currency: Currency?,
    source: JobSource?, columns: [String: String], fields: [String: String], policy: Policy,
    approval: ApprovalRule, halt: HaltRule, webhookVariable: String? = nil,
    scheduleEvery: Milliseconds? = nil, bytes: [UInt8]
  ) {
    self.name = name
    self.description = description
    self.operation = operation
    self.currency = currency
    self.source = source
    self.columns = columns
    self.fields = fields
    self.policy = policy
    self.approval = approval
    self.halt = halt
    self.webhookVariable = webhookVariable
    self.scheduleEvery = scheduleEvery
    self.bytes = bytes
  }
}

extension JobFile {
  /// Whether a billing run is overdue by an eighth of its interval, or by 90 minutes where that is
  /// less; never without a schedule.
  ///
  /// By an hour it is late when the clocks are set back, and by a little each night.
  package func isLate(since last: Timestamp, at now: Timestamp) -> Bool {
    guard let every = scheduleEvery else { return false }
    let grace = min(every.count / 8, Milliseconds.minutes(90).count)
    return now.since(last).count > every.count + grace
  }

  /// What the entries of its billing runs are about, in the journal.
  package var cronSubject: String { "cron \(name)" }
}

/// Where a job file's jobs come from; paths are resolved against the job file's folder.
package enum JobSource: Equatable, Sendable {
  case csv(String)
  case jsonLines(String)
  /// A program and its arguments, run without a shell in `folder`; its output is the plan.
  case command([String], format: PlanFormat, folder: String)
  /// Stripe's open invoices that are past due by so many days.
  case stripe(overdueDays: Int)
}

/// How a plan is written.
package enum PlanFormat: String, CaseIterable, Sendable {
  case csv
  case jsonLines = "jsonl"
}

/// What a batch's vault keys may do; part of what is approved.
package struct Policy: Equatable, Sendable {
  /// What a vault key is called.
  package var name: String
  /// Operations a key admits, reads included, in the file's order.
  package var allowedOperations: [AllowedOperation]
  /// For the batch one cap per currency; for the job file one per day or month and currency.
  package var caps: [Cap]
  /// The most one job may move, per currency.
  package var maxPerJob: [Money]
  /// The most jobs one key admits.
  package var maxJobs: Int?
  /// The only accounts that may be charged, when given.
  package var accounts: [String]?
  /// How long a key lives.
  package var expiresIn: Milliseconds

  /// A policy of exactly these limits.
  package init(
    name: String, allowedOperations: [AllowedOperation], caps: [Cap], maxPerJob: [Money],
    maxJobs: Int?, accounts: [String]?, expiresIn: Milliseconds
  ) {
    self.name = name
    self.allowedOperations = allowedOperations
    self.caps = caps
    self.maxPerJob = maxPerJob
    self.maxJobs = maxJobs
    self.accounts = accounts
    self.expiresIn = expiresIn
  }

  /// Whether a key admits an operation.
  package func allows(_ operation: AllowedOperation) -> Bool {
    allowedOperations.contains(operation)
  }

  /// All that the batch may ever move, per currency.
  package var batchCaps: [Money] { caps.filter { $0.per == .batch }.map(\.limit) }
}

/// Who must approve and for how long it counts.
package struct ApprovalRule: Equatable, Sendable {
  /// How many people must approve: 1 or 2.
  package let required: Int
  /// Whether the approver must be another login than the submitter; nil means the mode's default.
  package let fourEyes: Bool?
  package let expiresIn: Milliseconds

  /// An approval rule of exactly these parts.
  package init(required: Int = 1, fourEyes: Bool?, expiresIn: Milliseconds) {
    self.required = required
    self.fourEyes = fourEyes
    self.expiresIn = expiresIn
  }
}

/// After how many failures in a row the batch halts.
package struct HaltRule: Equatable, Sendable {
  package let declinedInARow: Int
  package let rejectedInARow: Int
  package let unreachableInARow: Int

  /// A halt rule of exactly these counts.
  package init(declinedInARow: Int, rejectedInARow: Int, unreachableInARow: Int) {
    self.declinedInARow = declinedInARow
    self.rejectedInARow = rejectedInARow
    self.unreachableInARow = unreachableInARow
  }
}
