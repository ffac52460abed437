internal import Approval
internal import Audit
internal import Domain
internal import Journal
internal import Queue
internal import Stripe
internal import Vault

/// A batch that is being drained: what stays the same from its first claim to its last.
struct Running {
  let batch: Batch
  let approvals: [ApprovalRecord]
  let key: VaultKeyID
}

/// What is checked before a batch is drained.
extension Worker {
  /// The batch, if it may be run; throws `notAllowed` with the reason when not.
  func runnable(_ id: BatchID) throws(Fault) -> Batch {
    let end = try approver.expireIfDue(id)
    let batch = try queue.batch(id)
    switch batch.state {
    case .approved, .running, .halted: return batch
    case .submitted:
      throw Fault(
        .notAllowed,
        "\(id) waits for approval" + (end.map { " again: \($0.sentence)" } ?? ""),
        hint: "look at it with `sluice preview \(id)`, then `sluice approve \(id)`")
    case .draft, .finished, .rejected, .cancelled:
      throw Fault(
        .notAllowed, "\(id) is \(batch.state.rawValue); there is nothing to run",
        hint: "see `sluice report \(id)`")
    }
  }

  /// Checks the file, the seals, and that the batch's rows and budgets are what the journal tells.
  func checkFile(of batch: Batch) throws(Fault) {
    ledger = try Audit(store).check(batch)
    guard try queue.journalAgrees(with: batch) else {
      throw .untrusted("\(batch.id) is \(batch.state.rawValue), but the journal says otherwise")
    }
  }

  func requireNoStop(on batch: BatchID) throws(Fault) {
    guard let stop = try StopSwitch.inForce(on: batch, store) else { return }
    let what = stop.batch == nil ? "nothing runs" : "\(batch) does not run"
    throw Fault(
      .halted, "\(what): \(stop.sentence)",
      hint: "lift it with `sluice unstop\(stop.batch.map { " \($0)" } ?? "")`")
  }

  /// Asks Stripe the time before anything is claimed; throws when it does not answer, does not take
  /// the key, or has another time.
  func requireStripe() throws(Fault) {
    switch askTime() {
    case .told: break
    case .refused(let reason):
      throw Fault(
        .configuration, "Stripe does not take the key: \(reason)",
        hint: "check the restricted key and its permissions")
    case .silent(let reason):
      throw Fault(
        .unreachable, "Stripe cannot be reached: \(reason)",
        hint: "nothing was sent; run the command again later")
    }
    if let disagreement = stripeClock.disagreement {
      throw Fault(
        .halted, "nothing is sent while \(disagreement)", hint: "set this machine's clock")
    }
  }

  /// What came of asking Stripe the time.
  enum TimeAnswer {
    case told
    case refused(String)
    case silent(String)
  }

  func askTime() -> TimeAnswer {
    switch connection.ask(.time) {
    case .neverSent(let reason), .lost(let reason): return .silent(reason)
    case .answer(let answer):
      stripeClock.observe(answer.date)
      if answer.status == 401 { return .refused("it answers 401") }
      return answer.date == nil ? .silent("its answer carries no date") : .told
    }
  }

  /// Starts the batch under a key of its own; nil when its plan is not the approved one, which
  /// halts it at once.
  func begin(_ batch: Batch) throws(Fault) -> Running? {
    let digest = try queue.recomputedDigest(of: batch)
    let approved = try queue.journaledDigest(of: batch.id, [.approved])
    let transaction = try store.begin()
    try queue.start(batch, in: transaction)
    let approvals = try approver.approvalsInForce(of: batch)
    guard approver.isApproved(batch, by: approvals), digest == batch.digest, digest == approved
    else {
      let message = "the jobs of \(batch.id) are not the ones that were approved"
      try queue.halt(
        batch.id, Halt(reason: .integrity, number: nil, message: message), in: transaction)
      _ = try transaction.commit()
      return nil
    }
    let key = try vault.issue(
      for: batch.id, policy: batch.terms.policy, using: &random, in: transaction)
    _ = try transaction.commit()
    return Running(batch: batch, approvals: approvals, key: key.id)
  }
}
