import Approval
import Domain
import Journal
import Queue
import Support
import Testing

/// Nobody is two people by another name, another token or an older amendment.
struct OnePersonTests {
  @Test(arguments: [
    ("eve", "eve (sudo: zed)"), ("eve (sudo: zed)", "eve"), ("eve", "Eve"),
    ("eve (sudo: zed)", "EVE (sudo: ann)"),
  ])
  func `a claim of sudo or a capital letter makes nobody another person`(
    mine: String, theirs: String
  ) {
    let login = Person(name: mine, uid: 1002)
    let token = Person(name: theirs, identity: .token(ApproverID("ap_id_x")))

    #expect(!login.isSurelyAnother(than: token))
    #expect(!token.isSurelyAnother(than: login))
  }

  @Test func `who amended under a claim of sudo does not approve with a token`() throws {
    let test = try TestHome()
    let id = try test.plan(PlannedJob.samples(1), under: .sample(fourEyes: true))
    let amended = try test.approver.amend(
      id, caps: [test.money(60_000)], by: Person(name: "eve (sudo: zed)", uid: 1002))
    let eve = try test.token("eve", madeBy: "root")

    let fault = #expect(throws: Fault.self) {
      try test.approver.approve(id, digest: amended.digest, by: eve)
    }

    #expect(fault?.exit == .notAllowed)
    #expect(try test.queue.batch(id).state == .submitted)
  }

  @Test func `a standing approval does not cover what its giver planned under a claim of sudo`()
    throws
  {
    let test = try TestHome()
    let jobFile = JobFile.sample(fourEyes: true)
    var random = SeededRandom(seed: 7)
    let eve = try test.token("eve", madeBy: "root")
    _ = try StandingApprovals(test.store).approve(
      jobFile,
      within: StandingLimits(
        total: [test.money(900)], perJob: [test.money(900)], jobs: 9,
        until: test.clock.now() + .days(1)),
      by: eve, using: &random)
    let id = try test.plan(PlannedJob.samples(1), under: jobFile)
    // The same cap again: the digest is the one that was submitted.
    _ = try test.approver.amend(
      id, caps: [test.money(50_000)], by: Person(name: "eve (sudo: zed)", uid: nil))

    _ = try test.approver.approveIfCovered(id)

    #expect(try test.queue.batch(id).state == .submitted)
  }

  @Test func `who amended a batch does not approve it after another has amended it again`() throws {
    let test = try TestHome()
    let id = try test.plan(PlannedJob.samples(1), under: .sample(fourEyes: true))
    let first = try test.approver.amend(id, caps: [test.money(60_000)], by: .eve)
    _ = try test.approver.approve(id, digest: first.digest, by: .ben)
    let again = try test.approver.amend(id, caps: [test.money(70_000)], by: .ana)

    let fault = #expect(throws: Fault.self) {
      try test.approver.approve(id, digest: again.digest, by: .eve)
    }

    #expect(fault?.exit == .notAllowed)
    #expect(try test.queue.batch(id).state == .submitted)
  }
}
