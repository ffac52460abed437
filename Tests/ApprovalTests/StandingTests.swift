import Approval
import Domain
import Journal
import Queue
import Stripe
import Support
import Testing

struct StandingTests {
  @Test func `what fits goes ahead, and counts over the life of the standing approval`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    try approve(test, total: 500, jobs: 4)
    let first = try test.submit(PlannedJob.samples(3))

    let cover = try test.approver.approveIfCovered(first)
    try test.run(first, over: stripe)
    let second = try test.submit([.sample(1, "cus_4", reference: "in_4")])
    let third = try test.submit([.sample(1, "cus_5", reference: "in_5")])

    #expect(cover.standing != nil)
    #expect(try test.states(first) == [.charged, .charged, .charged])
    #expect(try test.approver.approveIfCovered(second).standing != nil)
    #expect(
      try test.approver.approveIfCovered(third).reasons
        == ["it covers 0 more jobs, the batch has 1"])
    #expect(try test.queue.batch(third).state == .submitted)
    let use = try #require(try StandingApprovals(test.store).uses().first)
    #expect(use.jobs == 4)
    #expect(use.amounts == [test.money(400)])
    try test.store.verifyChain()
  }

  @Test(arguments: [
    (Int64(299), Int64(100), 3, "it covers 2.99 usd more, the batch may move 3.00 usd"),
    (300, 99, 3, "it covers jobs of up to 0.99 usd, the largest is 1.00 usd"),
    (300, 100, 2, "it covers 2 more jobs, the batch has 3"),
  ])
  func `what does not fit waits, and it is told why`(
    total: Int64, perJob: Int64, jobs: Int, reason: String
  ) throws {
    let test = try TestHome()
    try approve(test, total: total, perJob: perJob, jobs: jobs)
    let id = try test.submit(PlannedJob.samples(3))

    let cover = try test.approver.approveIfCovered(id)

    #expect(cover.reasons == [reason])
    #expect(try test.queue.batch(id).state == .submitted)
  }

  @Test func `limits that are met exactly cover`() throws {
    let test = try TestHome()
    try approve(test, total: 300, perJob: 100, jobs: 3)
    let id = try test.submit(PlannedJob.samples(3))

    #expect(try test.approver.approveIfCovered(id).standing != nil)
  }

  @Test func `a batch counts with its cap where that is less than its total`() throws {
    let test = try TestHome()
    try approve(test, total: 200, jobs: 10, for: .sample(cap: 200))
    let id = try test.submit(PlannedJob.samples(5), under: .sample(cap: 200))

    #expect(try test.approver.approveIfCovered(id).standing != nil)
    #expect(try StandingApprovals(test.store).uses().first?.amounts == [test.money(200)])
  }

  @Test func `a currency without a limit is not covered`() throws {
    let test = try TestHome()
    let yen = JobFile.sample(currency: .jpy)
    try approve(test, for: yen)
    let id = try test.submit([.sample(1, currency: .jpy)], under: yen)

    #expect(try test.approver.approveIfCovered(id).reasons == ["it covers nothing in jpy"])
  }

  @Test func `a reference that was declined before waits for a person`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    try approve(test)
    let job = PlannedJob.sample(1, "cus_decline_lost_card_1")
    let first = try test.submit([job])
    _ = try test.approver.approveIfCovered(first)
    try test.run(first, over: stripe)
    #expect(try test.states(first) == [.declined])

    let again = try test.submit([job, .sample(2, "cus_2")])
    let cover = try test.approver.approveIfCovered(again)

    #expect(cover.reasons == ["job #1 was declined before, and a person decides about that"])
    #expect(try test.queue.batch(again).state == .submitted)
    try test.approve(again)
    #expect(try test.queue.batch(again).state == .approved)
  }

  @Test func `a job file that has changed is not covered`() throws {
    let test = try TestHome()
    try approve(test)
    let edited = JobFile.sample(bytes: "{ }")
    let id = try test.submit(PlannedJob.samples(1), under: edited)

    #expect(
      try test.approver.approveIfCovered(id).reasons
        == ["the job file has changed since it was approved"])
  }

  @Test func `what a planner handed in is not what a billing run gathered`() throws {
    let test = try TestHome()
    try approve(test)
    let id = try test.submit(PlannedJob.samples(1), isGathered: false)

    #expect(
      try test.approver.approveIfCovered(id).reasons == ["the batch was handed in by a planner"])
  }

  @Test func `a batch whose approval has expired waits for a person`() throws {
    let test = try TestHome()
    let id = try test.plan(PlannedJob.samples(1))
    test.clock.advance(.hours(24))
    _ = try test.approver.expireIfDue(id)
    try approve(test)

    #expect(try test.approver.approveIfCovered(id).reasons == ["the batch was approved before"])
  }

  @Test func `what only ran out is covered again, and counts once`() throws {
    let test = try TestHome()
    try approve(test, total: 300, jobs: 3)
    let id = try test.submit(PlannedJob.samples(3))
    _ = try test.approver.approveIfCovered(id)
    test.clock.advance(.hours(24))
    _ = try test.approver.expireIfDue(id)

    let again = try test.approver.approveIfCovered(id)

    #expect(again.standing != nil)
    let use = try #require(try StandingApprovals(test.store).uses().first)
    #expect(use.jobs == 3)
    #expect(use.amounts == [test.money(300)])
  }

  @Test func `a stop keeps it from using up its limits`() throws {
    let test = try TestHome()
    try approve(test)
    let id = try test.submit(PlannedJob.samples(1))
    _ = try StopSwitch(test.store, of: id).stop(reason: "ask")

    guard case .waits(let reasons) = try test.approver.approveIfCovered(id) else {
      return #expect(Bool(false), "it was approved under a stop")
    }
    #expect(reasons.count == 1 && reasons[0].hasSuffix(": ask"))
    #expect(try StandingApprovals(test.store).uses().first?.jobs == 0)
  }

  @Test func `a batch that was amended waits for a person`() throws {
    let test = try TestHome()
    try approve(test)
    let id = try test.submit(PlannedJob.samples(1))
    _ = try test.approver.approveIfCovered(id)
    _ = try test.approver.amend(id, caps: [test.money(90_000)], by: .ana)

    #expect(try test.approver.approveIfCovered(id).reasons == ["the batch was amended"])
  }

  @Test func `it ends on its day`() throws {
    let test = try TestHome()
    try approve(test, lasting: .hours(30))
    let early = try test.submit([.sample(1, "cus_1")])
    let late = try test.submit([.sample(1, "cus_2", reference: "in_2")])

    let cover = try test.approver.approveIfCovered(early)
    test.clock.advance(.hours(30))

    #expect(cover.standing != nil)
    #expect(
      try test.approver.approveIfCovered(late).reasons.first?.hasPrefix("it ended at ") == true)
  }

  @Test func `an approval under it does not outlast it`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    try approve(test, lasting: .hours(2))
    let id = try test.submit([.sample(1)])
    _ = try test.approver.approveIfCovered(id)
    test.clock.advance(.hours(2))

    let fault = #expect(throws: Fault.self) { try test.run(id, over: stripe) }

    #expect(fault?.exit == .notAllowed)
  }

  @Test func `withdrawn in the middle of a run, it halts the batch at the next claim`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let standing = try approve(test)
    let id = try test.submit(PlannedJob.samples(3))
    _ = try test.approver.approveIfCovered(id)
    stripe.onSend = { _ in
      _ = try? StandingApprovals(test.store).withdraw(standing.id, reason: "enough")
      return .pass
    }

    try test.run(id, over: stripe)
    let halted = try test.queue.batch(id)
    let again = #expect(throws: Fault.self) { try test.run(id, over: stripe) }

    #expect(try test.states(id) == [.charged, .queued, .queued])
    #expect(halted.halt?.reason == .approvalExpired)
    #expect(halted.halt?.message == "\(standing.id) was withdrawn by ana")
    #expect(again?.exit == .notAllowed)
    #expect(try test.queue.batch(id).state == .submitted)
    #expect(try test.approver.approveIfCovered(id).reasons == ["it was withdrawn"])
  }

  @Test func `withdrawing twice changes nothing more`() throws {
    let test = try TestHome()
    let standing = try approve(test)

    #expect(try StandingApprovals(test.store).withdraw(standing.id, reason: nil))
    #expect(try !StandingApprovals(test.store).withdraw(standing.id, reason: nil))
  }

  @Test func `under four eyes nobody covers what a token of their making planned`() throws {
    let test = try TestHome()
    let nightly = try test.token("nightly", madeBy: "ben")
    try approve(test, for: .sample(fourEyes: true), by: .ben)
    let id = try test.submit(
      PlannedJob.samples(1), under: .sample(fourEyes: true), by: nightly)

    #expect(
      try test.approver.approveIfCovered(id).reasons
        == ["the token of nightly comes from ben, so the two may be one person"])
  }

  @Test func `under four eyes a service without a login may have made its approver's token`()
    throws
  {
    let test = try TestHome()
    let ana = try test.token("ana", madeBy: "billing")
    try approve(test, for: .sample(fourEyes: true), by: ana)
    let id = try test.submit(
      PlannedJob.samples(1), under: .sample(fourEyes: true),
      by: Person(name: "billing", identity: nil))

    #expect(try test.approver.approveIfCovered(id).standing != nil)
  }

  @Test func `under four eyes nobody covers a plan of their own`() throws {
    let test = try TestHome()
    try approve(test, for: .sample(fourEyes: true), by: .ana)
    let id = try test.submit(PlannedJob.samples(1), under: .sample(fourEyes: true))

    #expect(try test.approver.approveIfCovered(id).reasons == ["ana submitted the batch"])
  }

  @Test func `under four eyes nobody unknown gives one`() throws {
    let test = try TestHome()

    let fault = #expect(throws: Fault.self) {
      try approve(
        test, for: .sample(fourEyes: true), by: Person(name: "root", identity: nil))
    }

    #expect(fault?.exit == .notAllowed)
  }

  @Test func `it does not stand for two people`() throws {
    let test = try TestHome()

    let fault = #expect(throws: Fault.self) { try approve(test, for: .sample(required: 2)) }

    #expect(fault?.exit == .notAllowed)
  }

  @Test func `an approval row cannot be passed off as given under another one`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    try approve(test)
    let id = try test.submit(PlannedJob.samples(1))
    _ = try test.approver.approveIfCovered(id)
    try test.tamper("UPDATE approval SET standing = NULL")

    #expect(throws: Fault.self) { try test.run(id, over: stripe) }

    #expect(try test.states(id) == [.queued])
  }

  @discardableResult
  private func approve(
    _ test: TestHome, total: Int64 = 100_000, perJob: Int64 = 10_000, jobs: Int = 100,
    lasting: Milliseconds = .days(30), for jobFile: JobFile = .sample(), by person: Person = .ben
  ) throws -> StandingApproval {
    let limits = StandingLimits(
      total: [test.money(total)], perJob: [test.money(perJob)], jobs: jobs,
      until: test.clock.now() + lasting)
    var random = SeededRandom(seed: 7)
    return try StandingApprovals(test.store).approve(
      jobFile, within: limits, by: person, using: &random)
  }
}

extension StandingCover {
  /// The standing approval that covered; nil when the batch waits.
  fileprivate var standing: StandingID? {
    switch self {
    case .approved(let approval): approval.standing
    case .waits: nil
    }
  }

  /// Why the batch waits, without the names of standing approvals.
  fileprivate var reasons: [String] {
    switch self {
    case .approved: []
    case .waits(let reasons):
      reasons.map { String($0.drop { $0 != ":" }.dropFirst(2)) }
    }
  }
}
