import Testing

/// An edit of one column by hand, and what the finding has to name.
struct Edit: Sendable, CustomTestStringConvertible {
  let column: String
  let sql: String
  let finding: String

  var testDescription: String { sql }

  /// `table.column = value`, for the rows of a condition.
  init(_ column: String, _ value: String, where rows: String, finding: String? = nil) {
    let parts = column.split(separator: ".")
    self.column = column
    sql =
      "PRAGMA ignore_check_constraints = ON; "
      + "UPDATE \(parts[0]) SET \(parts[1]) = \(value) WHERE \(rows)"
    self.finding = finding ?? " says \(parts[1]) of "
  }

  static let all =
    home + batch + job + hold + attempt + approval + key + budget + draft + line + hour

  private static let home = [
    Edit("home.id", "'home_2'", where: "one", finding: "head is about the home"),
    Edit("home.mode", "'test'", where: "one"),
    Edit("home.stripe_account", "'acct_1'", where: "one"),
    Edit("home.seal_key", "'other'", where: "one", finding: "seal.key does not hold the key"),
    Edit("home.created_at", "created_at + 1", where: "one"),
  ]

  private static let overdue = "id LIKE 'overdue-%'"

  private static let batch = [
    Edit("batch.id", "'other'", where: overdue, finding: "whose row is gone"),
    Edit("batch.family", "'refund'", where: overdue),
    Edit("batch.state", "'finished'", where: overdue, finding: " is halted, its row says finished"),
    Edit("batch.halt_reason", "'stopped'", where: overdue),
    Edit("batch.halt_number", "1", where: overdue),
    Edit("batch.halt_message", "'nothing'", where: overdue),
    Edit("batch.job_file", "'other'", where: overdue),
    Edit("batch.job_file_digest", "'00'", where: overdue, finding: "another content of overdue"),
    Edit("batch.source", "'other.csv'", where: overdue),
    Edit("batch.terms", "terms || ' '", where: overdue, finding: "another content of overdue"),
    Edit(
      "batch.terms", "replace(terms, '50000', '90000')", where: overdue,
      finding: "another content of overdue"),
    Edit("batch.api_url", "'http://x'", where: overdue, finding: "another content of overdue"),
    Edit("batch.api_version", "'x'", where: overdue, finding: "another content of overdue"),
    Edit("batch.jobs", "8", where: overdue),
    Edit("batch.digest", "'00'", where: overdue),
    Edit("batch.planner", "'eve'", where: overdue),
    Edit("batch.submitted_by", "'eve'", where: overdue),
    Edit("batch.submitted_uid", "1001", where: overdue),
    Edit("batch.submitted_uid", "NULL", where: overdue),
    Edit("batch.submitted_at", "submitted_at + 1", where: overdue),
    Edit("batch.declined_in_a_row", "0", where: "id LIKE 'amended-%'"),
    Edit("batch.declined_in_a_row", "1", where: overdue),
    Edit("batch.rejected_in_a_row", "0", where: overdue),
    Edit("batch.draft", "'draft-other-left'", where: overdue),
  ]

  private static let first = "batch LIKE 'overdue-%' AND number = 1"
  private static let declined = "batch LIKE 'overdue-%' AND number = 2"
  private static let seal = "the seal of overdue-"

  private static let job = [
    Edit("job.batch", "'other'", where: first, finding: "whose row is gone"),
    Edit("job.number", "99", where: first, finding: "whose row is gone"),
    Edit("job.line", "99", where: first, finding: seal),
    Edit("job.family", "'refund'", where: first),
    Edit("job.account", "'cus_eve'", where: first, finding: seal),
    Edit("job.amount_minor", "101", where: first, finding: seal),
    Edit("job.currency", "'eur'", where: first, finding: seal),
    Edit("job.operation", "'charges.create'", where: first, finding: seal),
    Edit("job.invoice", "'in_9', operation = 'invoices.pay'", where: first, finding: seal),
    Edit("job.charge", "'ch_9', operation = 'refunds.create'", where: first, finding: seal),
    Edit("job.reference", "'other'", where: first, finding: seal),
    Edit("job.description", "NULL", where: first, finding: seal),
    Edit("job.payment_method", "'pm_eve'", where: first, finding: seal),
    Edit(
      "job.payment_method", "'customer default'", where: "payment_method IS NULL AND number = 5",
      finding: seal),
    Edit("job.reason", "'fraudulent'", where: first, finding: seal),
    Edit("job.metadata", "'{}'", where: first, finding: seal),
    Edit("job.metadata", "metadata || ' '", where: first, finding: seal),
    Edit("job.seal", "'00'", where: first, finding: seal),
    Edit("job.state", "'declined'", where: first, finding: " is charged, its row says declined"),
    Edit(
      "job.state", "'queued'", where: declined, finding: " is declined, its row says queued"),
    Edit(
      "job.state", "'not_charged'", where: "number = 6 AND state = 'unknown'",
      finding: " is unknown, its row says not_charged"),
    Edit("job.skip_reason", "'cancelled'", where: "skip_reason = 'excluded'"),
    Edit("job.duplicate_of", "'other#1'", where: "skip_reason = 'duplicate'"),
    Edit("job.object", "'pi_eve'", where: first),
    Edit("job.code", "'other'", where: declined),
    Edit("job.decline_code", "'other'", where: declined),
    Edit("job.message", "'other'", where: declined),
    Edit("job.message", "NULL", where: "skip_reason = 'no_payment_method'"),
    Edit("job.request_id", "'req_other'", where: declined),
    Edit("job.settled_at", "settled_at + 1", where: first),
    Edit("job.settled_at", "settled_at + 1", where: "skip_reason = 'cancelled'"),
    Edit("job.settled_at", "1", where: "skip_reason = 'duplicate'"),
  ]

  private static let hold = [
    Edit("hold.id", "99", where: "id = 1", finding: "whose row is gone"),
    Edit("hold.batch", "'other'", where: first),
    Edit("hold.number", "9", where: first),
    Edit("hold.vault_key", "'vk_id_other'", where: first),
    Edit("hold.currency", "'eur'", where: first),
    Edit("hold.amount_minor", "1", where: first),
    Edit(
      "hold.state", "'voided', posted_minor = NULL", where: first,
      finding: " is posted, its row says voided"),
    Edit(
      "hold.state", "'voided'", where: "state = 'held'", finding: "is held, its row says voided"),
    Edit("hold.posted_minor", "1", where: first),
    Edit("hold.opened_at", "1", where: first),
    Edit("hold.settled_at", "1", where: first),
  ]

  private static let attempt = [
    Edit("attempt.batch", "'other'", where: first, finding: "whose row is gone"),
    Edit("attempt.number", "99", where: first, finding: "whose row is gone"),
    Edit("attempt.idempotency_key", "'other'", where: first),
    Edit("attempt.body", "CAST('amount=1' AS BLOB)", where: first, finding: "another content of"),
    Edit("attempt.api_version", "'x'", where: first, finding: "the seal of the attempt"),
    Edit("attempt.stripe_account", "'acct_1'", where: first, finding: "the seal of the attempt"),
    Edit("attempt.vault_key", "'vk_id_other'", where: first),
    Edit("attempt.sends", "0", where: first),
    Edit("attempt.server_errors", "0", where: "number = 6"),
    Edit("attempt.first_sent_at", "first_sent_at + 1", where: first),
    Edit("attempt.last_sent_at", "last_sent_at + 1", where: first),
    Edit("attempt.payment_intent", "'pi_eve'", where: first),
    Edit("attempt.ask_again", "1", where: "number = 6"),
    Edit("attempt.seal", "'00'", where: first, finding: "the seal of the attempt"),
  ]

  private static let approval = [
    Edit("approval.id", "99", where: "id = 1", finding: "whose row is gone"),
    Edit("approval.batch", "'other'", where: "id = 1"),
    Edit("approval.digest", "'00'", where: "id = 1"),
    Edit("approval.approver", "'eve'", where: "id = 1"),
    Edit("approval.approver_uid", "0", where: "id = 1"),
    Edit("approval.approver_id", "'ap_id_x'", where: "id = 1"),
    Edit("approval.approved_at", "1", where: "id = 1"),
    Edit("approval.expires_at", "expires_at + 1", where: "id = 1"),
    Edit("approval.jobs", "9", where: "id = 1"),
    Edit("approval.excluded", "NULL", where: "id = 1"),
    Edit("approval.note", "'other'", where: "id = 1"),
    Edit("approval.standing", "'standing-x'", where: "id = 1"),
    Edit("approval.seal", "'00'", where: "id = 1", finding: "the seal of the approval of overdue"),
  ]

  private static let run = "rowid = 1"
  private static let lent = "batch IS NULL"

  private static let key = [
    Edit("vault_key.id", "'vk_id_other'", where: run, finding: "whose row is gone"),
    Edit(
      "vault_key.batch", "(SELECT id FROM batch WHERE id LIKE 'amended-%')", where: run),
    Edit("vault_key.secret_sha256", "'00'", where: lent),
    Edit("vault_key.name", "'other'", where: run),
    Edit("vault_key.vendor", "'other'", where: run, finding: "CHECK constraint failed"),
    Edit("vault_key.policy", "replace(policy, '50000', '90000')", where: run),
    Edit("vault_key.policy", "policy || ' '", where: run),
    Edit("vault_key.issued_at", "1", where: run),
    Edit("vault_key.expires_at", "expires_at + 1", where: run),
    Edit("vault_key.seal", "'00'", where: run, finding: "the seal of vk_id_"),
    Edit("vault_key.jobs_admitted", "0", where: run),
    Edit("vault_key.revoked_at", "1", where: lent),
    Edit("vault_key.revoked_at", "NULL, revoked_by = NULL", where: run),
    Edit("vault_key.revoked_by", "'eve'", where: run),
    Edit("vault_key.revoked_reason", "'other'", where: run),
  ]

  private static let budget = [
    Edit("budget.scope", "'job_file other'", where: "scope = 'home'", finding: "row is gone"),
    Edit("budget.currency", "'eur'", where: "scope = 'home'", finding: "row is gone"),
    Edit("budget.held_minor", "0", where: "scope = 'home'"),
    Edit("budget.spent_minor", "spent_minor + 1", where: "scope = 'home'"),
    Edit("budget.day", "day + 1", where: "scope = 'home'"),
    Edit("budget.spent_on_day_minor", "0", where: "scope = 'home'"),
    Edit("budget.month", "month + 1", where: "scope = 'home'"),
    Edit("budget.spent_in_month_minor", "0", where: "scope = 'job_file overdue'"),
  ]

  private static let left = "id = 'draft-agent-left'"

  private static let draft = [
    Edit("draft.id", "'draft-x'", where: left, finding: "draft-agent-left, whose row is gone"),
    Edit("draft.planner", "'eve'", where: left),
    Edit("draft.job_file", "'other'", where: left),
    Edit("draft.job_file_digest", "'00'", where: left),
    Edit("draft.created_at", "created_at + 1", where: left),
  ]

  private static let second = "draft = 'draft-agent-left' AND number = 2"
  private static let content = "another content of draft-agent-left#2-3"

  private static let line = [
    Edit("draft_job.draft", "'draft-other-left'", where: second, finding: content),
    Edit("draft_job.number", "99", where: second, finding: "the row of draft-agent-left#99"),
    Edit("draft_job.account", "'cus_eve'", where: second, finding: content),
    Edit("draft_job.reference", "'other'", where: second, finding: content),
    Edit("draft_job.amount_minor", "101", where: second, finding: content),
    Edit("draft_job.currency", "'eur'", where: second, finding: content),
    Edit("draft_job.line", "line || ' '", where: second, finding: content),
    Edit("draft_job.content", "'00'", where: second, finding: content),
    Edit("draft_job.added_at", "added_at + 1", where: second, finding: content),
  ]

  private static let hour = [
    Edit("planner_hour.planner", "'eve'", where: "planner = 'other'", finding: "whose row is gone"),
    Edit("planner_hour.hour", "hour + 1", where: "planner = 'agent'"),
    Edit("planner_hour.jobs", "1", where: "planner = 'agent'"),
  ]
}

/// A row put in by hand, and its name in the finding.
struct Insertion: Sendable, CustomTestStringConvertible {
  let name: String
  let sql: String

  var testDescription: String { name }

  static let all = [
    copy("batch", changing: ["id": "'other'"], from: "id LIKE 'new-%'", name: "other"),
    copy(
      "job", changing: ["batch": "'other'", "reference": "'x'"], from: "batch LIKE 'new-%'",
      name: "other#1"),
    copy(
      "hold", changing: ["id": "99", "batch": "'other'"], from: "id = 1",
      name: "the hold of other#1"),
    copy(
      "attempt", changing: ["batch": "'other'", "idempotency_key": "'x'"],
      from: "batch LIKE 'overdue-%' AND number = 1", name: "the attempt of other#1"),
    copy(
      "approval", changing: ["id": "99", "batch": "'other'"], from: "id = 1",
      name: "the approval of other"),
    copy("vault_key", changing: ["id": "'vk_id_other'"], from: "rowid = 1", name: "vk_id_other"),
    copy(
      "budget", changing: ["currency": "'eur'"], from: "scope = 'home'",
      name: "the eur budget of home"),
    copy(
      "draft", changing: ["id": "'draft-x'", "planner": "'eve'"], from: "id = 'draft-agent-left'",
      name: "draft-x"),
    copy(
      "draft_job", changing: ["number": "4", "reference": "'x'"],
      from: "draft = 'draft-agent-left' AND number = 1", name: "draft-agent-left#4"),
    copy(
      "planner_hour", changing: ["planner": "'eve'"], from: "planner = 'agent'",
      name: "the hour of eve"),
  ]

  private static func copy(
    _ table: String, changing changes: [String: String], from rows: String, name: String
  ) -> Insertion {
    let set = changes.map { "\($0.key) = \($0.value)" }.joined(separator: ", ")
    return Insertion(
      name: name,
      sql: """
        CREATE TEMP TABLE copy AS SELECT * FROM main.\(table) WHERE \(rows);
        UPDATE copy SET \(set);
        INSERT INTO main.\(table) SELECT * FROM copy;
        """)
  }
}
