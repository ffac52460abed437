package import Domain
package import Journal
internal import Planner
package import Queue
internal import System

/// What one planner was given: the job files it may plan under, and how much.
package struct PlannerAccess: Sendable {
  package let submitter: Submitter
  /// As a person configured them, in that order.
  package let jobFiles: [JobFile]
  package let quota: Quota

  /// An access of exactly these parts.
  package init(submitter: Submitter, jobFiles: [JobFile], quota: Quota) {
    self.submitter = submitter
    self.jobFiles = jobFiles.map(\.forPlanner)
    self.quota = quota
  }
}

/// What has become of jobs that were planned.
package struct PlannedCharges: Equatable, Sendable {
  package let addition: DraftAddition
  /// A cap of the batch that the draft is over by now: what is beyond it will not be charged.
  package let exceededCap: Cap?
}

/// A batch that a draft has become.
package struct SubmittedBatch: Equatable, Sendable {
  package let summary: Summary
  package let situation: BatchSituation

  package var batch: Batch { summary.batch }
}

/// What a planner has going.
package struct PlannerList: Equatable, Sendable {
  /// The oldest first.
  package let drafts: [Draft]
  /// The newest first.
  package let batches: [BatchSituation]
  /// How many batches more there are.
  package let more: Int
}

/// Everything a planner can ask for, one use case each; nothing here approves, runs or decides.
///
/// It sees its own drafts and batches only, and whatever it repeats changes nothing twice.
package struct PlannerDesk {
  let store: Store
  let access: PlannerAccess

  /// The desk of a planner in a home.
  package init(_ store: Store, _ access: PlannerAccess) {
    self.store = store
    self.access = access
  }

  var planner: String { access.submitter.planner }
  var drafts: Drafts { Drafts(store) }
  var queue: JobQueue { JobQueue(store) }
  var batches: BatchDesk { BatchDesk(store) }

  /// Adds jobs to the planner's draft for a job file, all of them or none; the draft is begun when
  /// there is none.
  package func plan(
    _ proposals: [ProposedCharge], under name: String?
  ) throws(Fault) -> PlannerAnswer<PlannedCharges> {
    guard let jobFile = jobFile(name) else { return .refused(noJobFile(name)) }
    guard !proposals.isEmpty else { return .refused(.problems(["there is no job"])) }
    let quota = PlannerQuota(of: planner, access.quota)
    if let refusal = quota.refusal(ofJobs: proposals.count) { return .refused(refusal) }
    var random = SystemRandomNumberGenerator()
    switch try ProposalReader.read(proposals, under: jobFile) {
    case .refused(let refusal): return .refused(refusal)
    case .given(let lines):
      let owner = DraftOwner(
        planner: planner, jobFile: jobFile, quota: access.quota,
        newID: DraftID("draft-" + randomName(length: 12, using: &random)))
      let answer = try drafts.add(lines, for: owner)
      try store.checkpointIfLarge()
      switch answer {
      case .refused(let refusal): return .refused(refusal)
      case .given(let addition):
        let cap = try exceededCap(of: jobFile, by: addition.draft)
        return .given(PlannedCharges(addition: addition, exceededCap: cap))
      }
    }
  }

  /// The first cap of a job file's batches that a draft adds up to more than.
  private func exceededCap(of jobFile: JobFile, by draft: DraftID) throws(Fault) -> Cap? {
    let totals = try drafts.totals(of: draft)
    return jobFile.policy.caps.first { cap in
      cap.per == .batch
        && totals.contains {
          $0.currency == cap.limit.currency && $0.minorUnits > cap.limit.minorUnits
        }
    }
  }

  /// Makes a batch of a draft; a draft that is one already gives the same batch again.
  package func submit(_ id: DraftID) throws(Fault) -> PlannerAnswer<SubmittedBatch> {
    if let batch = try drafts.batch(from: id, of: planner) {
      return .given(try submittedBefore(batch))
    }
    guard let draft = try drafts.draft(id, of: planner) else { return .refused(noDraft(id)) }
    guard let jobFile = jobFile(of: draft) else { return .refused(.anotherJobFile) }
    let (drafts, quota) = (drafts, access.quota)
    let answer = try PlanIntake(store, jobFile, from: access.submitter).queue(
      input(of: draft), draft: id
    ) { jobs, transaction throws(Fault) in
      try drafts.refusalToSubmit(draft, jobs: jobs, quota, in: transaction)
    }
    switch answer {
    case .given(let batch): return .given(try submitted(batch))
    case .refused(let refusal):
      // Somebody else may have submitted it in the meantime: then it is what was asked for.
      guard let batch = try drafts.batch(from: id, of: planner) else { return .refused(refusal) }
      return .given(try submitted(batch))
    }
  }

  /// The batch, once people are told of it: who queued it may have died before that.
  private func submittedBefore(_ id: BatchID) throws(Fault) -> SubmittedBatch {
    let batch = try submitted(id)
    try access.submitter.tellOnce(of: batch.summary, store)
    return batch
  }

  private func submitted(_ id: BatchID) throws(Fault) -> SubmittedBatch {
    SubmittedBatch(
      summary: try queue.summary(of: id), situation: try batches.situation(of: id))
  }

  /// Throws a draft away; says whether there was one.
  package func discard(_ id: DraftID) throws(Fault) -> PlannerAnswer<Bool> {
    if let batch = try drafts.batch(from: id, of: planner) {
      return .refused(
        PlannerRefusal(
          "the draft \(id) was submitted and is the batch \(batch)",
          advice: "only a person can reject or cancel it: tell them"))
    }
    return .given(try drafts.discard(id, of: planner))
  }

  /// The planner's drafts, and its batches, newest first, so many at most.
  package func list(limit: Int = 100) throws(Fault) -> PlannerList {
    let planner = planner
    let own = try batches.list().filter { $0.planner == planner }
    var situations: [BatchSituation] = []
    for batch in own.prefix(limit) { situations.append(try batches.situation(of: batch.id)) }
    return PlannerList(
      drafts: try drafts.drafts(of: planner), batches: situations,
      more: own.count - situations.count)
  }
}

// Finding things.
extension PlannerDesk {
  /// The job file of this name; the only one when none is named.
  func jobFile(_ name: String?) -> JobFile? {
    guard let name else { return access.jobFiles.count == 1 ? access.jobFiles[0] : nil }
    return access.jobFiles.first { $0.name == name }
  }

  /// The job file that a draft was begun under; nil when it is another by now.
  func jobFile(of draft: Draft) -> JobFile? {
    jobFile(draft.jobFile).flatMap { jobFile in
      hex(SHA256.digest(jobFile.bytes)) == draft.jobFileDigest ? jobFile : nil
    }
  }

  private func noJobFile(_ name: String?) -> PlannerRefusal {
    let names = access.jobFiles.map(\.name).joined(separator: ", ")
    return PlannerRefusal(
      name.map { "there is no job file \(quoted($0))" } ?? "job_file is missing",
      advice: "choose one of these by name: \(names)")
  }

  func noDraft(_ id: DraftID) -> PlannerRefusal {
    PlannerRefusal(
      "you have no draft \(quoted(id.text))",
      advice: "see list_batches; plan_charge begins a draft and gives its name")
  }

  func noBatch(_ id: BatchID) -> PlannerRefusal {
    PlannerRefusal(
      "you have no batch \(quoted(id.text))", advice: "see list_batches for your own, by full name")
  }

  /// The planner's own batch of this name.
  func ownBatch(_ id: BatchID) throws(Fault) -> Batch? {
    do throws(Fault) {
      let batch = try queue.batch(id)
      return batch.planner == planner ? batch : nil
    } catch {
      if error.exit == .notFound { return nil }
      throw error
    }
  }

  /// A draft's lines as a plan, page by page.
  func input(of draft: Draft) -> InputFile {
    let (drafts, page) = (drafts, 1000)
    var number = 0
    return InputFile(name: draft.id.text) { () throws(Fault) in
      defer { number += page }
      return try drafts.lines(of: draft.id, after: number, limit: page)
    }
  }
}

extension PlannerRefusal {
  static let anotherJobFile = PlannerRefusal(
    "the job file of this draft was changed or is no longer offered",
    advice: "discard the draft with discard_draft and plan its jobs again")
}
