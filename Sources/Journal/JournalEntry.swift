package import Domain
package import JSON
internal import SQLite

/// Everything that is worth a row of the journal.
package enum JournalEvent: String, CaseIterable, Sendable {
  case homeCreated = "home_created"
  /// A planner added jobs to a draft, or threw it away.
  case planned, discarded
  case submitted, approved, rejected, cancelled, amended
  /// A person approved a batch that needs another one as well.
  case approvalGiven = "approval_given"
  case approvalExpired = "approval_expired"
  case approverAdded = "approver_added"
  case approverRemoved = "approver_removed"
  /// A person approved, within limits, what a job file will plan.
  case standingApproved = "standing_approved"
  case standingWithdrawn = "standing_withdrawn"
  case keyIssued = "key_issued"
  case keyRevoked = "key_revoked"
  case started, claimed, resent, settled, lost, skipped, refused, halted, finished
  /// A person settled a job that nothing else could settle.
  case resolved
  /// A person said that no money moved, and in live mode a second one has to say so too.
  case notChargedStated = "not_charged_stated"
  case stopped, unstopped
  case budgetSet = "budget_set"
  case budgetRemoved = "budget_removed"
  /// A billing run of a job file began, and came to its end.
  case cronStarted = "cron_started"
  case cronEnded = "cron_ended"
  /// People were told of something, or could not be told.
  case notified
  case notifyFailed = "notify_failed"
  case rekeyed
  /// A person took the journal as it is, though its `head` file was missing or ahead of it.
  case headAccepted = "head_accepted"
  /// A person took the clock for right again, though entries are later than it.
  case clockAccepted = "clock_accepted"
  /// Every queued job was looked up at Stripe, which may know more than a restored home.
  case restoredChecked = "restored_checked"
  /// An answer that came when the job was no longer waiting for it.
  case evidence
}

/// One row of the journal.
package struct JournalEntry: Equatable, Sendable {
  package let sequence: Int64
  package let at: Timestamp
  package let actor: String
  package let event: String
  /// A batch, a job (`BATCH#N`), a vault key or the home.
  package let subject: String
  /// Canonical JSON.
  package let body: String
  package let sealKey: String
  package let seal: String

  /// The body as it was written; nil members when it is no object.
  package var fields: JSONNode? { try? JSONReader.read(Array(body.utf8)) }

  /// Who submitted, amended or approved, in an entry that tells of it.
  package var person: Person {
    let body = fields
    let name = body?["submitted_by"] ?? body?["amended_by"] ?? body?["approver"]
    let token = (body?["approver_id"]?.string).map { Identity.token(ApproverID($0)) }
    let uid = (body?["login_uid"]?.integer).flatMap(UInt32.init(exactly:))
    return Person(name: name?.string ?? actor, identity: token ?? uid.map(Identity.login))
  }

  init(row: borrowing Row) {
    sequence = row.integer("sequence")
    at = Timestamp(milliseconds: row.integer("at"))
    actor = row.text("actor")
    event = row.text("event")
    subject = row.text("subject")
    body = row.text("body")
    sealKey = row.text("seal_key")
    seal = row.text("seal")
  }

  /// The fields a seal is taken over, the seal before it first.
  static func sealed(
    after previous: String, _ sequence: Int64, _ at: Timestamp, _ actor: String, _ event: String,
    _ subject: String, _ body: String, _ key: String
  ) -> [String?] {
    [
      "sluice.journal/1", previous, String(sequence), String(at.milliseconds), actor, event,
      subject, body, key,
    ]
  }
}

/// The end of the journal: whoever keeps it can tell later whether rows were cut off.
package struct JournalHead: Equatable, Sendable, CustomStringConvertible {
  package let sequence: Int64
  package let seal: String

  package static func == (left: JournalHead, right: JournalHead) -> Bool {
    left.sequence == right.sequence && left.seal == right.seal
  }

  /// Before the first entry.
  package static let beginning = JournalHead(sequence: 0, seal: "")

  /// The key that the last entry is sealed with; nil when only its seal is known.
  let sealKey: String?

  init(sequence: Int64, seal: String, sealKey: String? = nil) {
    self.sequence = sequence
    self.seal = seal
    self.sealKey = sealKey
  }

  /// The end of a journal whose last entry is this one.
  package init(_ entry: JournalEntry) {
    self.init(sequence: entry.sequence, seal: entry.seal, sealKey: entry.sealKey)
  }

  /// The sequence and the first 16 digits of the seal: "1712:9f3c0a5be1d2c4f7".
  package var description: String { "\(sequence):\(seal.prefix(16))" }
}

extension Person {
  /// The login uid as an entry tells it; null where there is none.
  package var uidJSON: JSONValue { .optional(identity?.uid.map(Int64.init)) }

  /// The public id of the approver as an entry tells it; null for whoever showed no token.
  package var approverJSON: JSONValue { .optional(identity?.approver?.text) }
}
