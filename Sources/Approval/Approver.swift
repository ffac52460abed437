package import Domain
internal import JSON
package import Journal
package import Queue
internal import SQLite

/// Who decides: the name the journal records and the kernel's login uid, when there is one.
package struct Person: Equatable, Sendable {
  package let name: String
  package let uid: UInt32?

  /// A person of this name and login.
  package init(name: String, uid: UInt32?) {
    self.name = name
    self.uid = uid
  }
}

/// What people decide about a batch; each decision is one transaction with its journal entry.
package struct Approver {
  package let store: Store
  let queue: JobQueue

  /// The decisions of a home.
  package init(_ store: Store) {
    self.store = store
    queue = JobQueue(store)
  }

  /// The approval a batch runs under: the last one of its digest.
  package func approval(of batch: Batch) throws(Fault) -> ApprovalRecord? {
    try approvals(of: batch.id).last { $0.digest == batch.digest }
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
  /// were left out before, are not sent again.
  package func approve(
    _ id: BatchID, digest: String, except excluded: JobNumbers? = nil, note: String? = nil,
    by person: Person
  ) throws(Fault) -> ApprovalRecord {
    try expireIfDue(id)
    let transaction = try store.begin()
    let batch = try queue.batch(id)
    try requireSubmitted(batch)
    try requireSecondLogin(batch, person)
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
    try queue.move(batch, .approve, journal: .approved, approval.json, in: transaction)
    _ = try transaction.commit()
    return approval
  }

  /// Rejects a batch for a reason that is kept; its jobs are skipped.
  package func reject(_ id: BatchID, reason: String) throws(Fault) {
    let transaction = try store.begin()
    let batch = try queue.batch(id)
    guard batch.state == .submitted else {
      throw Fault(
        .notAllowed, "\(id) is \(batch.state.rawValue), only a submitted batch can be rejected",
        hint: "see `sluice show \(id)`; `sluice cancel \(id)` gives up an approved one")
    }
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
    let pending = try queue.jobs(of: id, in: [.sending, .inDoubt])
    guard pending.isEmpty else {
      throw Fault(
        .notAllowed, "\(id) has a job that may have been charged and is not settled",
        hint: "run `sluice settle \(id)` first")
    }
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
    let batch = try haltIfAbandoned(try queue.batch(id), in: transaction)
    guard (try? batch.state.applying(.amend)) != nil else {
      throw Fault(
        .notAllowed, "\(id) is \(batch.state.rawValue) and cannot be amended",
        hint: batch.state == .submitted
          ? "reject it and submit it again with the right job file" : "see `sluice show \(id)`")
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
        "login_uid": .optional(person.uid.map(Int64.init)),
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

  /// Sends a batch whose approval has run out back to wait for a person; true when it did.
  @discardableResult
  package func expireIfDue(_ id: BatchID) throws(Fault) -> Bool {
    let batch = try queue.batch(id)
    guard batch.state == .approved || batch.state == .halted,
      let approval = try approval(of: batch),
      approval.isExpired(at: store.clock.now())
    else { return false }
    let transaction = try store.begin()
    try queue.move(
      batch, .expire, journal: .approvalExpired,
      ["expired_at_ms": .integer(approval.expiresAt.milliseconds)], in: transaction)
    _ = try transaction.commit()
    return true
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

  /// The rows must be what the journal says was submitted or amended last.
  private func requireJournaled(_ digest: String, of batch: Batch) throws(Fault) {
    let journaled = try queue.journaledDigest(of: batch.id, [.submitted, .amended])
    guard digest == batch.digest, digest == journaled else {
      throw .untrusted("the jobs or terms of \(batch.id) are not the ones that were submitted")
    }
  }

  /// Four eyes: who approves neither submitted the plan nor amended it, by the kernel's logins.
  private func requireSecondLogin(_ batch: Batch, _ person: Person) throws(Fault) {
    guard batch.terms.fourEyes else { return }
    let planners = try queue.journaledLogins(of: batch.id)
    guard let approver = person.uid, !planners.isEmpty, !planners.contains(nil) else {
      throw Fault(
        .notAllowed, "this batch needs a second person, and the kernel does not know who is who",
        hint: "submit and approve from two logins (ssh or console), not from a service or container"
      )
    }
    guard !planners.contains(approver) else {
      throw Fault(
        .notAllowed,
        "\(person.name) submitted or amended this batch, so another person has to approve it",
        hint: "ask somebody else to run `sluice approve \(batch.id)` from their own login")
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

  /// How many jobs an approval covers.
  private func queuedJobs(of batch: Batch) throws(Fault) -> Int {
    try store.first(
      "SELECT count(*) AS jobs FROM job WHERE batch = :batch AND state = 'queued'",
      [":batch": .text(batch.id.text)]
    ) { row throws(Fault) in Int(row.integer("jobs")) } ?? 0
  }

  private func insert(
    _ approval: ApprovalRecord, in transaction: borrowing Transaction
  ) throws(Fault) {
    try transaction.run(
      """
      INSERT INTO approval (batch, digest, approver, approver_uid, approved_at, expires_at, jobs,
                            excluded, note, seal)
      VALUES (:batch, :digest, :approver, :uid, :now, :expires_at, :jobs, :excluded, :note, :seal)
      """,
      [
        ":batch": .text(approval.batch.text), ":digest": .text(approval.digest),
        ":approver": .text(approval.approver), ":uid": .optional(approval.approverUID),
        ":now": .integer(approval.approvedAt.milliseconds),
        ":expires_at": .integer(approval.expiresAt.milliseconds), ":jobs": .integer(approval.jobs),
        ":excluded": .optional(approval.excluded), ":note": .optional(approval.note),
        ":seal": .text(approval.seal),
      ])
  }
}

extension ApprovalRecord {
  /// The approval as the journal keeps it.
  fileprivate var json: JSONValue {
    [
      "digest": .string(digest), "approver": .string(approver),
      "login_uid": .optional(approverUID), "expires_at_ms": .integer(expiresAt.milliseconds),
      "jobs": .integer(Int64(jobs)), "excluded": .optional(excluded), "note": .optional(note),
    ]
  }
}
