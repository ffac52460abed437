/// One table of the home, and how its rows are compared with what the journal tells.
struct Comparison {
  let table: String
  /// The columns that name a row.
  let key: [String]
  /// The columns that are compared.
  var columns: [String]
  /// The name of a row, as SQL over one of the columns of its key.
  let name: String
  /// How the rows that are compared are found.
  let extent: Limit
  /// The columns that an approval's digest covers: a run halts the batch for those.
  var planColumns: [String] = []
  /// Whether which rows there are is covered by the digest.
  var isPlan = false

  /// How the rows of one run are told from the others'.
  enum Limit {
    case none
    /// By the name of their batch, in this column.
    case batch(String)
    case scope
  }

  /// The same without what a run halts the batch for.
  var withoutPlan: Comparison {
    var other = self
    other.columns.removeAll { planColumns.contains($0) }
    return other
  }

  /// What a run draws on.
  static let ofRun = [home, batch, job, hold, attempt, approval, key, budget]

  /// Every table but the journal itself and the lines of drafts, which have digests.
  static let all = ofRun + [draft, hour]

  private static let home = Comparison(
    table: "home", key: ["one"],
    columns: ["id", "mode", "stripe_account", "seal_key", "created_at"], name: "'the home'",
    extent: .none)

  private static let batch = Comparison(
    table: "batch", key: ["id"],
    columns: [
      "family", "state", "halt_reason", "halt_number", "halt_message", "job_file", "source", "jobs",
      "digest", "planner", "submitted_by", "submitted_uid", "submitted_at", "declined_in_a_row",
      "rejected_in_a_row", "draft",
    ],
    name: "row.id", extent: .batch("id"), planColumns: ["digest", "job_file"])

  private static let job = Comparison(
    table: "job", key: ["batch", "number"],
    columns: [
      "family", "state", "skip_reason", "duplicate_of", "object", "code", "decline_code", "message",
      "request_id", "settled_at",
    ],
    name: "row.batch || '#' || row.number", extent: .batch("batch"), isPlan: true)

  private static let hold = Comparison(
    table: "hold", key: ["id"],
    columns: [
      "batch", "number", "vault_key", "currency", "amount_minor", "state", "posted_minor",
      "opened_at", "settled_at",
    ],
    name: "'the hold of ' || row.batch || '#' || row.number", extent: .batch("batch"))

  private static let attempt = Comparison(
    table: "attempt", key: ["batch", "number"],
    columns: [
      "idempotency_key", "vault_key", "sends", "server_errors", "first_sent_at", "last_sent_at",
      "payment_intent", "ask_again",
    ],
    name: "'the attempt of ' || row.batch || '#' || row.number", extent: .batch("batch"))

  private static let approval = Comparison(
    table: "approval", key: ["id"],
    columns: [
      "batch", "digest", "approver", "approver_uid", "approver_id", "approved_at",
      "expires_at", "jobs", "excluded", "note", "standing",
    ],
    name: "'the approval of ' || row.batch", extent: .batch("batch"))

  private static let key = Comparison(
    table: "vault_key", key: ["id"],
    columns: [
      "batch", "secret_sha256", "name", "vendor", "policy", "issued_at", "expires_at",
      "jobs_admitted", "revoked_at", "revoked_by", "revoked_reason",
    ],
    name: "row.id", extent: .batch("batch"))

  private static let budget = Comparison(
    table: "budget", key: ["scope", "currency"],
    columns: [
      "held_minor", "spent_minor", "day", "spent_on_day_minor", "month", "spent_in_month_minor",
    ],
    name: "'the ' || row.currency || ' budget of ' || row.scope", extent: .scope)

  private static let draft = Comparison(
    table: "draft", key: ["id"],
    columns: ["planner", "job_file", "job_file_digest", "created_at"], name: "row.id",
    extent: .none)

  private static let hour = Comparison(
    table: "planner_hour", key: ["planner"], columns: ["hour", "jobs"],
    name: "'the hour of ' || row.planner", extent: .none)
}
