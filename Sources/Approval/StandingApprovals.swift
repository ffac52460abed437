package import Domain
internal import JSON
package import Journal
internal import Queue
internal import SQLite

/// The standing approvals of a home.
///
/// The journal itself holds them, and what was approved under each, so that no row can be edited
/// to widen one.
package struct StandingApprovals {
  package let store: Store

  /// The standing approvals of a home.
  package init(_ store: Store) { self.store = store }

  /// Approves what a job file will plan, within limits.
  ///
  /// Throws `notAllowed` where the job file asks for two people, or where it is not known who
  /// approves.
  package func approve(
    _ jobFile: JobFile, within limits: StandingLimits, by person: Person, note: String? = nil,
    using random: inout some RandomNumberGenerator
  ) throws(Fault) -> StandingApproval {
    guard jobFile.approval.required == 1 else {
      throw Fault(
        .notAllowed, "\(quoted(jobFile.name)) asks for two people to approve each batch",
        hint: "let two people look at each, or set approval.required to 1")
    }
    if Terms(jobFile, mode: store.facts.mode).fourEyes, person.identity == nil {
      throw Fault(
        .notAllowed,
        "this needs a known person, and neither the kernel nor a token says who you are",
        hint: "do it from a login (ssh or console), or with a token of `sluice approvers add`")
    }
    let id = StandingID("standing-" + randomName(length: 6, using: &random))
    let transaction = try store.begin()
    try Approvers(store).requireStillThere(person)
    try transaction.append(
      .standingApproved, subject: id.text,
      StandingApproval.body(of: jobFile, limits, by: person, note: note))
    _ = try transaction.commit()
    return try approval(id)
  }

  /// Withdraws one at once; false when it is withdrawn already.
  ///
  /// Nothing more is approved under it, and what was and is not sent yet waits for a person again.
  package func withdraw(_ id: StandingID, reason: String?) throws(Fault) -> Bool {
    let transaction = try store.begin(withoutHead: true)
    guard try withdrawal(of: try approval(id).id) == nil else { return false }
    try transaction.append(
      .standingWithdrawn, subject: id.text, ["reason": .optional(reason)])
    _ = try transaction.commit()
    return true
  }

  /// The entry that withdrew one; nil while it is in force.
  func withdrawal(of id: StandingID) throws(Fault) -> JournalEntry? {
    try store.lastEvent(of: id.text, among: [.standingWithdrawn])
  }

  /// The one whose name begins so; throws `notFound` when there is none or several.
  package func approval(matching prefix: String) throws(Fault) -> StandingApproval {
    let found = try all().filter { $0.id.text.hasPrefix(prefix) }
    guard let first = found.first, found.count == 1, !prefix.isEmpty else {
      throw Fault(
        .notFound,
        "\(found.isEmpty ? "no" : "more than one") standing approval begins with "
          + quoted(prefix), hint: "see `sluice standing list`")
    }
    return first
  }

  private func approval(_ id: StandingID) throws(Fault) -> StandingApproval {
    guard let entry = try store.lastEvent(of: id.text, among: [.standingApproved]) else {
      throw Fault(
        .notFound, "there is no standing approval \(quoted(id.text))",
        hint: "see `sluice standing list`")
    }
    return try StandingApproval(entry)
  }

  /// All of them and what was approved under each, newest first.
  package func uses() throws(Fault) -> [StandingUse] {
    var uses: [StandingUse] = []
    for approval in try all() { uses.append(try use(of: approval)) }
    return uses
  }

  private func all() throws(Fault) -> [StandingApproval] {
    let ids = try store.rows(
      """
      SELECT subject
      FROM   journal
      WHERE  subject > 'standing-' AND subject < 'standing.' AND event = 'standing_approved'
      ORDER  BY sequence DESC
      """, [:]
    ) { row throws(Fault) in StandingID(row.text("subject")) }
    var approvals: [StandingApproval] = []
    for id in ids { approvals.append(try approval(id)) }
    return approvals
  }

  /// What was approved under one, as the journal tells: each batch once, as it was at first, since
  /// whatever of it is approved again was counted then.
  func use(of approval: StandingApproval) throws(Fault) -> StandingUse {
    var jobs = 0
    var amounts: [Currency: Int64] = [:]
    let first = try store.rows(
      """
      SELECT subject, body, min(sequence)
      FROM   journal
      WHERE  sequence > :after AND event = 'approved' AND body ->> 'standing' = :id
      GROUP  BY subject
      """,
      [":after": .integer(approval.sequence), ":id": .text(approval.id.text)]
    ) { row throws(Fault) in
      let body = try? JSONReader.read(Array(row.text("body").utf8))
      return (batch: BatchID(row.text("subject")), body: body)
    }
    for (_, body) in first {
      guard let covered = body?["jobs"]?.integer,
        let reach = body?["reach"].flatMap(StandingApproval.amounts)
      else { throw .untrusted("an approval under \(approval.id) cannot be read") }
      jobs += Int(covered)
      for money in reach { amounts[money.currency, default: 0] += money.minorUnits }
    }
    let totals = amounts.map { Money(minorUnits: $0.value, currency: $0.key) }
    return StandingUse(
      approval: approval, batches: Set(first.map(\.batch)), jobs: jobs,
      amounts: totals.sorted { $0.currency.code < $1.currency.code },
      withdrawnAt: try withdrawal(of: approval.id)?.at)
  }
}
