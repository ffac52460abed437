internal import Domain
internal import JSON
internal import Journal
internal import Queue
internal import SQLite

/// What this home did before with the accounts of a batch, as flags of its queued jobs.
///
/// What each account was charged, and which of its references were declined, is put into scratch
/// tables once; every flag is then a question of those and the jobs.
struct PreviewHistory {
  let store: Store
  let batch: Batch
  let excluded: JobNumbers?
  let now: Timestamp

  func flags() throws(Fault) -> [PreviewFlag] {
    try store.makeScratch(Self.scratch)
    try sumUpCharges()
    try noteDeclines()
    return try [recent(), declined(), unusual(), new()].compactMap { $0 }
  }

  /// A flag of the jobs that would be sent.
  private func flag(
    _ kind: FlagKind, when condition: String, facts: String,
    _ fact: (borrowing Row) throws(Fault) -> FlagFact
  ) throws(Fault) -> PreviewFlag? {
    try store.flag(
      kind, when: "\(QueuedJobs.condition) AND \(condition)", facts: facts,
      QueuedJobs.parameters(batch.id, excluded), fact)
  }

  private func recent() throws(Fault) -> PreviewFlag? {
    try flag(
      .chargedRecently,
      when: "account IN (SELECT account FROM earlier WHERE recent > 0)",
      facts: """
        (SELECT sum(recent) FROM earlier WHERE account = job.account) AS times,
        (SELECT json_group_object(currency, recent_minor)
         FROM   earlier
         WHERE  account = job.account AND recent > 0) AS amounts,
        (SELECT max(last_at) FROM earlier WHERE account = job.account) AS last_at
        """
    ) { row throws(Fault) in
      .charged(
        times: Int(row.integer("times")), amounts: try amounts(row.text("amounts")),
        lastAt: Timestamp(milliseconds: row.integer("last_at")))
    }
  }

  private func unusual() throws(Fault) -> PreviewFlag? {
    let usual = """
      FROM   earlier
      WHERE  account = job.account AND currency = job.currency
      """
    return try flag(
      .unusualAmount,
      when: "EXISTS (SELECT 1 \(usual) AND amount_minor NOT BETWEEN least_minor AND most_minor)",
      facts: "(SELECT median_minor \(usual)) AS median, (SELECT charges \(usual)) AS charges"
    ) { row throws(Fault) in
      .usual(
        Money(minorUnits: row.integer("median"), currency: try currency(row.text("currency"))),
        charges: Int(row.integer("charges")))
    }
  }

  private func new() throws(Fault) -> PreviewFlag? {
    try flag(
      .neverCharged, when: "account NOT IN (SELECT account FROM earlier)", facts: "0 AS charges"
    ) { _ in .noCharge }
  }

  private func declined() throws(Fault) -> PreviewFlag? {
    let before = "FROM earlier_decline WHERE account = job.account AND reference = job.reference"
    return try flag(
      .declinedBefore, when: "EXISTS (SELECT 1 \(before))",
      facts: """
        (SELECT name \(before)) AS declined_job, (SELECT code \(before)) AS declined_code,
        (SELECT declined_at \(before)) AS declined_at
        """
    ) { row throws(Fault) in
      .declined(
        job: row.text("declined_job"), code: row.optionalText("declined_code"),
        at: Timestamp(milliseconds: row.integer("declined_at")))
    }
  }
}

/// The amounts of an object that has a member for each currency.
private func amounts(_ text: String) throws(Fault) -> [Money] {
  guard let members = try? JSONReader.read(Array(text.utf8)).members else {
    throw .untrusted("what was charged before cannot be read")
  }
  var sums = AmountSums()
  for member in members {
    sums.add(
      Money(minorUnits: member.value.integer ?? 0, currency: try currency(member.key)))
  }
  return sums.all
}
