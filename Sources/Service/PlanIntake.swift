internal import Approval
package import Domain
package import Journal
package import Notice
internal import Planner
package import Queue
internal import Stripe
package import System

/// Who hands in a plan, and where its requests will go.
package struct Submitter: Sendable {
  package let person: Person
  /// A label that whoever plans gives itself.
  package let planner: String
  package let apiURL: String
  /// How much a planner may hand in; nil for a person, who has no quota.
  let quota: Quota?
  /// Tells people that a batch waits; nil where somebody else does.
  let messenger: Messenger?

  /// A submitter of exactly these parts.
  package init(
    _ person: Person, planner: String, apiURL: String, quota: Quota? = nil,
    messenger: Messenger? = nil
  ) {
    self.person = person
    self.planner = planner
    self.apiURL = apiURL
    self.quota = quota
    self.messenger = messenger
  }
}

extension Submitter {
  /// Tells people that a batch waits for them.
  func tell(of summary: Summary, _ store: Store) throws(Fault) {
    let deadlock = try Approver(store).deadlock(of: summary.batch)
    let notice = Notice.waiting(
      summary, mode: store.facts.mode, because: deadlock.map { [$0.line] } ?? [])
    try messenger?.tell(notice, at: summary.batch.terms.webhookVariable, store)
  }

  /// The same, unless the journal says that they were told of it, or could not be.
  func tellOnce(of summary: Summary, _ store: Store) throws(Fault) {
    guard summary.batch.state == .submitted, summary.jobs(.queued) > 0,
      try store.lastEvent(of: Notice.journalSubject(of: summary.batch.id.text)) == nil
    else { return }
    try tell(of: summary, store)
  }
}

/// Reads a plan and queues it as a batch, for whichever door it came through.
package struct PlanIntake {
  private let store: Store
  private let jobFile: JobFile
  private let submitter: Submitter

  /// The intake of a home for one job file.
  package init(_ store: Store, _ jobFile: JobFile, from submitter: Submitter) {
    self.store = store
    self.jobFile = jobFile
    self.submitter = submitter
  }

  /// Reads a plan to its end and queues nothing; says how many jobs it has, unless it is larger
  /// than the planner's quota lets any plan be.
  package func check(
    _ input: consuming InputFile, format: PlanFormat? = nil
  ) throws(Fault) -> PlannerAnswer<Int> {
    let submission = try staged(input, format, draft: nil)
    let jobs = submission.count
    guard let quota = submitter.quota else { return .given(jobs) }
    let refusal = PlannerQuota(of: submitter.planner, quota)
      .refusal(ofSizeOf: try submission.plan())
    return refusal.map(PlannerAnswer.refused) ?? .given(jobs)
  }

  /// Queues a plan, all of it or nothing, unless the planner's quota is against it.
  package func queue(
    _ input: consuming InputFile, format: PlanFormat? = nil
  ) throws(Fault) -> PlannerAnswer<Summary> {
    let answer = try queue(try staged(input, format, draft: nil))
    try store.checkpointIfLarge()
    switch answer {
    case .refused(let refusal): return .refused(refusal)
    case .given(let id): return .given(try told(id))
    }
  }

  private func queue(_ submission: consuming Submission) throws(Fault) -> PlannerAnswer<BatchID> {
    guard let quota = submitter.quota else { return .given(try submission.submit()) }
    let plan = try submission.plan()
    return try submission.submit { transaction throws(Fault) in
      try PlannerQuota(of: submitter.planner, quota).refusal(of: plan, in: transaction)
    }
  }

  /// Tells people that a batch waits for them; one of nothing but duplicates waits for nobody.
  private func told(_ id: BatchID) throws(Fault) -> Summary {
    let summary = try JobQueue(store).summary(of: id)
    if summary.jobs(.queued) > 0 { try submitter.tell(of: summary, store) }
    return summary
  }

  /// Queues a plan, all of it or nothing; nil where it has no job that is not queued or charged
  /// already.
  ///
  /// Nobody is told: it may need nobody.
  package func queueIfNew(
    _ input: consuming InputFile, format: PlanFormat? = nil
  ) throws(Fault) -> Batch? {
    let submission = try staged(input, format, draft: nil, isGathered: true)
    guard let id = try submission.submitIfNew() else { return nil }
    try store.checkpointIfLarge()
    return try JobQueue(store).batch(id)
  }

  /// Queues what a draft has become, unless the last look finds a reason against so many jobs.
  func queue(
    _ input: consuming InputFile, draft: DraftID,
    unless refusal: (Int, borrowing Transaction) throws(Fault) -> PlannerRefusal?
  ) throws(Fault) -> PlannerAnswer<BatchID> {
    let submission = try staged(input, .jsonLines, draft: draft)
    let jobs = submission.count
    let answer = try submission.submit { transaction throws(Fault) in
      try refusal(jobs, transaction)
    }
    try store.checkpointIfLarge()
    if case .given(let id) = answer { _ = try told(id) }
    return answer
  }

  private func staged(
    _ input: consuming InputFile, _ format: PlanFormat?, draft: DraftID?,
    isGathered: Bool = false
  ) throws(Fault) -> Submission {
    var submission = try Submission(head(source: input.name, draft, isGathered), into: store)
    _ = try PlanReader.read(input, format: format, for: jobFile, mayBeEmpty: isGathered) {
      job throws(Fault) in
      try submission.add(job)
    }
    return submission
  }

  private func head(
    source: String, _ draft: DraftID?, _ isGathered: Bool
  ) -> SubmissionHead {
    var random = SystemRandomNumberGenerator()
    let day = store.clock.now().compactDay
    return SubmissionHead(
      id: BatchID("\(jobFile.name)-\(day)-\(randomName(length: 4, using: &random))"),
      jobFile: jobFile, source: source, planner: submitter.planner, submittedBy: submitter.person,
      apiURL: submitter.apiURL, apiVersion: StripeAPI.version,
      draft: draft, isMetered: draft == nil && submitter.quota != nil,
      isGathered: isGathered)
  }
}
