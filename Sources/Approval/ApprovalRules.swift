package import Domain
internal import Journal
package import Queue

/// Who may approve what.
extension Approver {
  /// Four eyes: who approves neither submitted the plan nor amended it.
  func requireSecondPerson(_ batch: Batch, _ person: Person) throws(Fault) {
    guard batch.terms.fourEyes else { return }
    if let deadlock = try deadlock(of: batch) { throw deadlock }
    guard person.identity != nil else {
      throw Fault(
        .notAllowed,
        "this batch needs a second person, and neither the kernel nor a token says who you are",
        hint: Self.howToBeKnown("approve"))
    }
    for planner in try queue.journaledPlanners(of: batch.id) {
      guard planner.isSurelyAnother(than: person) else {
        throw Fault(
          .notAllowed,
          "\(person.name) submitted or amended this batch, so another person has to approve it",
          hint: "ask somebody else to run `sluice approve \(batch.id)` as themselves")
      }
      try Approvers(store).requireUnrelated(person, planner)
    }
  }

  /// Why nobody can approve a batch as it stands, and what to do about it: four eyes need to know
  /// whose plan it is; nil when somebody can.
  package func deadlock(of batch: Batch) throws(Fault) -> Fault? {
    guard batch.terms.fourEyes else { return nil }
    let planners = try queue.journaledPlanners(of: batch.id)
    guard let unknown = planners.first(where: { $0.identity == nil }) else { return nil }
    return Fault(
      .notAllowed,
      "\(batch.id) needs a second person to approve it, and neither the kernel nor a token says "
        + "who \(unknown.name) is, who submitted or amended it",
      hint: "`sluice reject \(batch.id) --reason TEXT`, then \(Self.howToBeKnown("submit it"))")
  }

  private static func howToBeKnown(_ verb: String) -> String {
    "\(verb) from a login (ssh or console), or with a token: `sluice approvers add NAME`, in the "
      + "file that $SLUICE_APPROVER_TOKEN_FILE names"
  }

  /// Who has approved a batch that still waits.
  func approversSoFar(of batch: Batch) throws(Fault) -> [Person] {
    try approvalsThatCount(for: batch).map(\.person)
  }

  /// The approvals in force of a batch; while it waits, without those that have expired since.
  package func approvalsThatCount(for batch: Batch) throws(Fault) -> [ApprovalRecord] {
    let now = store.clock.now()
    return try approvalsInForce(of: batch)
      .filter { batch.state != .submitted || !$0.isExpired(at: now) }
  }

  /// Where two people are required, they are certainly two.
  func requireFirstTime(_ batch: Batch, _ person: Person, _ others: [Person]) throws(Fault) {
    guard batch.terms.approvalsRequired > 1 else { return }
    guard person.identity != nil else {
      throw Fault(
        .notAllowed,
        "this batch needs two people, and neither the kernel nor a token says who you are",
        hint: Self.howToBeKnown("approve"))
    }
    guard others.allSatisfy({ $0.isSurelyAnother(than: person) }) else {
      throw Fault(
        .notAllowed, "\(person.name) has approved this batch, so another person has to as well",
        hint: "ask somebody else to run `sluice approve \(batch.id)` as themselves")
    }
    for other in others { try Approvers(store).requireUnrelated(person, other) }
  }
}

extension Approver {
  /// When and why approvals cease to count.
  package struct End: Equatable, Sendable {
    package let at: Timestamp
    /// What a halt says: "the approval expired at 2026-11-23T10:00:00Z".
    package let sentence: String
    fileprivate let isWithdrawn: Bool

    /// Whether it has come; a withdrawal has, whatever the clock says.
    package func hasCome(at now: Timestamp) -> Bool { isWithdrawn || now >= at }
  }

  /// When these approvals cease to count together: the first to expire, or a standing approval
  /// that is withdrawn; nil for none.
  package func approvalEnd(of approvals: [ApprovalRecord]) throws(Fault) -> End? {
    for id in Set(approvals.compactMap(\.standing)) {
      guard let withdrawal = try StandingApprovals(store).withdrawal(of: id) else { continue }
      let sentence = "\(id) was withdrawn by \(withdrawal.actor)"
      return End(at: withdrawal.at, sentence: sentence, isWithdrawn: true)
    }
    guard let at = approvals.map(\.expiresAt).min() else { return nil }
    return End(at: at, sentence: "the approval expired at \(at)", isWithdrawn: false)
  }

  /// Whether as many people approve a batch as its terms ask for, by rows that are as written.
  package func isApproved(
    _ batch: Batch, by approvals: [ApprovalRecord]
  ) -> Bool {
    guard approvals.allSatisfy({ $0.isAuthentic(in: store) }) else { return false }
    let people = approvals.map(\.person)
    let areDistinct = people.indices.allSatisfy { mine in
      people[..<mine].allSatisfy { people[mine].isSurelyAnother(than: $0) }
    }
    return people.count >= batch.terms.approvalsRequired
      && (batch.terms.approvalsRequired == 1 || areDistinct)
  }
}
