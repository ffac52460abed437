package import Domain
internal import JSON
package import Journal
package import Queue
internal import SQLite

/// What people decide about a batch; each decision is one transaction with its journal entry.
package struct Approver {
  package let store: Store
  let queue: JobQueue

  /// The decisions of a home.
  package init(_ store: Store) {
    self.store = store
    queue = JobQueue(store)
  }

  /// The approvals that count for a batch as it stands: those since it was submitted or amended
  /// last, without what had expired when the last of them was given.
  package func approvalsInForce(of batch: Batch) throws(Fault) -> [ApprovalRecord] {
    let given = try approvals(of: batch.id).suffix(try approvalsJournaled(of: batch.id))
    guard let last = given.last else { return [] }
    return given.filter { $0.digest == batch.digest && !$0.isExpired(at: last.approvedAt) }
  }

  /// How many approvals the journal has of a batch since it waits, or waited, for approval.
  private func approvalsJournaled(of batch: BatchID) throws(Fault) -> Int {
    try store.first(
      """
      SELECT count(*) AS approvals
      FROM   journal
      WHERE  subject = :batch AND event IN ('approval_given', 'approved')
        AND  sequence > (SELECT max(sequence)
                         FROM   journal
                         WHERE  subject = :batch
                           AND  event IN ('submitted', 'amended', 'approval_expired'))
      """,
      [":batch": .text(batch.text)]
    ) { row throws(Fault) in Int(row.integer("approvals")) } ?? 0
  }

  /// Every approval a batch ever had, oldest first.
  package func approvals(of batch: BatchID) throws(Fault) -> [ApprovalRecord] {
    try store.rows(
      "SELECT * FROM approval WHERE batch = :batch ORDER BY id", [":batch": .text(batch.text)],
      decode: ApprovalRecord.init(row:))
  }

  /// Whether an approval is as it was written.
  package func isAuthentic(_ approval: ApprovalRecord) -> Bool {
    approval.isAuthentic(in: store)
  }

  /// Approves exactly the plan of this digest, but for the jobs that are left out; throws
  /// `notAllowed` when it is another one, when the batch does not wait for approval, or when the
  /// approver may not.
  ///
  /// What it covers are the jobs that are queued then: those that an earlier run charged, or that
  /// were left out before, are not sent again. Where two people are required, the first one's
  /// approval leaves the batch waiting.
  package func approve(
    _ id: BatchID, digest: String, except excluded: JobNumbers? = nil, note: String? = nil,
    by person: Person
  ) throws(Fault) -> ApprovalRecord {
    try expireIfDue(id)
    let transaction = try store.begin()
    let batch = try queue.batch(id)
    try requireSubmitted(batch)
    try Approvers(store).requireStillThere(person)
    try requireSecondPerson(batch, person)
    let others = try approversSoFar(of: batch)
    try requireFirstTime(batch, person, others)
    let recomputed = try queue.recomputedDigest(of: batch)
    try requireJournaled(recomputed, of: batch)
    guard digest == recomputed else {
      throw Fault(
        .notAllowed, "that digest is not the one of \(id)",
        hint: "look again with `sluice preview \(id)`; its digest is \(recomputed)")
    }
    if let excluded { try queue.exclude(excluded, of: id, in: transaction) }
    let approval = ApprovalRecord(
      batch: id, digest: digest, by: person, approvedAt: transaction.now,
      expiresAt: transaction.now + batch.terms.approvalExpiresIn, jobs: try queuedJobs(of: batch),
      excluded: excluded, note: note, sealedIn: store)
    try insert(approval, in: transaction)
    if others.count + 1 < batch.terms.approvalsRequired {
      try transaction.append(.approvalGiven, subject: id.text, approval.json())
    } else {
      try queue.move(batch, .approve, journal: .approved, approval.json(), in: transaction)
    }
    _ = try transaction.commit()
    return approval
  }

  /// Rejects a batch for a reason that is kept; its jobs are skipped.
  ///
  /// The caller holds the batch's lock.
  package func reject(_ id: BatchID, reason: String) throws(Fault) {
    let transaction = try store.begin()
    let batch = try queue.batch(id)
    guard batch.state == .submitted else {
      throw Fault(
        .notAllowed, "\(id) is \(batch.state.rawValue), only a submitted batch can be rejected",
        hint: "see `sluice show \(id)`; `sluice cancel \(id)` gives up an approved one")
    }
    try requireSettled(id)
    let skipped = try queue.skipQueued(of: id, .batchRejected, in: transaction)
    try queue.move(
      batch, .reject, journal: .rejected,
      ["reason": .string(reason), "skipped": .integer(Int64(skipped))], in: transaction)
    _ = try transaction.commit()
  }

  /// Gives a batch up: its queued jobs are skipped.
  ///
  /// The caller holds the batch's lock.
  package func cancel(_ id: BatchID, reason: String?) throws(Fault) -> Int {
    let transaction = try store.begin()
    let batch = try queue.batch(id)
    try requireSettled(id)
    let stopped = try haltIfAbandoned(batch, in: transaction)
    guard (try? stopped.state.applying(.cancel)) != nil else {
      throw Fault(
        .notAllowed, "\(id) is \(stopped.state.rawValue) and cannot be cancelled",
        hint: "see `sluice show \(id)`")
    }
    let skipped = try queue.skipQueued(of: id, .cancelled, in: transaction)
    try queue.move(
      stopped, .cancel, journal: .cancelled,
      ["reason": .optional(reason), "skipped": .integer(Int64(skipped))], in: transaction)
    _ = try transaction.commit()
    return skipped
  }

  /// Gives a batch other caps: it waits for approval again, under a new digest, and the next run
  /// goes on with exactly the queued jobs.
  ///
  /// The caller holds the batch's lock.
  package func amend(
    _ id: BatchID, caps: [Money], by person: Person
  ) throws(Fault) -> Batch {
    let transaction = try store.begin()
    try Approvers(store).requireStillThere(person)
    let batch = try haltIfAbandoned(try queue.batch(id), in: transaction)
    guard (try? batch.state.applying(.amend)) != nil else {
      throw Fault(
        .notAllowed, "\(id) is \(batch.state.rawValue) and cannot be amended",
        hint: batch.state == .submitted
          ? "approve it and amend it then, or reject it and submit it again with the right job file"
          : "see `sluice show \(id)`")
    }
    try requireJournaled(try queue.recomputedDigest(of: batch), of: batch)
    var head = batch.manifestHead(in: store.facts)
    for cap in caps {
      try change(cap, of: batch, in: &head.terms)
    }
    var manifest = Manifest(head)
    try queue.forEachJob(of: id) { job throws(Fault) in manifest.add(job.planned) }
    let digest = manifest.digest()
    try queue.move(
      batch, .amend, journal: .amended,
      [
        "digest": .string(digest), "caps": head.terms.policy.json.member("caps"),
        "amended_by": .string(person.name), "login_uid": person.uidJSON,
        "approver_id": person.approverJSON,
      ],
      in: transaction)
    try transaction.run(
      "UPDATE batch SET terms = :terms, digest = :digest WHERE id = :id",
      [
        ":id": .text(id.text), ":terms": .text(head.terms.json.text), ":digest": .text(digest),
      ])
    _ = try transaction.commit()
    return try queue.batch(id)
  }

  /// Sends a batch whose approval no longer counts back to wait for a person; says why when it
  /// did.
  @discardableResult
  package func expireIfDue(_ id: BatchID) throws(Fault) -> End? {
    let batch = try queue.batch(id)
    guard batch.state == .approved || batch.state == .halted,
      let end = try approvalEnd(of: try approvalsInForce(of: batch)),
      end.hasCome(at: store.clock.now())
    else { return nil }
    let transaction = try store.begin()
    try queue.move(
      batch, .expire, journal: .approvalExpired, ["message": .string(end.sentence)],
      in: transaction)
    _ = try transaction.commit()
    return end
  }
}

extension Approver {
  /// Throws `notAllowed`, with what to do instead, unless the batch waits for approval.
  package func requireSubmitted(_ batch: Batch) throws(Fault) {
    guard batch.state == .submitted else {
      let isApproved = batch.state == .approved
      throw Fault(
        .notAllowed,
        isApproved
          ? "\(batch.id) is approved already"
          : "\(batch.id) is \(batch.state.rawValue), only a submitted batch can be approved",
        hint: isApproved ? "run it with `sluice run \(batch.id)`" : "see `sluice show \(batch.id)`")
    }
  }

  /// What is given up is never asked about again, so nothing in it may be open.
  private func requireSettled(_ id: BatchID) throws(Fault) {
    guard try queue.jobs(of: id, in: [.sending, .inDoubt]).isEmpty else {
      throw Fault(
        .notAllowed, "\(id) has a job that may have been charged and is not settled",
        hint: "`sluice run \(id)` asks Stripe again and goes on; where nothing more may be "
          + "charged, `sluice stop \(id)` and `sluice settle \(id)` first")
    }
  }

  /// The rows must be what the journal says was submitted or amended last.
  func requireJournaled(_ digest: String, of batch: Batch) throws(Fault) {
    let journaled = try queue.journaledDigest(of: batch.id, [.submitted, .amended])
    guard digest == batch.digest, digest == journaled else {
      throw .untrusted("the jobs or terms of \(batch.id) are not the ones that were submitted")
    }
  }

  /// A running batch whose lock the caller could take has lost its worker: it counts as halted.
  private func haltIfAbandoned(
    _ batch: Batch, in transaction: borrowing Transaction
  ) throws(Fault) -> Batch {
    guard batch.state == .running else { return batch }
    try queue.halt(
      batch.id, Halt(reason: .interrupted, number: nil, message: "its worker ended"),
      in: transaction)
    return try queue.batch(batch.id)
  }

  private func change(_ cap: Money, of batch: Batch, in terms: inout Terms) throws(Fault) {
    let place = terms.policy.caps.firstIndex {
      $0.per == .batch && $0.limit.currency == cap.currency
    }
    guard let place else {
      let known = terms.policy.batchCaps.map(\.currency.code).joined(separator: ", ")
      throw Fault(
        .usage, "\(batch.id) has no cap in \(cap.currency)", hint: "its caps are in \(known)")
    }
    terms.policy.caps[place].limit = cap
  }
}
