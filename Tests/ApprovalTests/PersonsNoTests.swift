import Approval
import Domain
import Journal
import Queue
import Support
import Testing

/// What a person said no to, no standing approval says yes to the next night.
struct PersonsNoTests {
  @Test func `a reference that a person left out before waits for a person`() throws {
    let test = try TestHome()
    try cover(test)
    let first = try test.submit(PlannedJob.samples(2))
    let digest = try test.queue.batch(first).digest
    _ = try test.approver.approve(first, digest: digest, except: JobNumbers("1"), by: .ben)

    let again = try test.submit(PlannedJob.samples(1))
    let cover = try test.approver.approveIfCovered(again)

    #expect(
      reasons(cover) == [
        "job #1 was left out, given up or found not charged before, "
          + "and a person decides about that"
      ])
    #expect(try test.queue.batch(again).state == .submitted)
  }

  @Test func `a reference of a batch that a person rejected waits for a person`() throws {
    let test = try TestHome()
    try cover(test)
    let first = try test.submit(PlannedJob.samples(2))
    try test.approver.reject(first, reason: "amounts of October")

    let cover = try test.approver.approveIfCovered(try test.submit(PlannedJob.samples(2)))

    #expect(
      reasons(cover) == [
        "job #1 and 1 other was left out, given up or found not charged before, "
          + "and a person decides about that"
      ])
  }

  @Test func `a reference of a batch that a person cancelled waits for a person`() throws {
    let test = try TestHome()
    try cover(test)
    let first = try test.submit(PlannedJob.samples(1))
    _ = try test.approver.approveIfCovered(first)
    _ = try test.approver.cancel(first, reason: "wrong month")

    let cover = try test.approver.approveIfCovered(try test.submit(PlannedJob.samples(1)))

    #expect(
      reasons(cover) == [
        "job #1 was left out, given up or found not charged before, "
          + "and a person decides about that"
      ])
  }

  private func cover(_ test: TestHome) throws {
    var random = SeededRandom(seed: 7)
    _ = try StandingApprovals(test.store).approve(
      .sample(),
      within: StandingLimits(
        total: [test.money(900)], perJob: [test.money(900)], jobs: 9,
        until: test.clock.now() + .days(1)),
      by: .ben, using: &random)
  }

  private func reasons(_ cover: StandingCover) -> [String] {
    switch cover {
    case .approved: []
    case .waits(let reasons): reasons.map { String($0.drop { $0 != ":" }.dropFirst(2)) }
    }
  }
}
