import Approval
import Domain
import Journal
import Queue
import Support
import Testing

@Suite struct DraftTests {
  private let home: TestHome
  private let drafts: Drafts

  init() throws {
    home = try TestHome()
    drafts = Drafts(home.store)
  }

  @Test func `the same line again is the same job`() throws {
    let first = try given(add([.sample(1), .sample(2)]))
    let again = try given(add([.sample(1), .sample(3, "cus_3")]))

    #expect((first.numbers, first.added, first.jobs) == ([1, 2], 2, 2))
    #expect((again.numbers, again.added, again.jobs) == ([1, 3], 1, 3))
    #expect(again.draft == first.draft)
  }

  @Test func `a reference with another content is refused, and so is all that came with it`() throws
  {
    _ = try add([.sample(1)])

    let refused = try refusal(add([.sample(2), .sample(1, "cus_plain", 999, reference: "in_1")]))

    #expect(
      refused.message
        == "cus_plain has the reference \"in_1\" in this draft already, as job #1 with another "
        + "content")
    #expect(refused.advice.contains("or discard the draft with discard_draft"))
    #expect(try drafts.drafts(of: "agent").map(\.jobs) == [1])
  }

  @Test func `a reference that a batch has taken is refused, naming only one's own batch`() throws {
    let batch = try home.submit([.sample(1)])

    let own = try refusal(add([.sample(1)]))
    let other = try refusal(add([.sample(1)], as: "other"))

    #expect(own.message == "the reference \"in_1\" of cus_plain is taken by the job \(batch)#1")
    #expect(
      other.message == "the reference \"in_1\" of cus_plain is taken by a job of another planner")
    #expect(try drafts.drafts(of: "agent") == [])
  }

  @Test func `each planner and job file has a draft of its own, which only its planner sees`()
    throws
  {
    let mine = try given(add([.sample(1)])).draft
    let theirs = try given(add([.sample(1)], as: "other")).draft
    let second = try given(add([.sample(2)], under: .sample("fees"))).draft

    #expect(Set([mine, theirs, second]).count == 3)
    #expect(try drafts.draft(theirs, of: "agent") == nil)
    #expect(try drafts.discard(theirs, of: "agent") == false)
    #expect(try drafts.discard(mine, of: "agent"))
    #expect(try drafts.discard(mine, of: "agent") == false)
    #expect(try drafts.drafts(of: "agent").map(\.id) == [second])
    #expect(try drafts.drafts(of: "other").map(\.jobs) == [1])
  }

  @Test func `a draft is refused once its job file is another`() throws {
    _ = try add([.sample(1)])
    let changed = JobFile(
      name: "overdue", description: nil, operation: .paymentIntentsCreate, currency: .usd,
      source: nil, columns: [:], fields: [:], policy: JobFile.sample().policy,
      approval: JobFile.sample().approval, halt: JobFile.sample().halt, bytes: [1])

    let refused = try refusal(add([.sample(2)], under: changed))

    #expect(refused.message == "the job file was changed since this draft was begun")
  }

  @Test func `submitting makes a batch of the draft in one transaction`() throws {
    let draft = try given(add([.sample(1), .sample(2)])).draft
    let before = try home.store.journalHead()

    try home.block()
    #expect(throws: Fault.self) { try submit(draft) }
    #expect(try drafts.drafts(of: "agent").map(\.jobs) == [2])
    try home.unblock()
    let batch = try given(submit(draft))

    #expect(try home.store.journalHead().sequence == before.sequence + 1)
    #expect(try drafts.drafts(of: "agent") == [])
    #expect(try drafts.batch(from: draft, of: "agent") == batch)
    #expect(try drafts.batch(from: draft, of: "other") == nil)
  }

  @Test func `a draft that grew while it was staged is not submitted`() throws {
    let draft = try given(add([.sample(1), .sample(2)])).draft
    let known = try #require(try drafts.draft(draft, of: "agent"))
    _ = try add([.sample(3)])

    let refused = try refusal(submit(draft, staged: known.jobs))

    #expect(refused.message == "the draft \(draft) was changed while it was being submitted")
    #expect(try home.queue.batches() == [])
  }

  @Test(arguments: [
    "UPDATE draft_job SET line = '{} ' WHERE number = 2", "DELETE FROM draft_job WHERE number = 3",
    "UPDATE draft_job SET amount_minor = 1 WHERE number = 1",
    "INSERT INTO draft_job SELECT draft, 4, 'cus_eve', reference, amount_minor, currency, line, "
      + "content, added_at FROM draft_job WHERE number = 1",
    "UPDATE draft SET job_file_digest = '00'",
  ])
  func `a draft that was changed by hand is not submitted`(sql: String) throws {
    let draft = try given(add([.sample(1)])).draft
    _ = try add([.sample(2), .sample(3)])
    try home.tamper(sql)

    let fault = #expect(throws: Fault.self) { try submit(draft) }

    #expect(fault?.exit == .storage)
    #expect(
      fault?.message
        == "the draft \(draft) is not what was planned: its rows were changed by hand")
    #expect(try home.queue.batches() == [])
    #expect(try drafts.discard(draft, of: "agent"))
  }

  @Test func `quotas say what to do and when to come back`() throws {
    var quota = Quota()
    quota.jobsPerBatch = 3
    quota.jobsPerHour = 4
    quota.totalPerBatch = [Money(minorUnits: 250, currency: .usd)]

    #expect(try refusal(add(PlannedJob.samples(4), quota)).message.contains("3 is the most"))
    #expect(
      try refusal(add(PlannedJob.samples(3), quota)).message
        == "this would be 3.00 usd in one batch, and 2.50 usd is the most for this planner")
    let draft = try given(add(PlannedJob.samples(2), quota)).draft
    _ = try drafts.discard(draft, of: "agent")
    _ = try add(PlannedJob.samples(2), quota)
    let refused = try refusal(add([.sample(9)], under: .sample("fees"), quota))

    #expect(
      refused.message == "this planner may add 4 jobs an hour, and 0 are left of them")
    let wait = try #require(refused.comeBackAt).since(home.clock.now())
    #expect(wait > Milliseconds(0) && wait <= .hours(1))
    home.clock.advance(wait)
    #expect(try given(add([.sample(9)], under: .sample("fees"), quota)).jobs == 1)
  }

  @Test func `so many open batches and no more`() throws {
    var quota = Quota()
    quota.openBatches = 1
    let waiting = try home.submit([.sample(7)], under: .sample("other"))
    let draft = try given(add([.sample(1)])).draft

    let refused = try refusal(submit(draft, quota))
    try home.approver.reject(waiting, reason: "no")

    #expect(
      refused.message
        == "at most 1 of this planner's batches may be open at a time; open now: 1")
    #expect(try drafts.drafts(of: "agent").map(\.jobs) == [1])
    _ = try given(submit(draft, quota))
  }

  private func add(
    _ jobs: [PlannedJob], as planner: String = "agent", under jobFile: JobFile = .sample(),
    _ quota: Quota = Quota()
  ) throws -> PlannerAnswer<DraftAddition> {
    var random = SystemRandomNumberGenerator()
    let owner = DraftOwner(
      planner: planner, jobFile: jobFile, quota: quota,
      newID: DraftID("draft-" + randomName(length: 8, using: &random)))
    return try drafts.add(jobs.map { DraftLine(job: $0, text: "{}") }, for: owner)
  }

  private func submit(
    _ id: DraftID, _ quota: Quota = Quota(), staged: Int? = nil
  ) throws -> PlannerAnswer<BatchID> {
    let draft = try #require(try drafts.draft(id, of: "agent"))
    var submission = try Submission(
      SubmissionHead(
        id: BatchID("\(draft.jobFile)-20261122-\(id.text.suffix(4))"),
        jobFile: .sample(draft.jobFile), source: id.text, planner: "agent", submittedBy: .ana,
        apiURL: "sandbox", apiVersion: "v", draft: id), into: home.store)
    let jobs = staged ?? draft.jobs
    for number in 1...jobs { _ = try submission.add(.sample(number)) }
    let drafts = drafts
    return try submission.submit { transaction throws(Fault) in
      try drafts.refusalToSubmit(draft, jobs: jobs, quota, in: transaction)
    }
  }

  private func given<Value>(_ answer: PlannerAnswer<Value>) throws -> Value {
    guard case .given(let value) = answer else { throw Fault(.badData, "\(answer)") }
    return value
  }

  private func refusal<Value>(_ answer: PlannerAnswer<Value>) throws -> PlannerRefusal {
    guard case .refused(let refusal) = answer else { throw Fault(.badData, "\(answer)") }
    return refusal
  }
}
