import Approval
import Domain
import Foundation
import Journal
import Queue
import Stripe
import Support
import Testing

/// What must go on between two approvals, and without the journal's end.
struct HalfApprovedTests {
  @Test func `a batch that one of two has approved is no sign of an edited file`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.submit(PlannedJob.samples(2), under: .sample(required: 2))
    let digest = try test.queue.batch(id).digest
    _ = try test.approver.approve(id, digest: digest, by: .ben)

    try test.settle(id, over: stripe)

    #expect(try test.queue.journalAgrees(with: try test.queue.batch(id)))
    try test.tamper("UPDATE batch SET state = 'approved'")
    #expect(try !test.queue.journalAgrees(with: try test.queue.batch(id)))
  }

  @Test func `a standing approval is withdrawn although head is missing`() throws {
    let test = try TestHome()
    var random = SeededRandom(seed: 7)
    let standing = try StandingApprovals(test.store).approve(
      .sample(),
      within: StandingLimits(
        total: [test.money(900)], perJob: [test.money(900)], jobs: 9,
        until: test.clock.now() + .days(1)),
      by: .ben, using: &random)
    try FileManager.default.removeItem(atPath: test.home.headPath)
    try test.reopen()

    #expect(try StandingApprovals(test.store).withdraw(standing.id, reason: "enough"))

    #expect(!FileManager.default.fileExists(atPath: test.home.headPath))
  }
}
