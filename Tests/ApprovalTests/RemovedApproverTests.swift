import Approval
import Domain
import Journal
import Queue
import Support
import Testing

/// A token that is taken back while its holder decides decides nothing.
struct RemovedApproverTests {
  private let test: TestHome
  private let ben: Person

  init() throws {
    test = try TestHome()
    ben = try test.token("ben", madeBy: "root")
  }

  @Test func `an approval counts for nothing once its token is taken back`() throws {
    let id = try test.submit(PlannedJob.samples(1))
    let digest = try test.queue.batch(id).digest
    _ = try Approvers(test.store).remove("ben")

    let fault = #expect(throws: Fault.self) {
      try test.approver.approve(id, digest: digest, by: ben)
    }

    #expect(fault?.exit == .notAllowed)
    #expect(fault?.message == "ben is no approver any more")
    #expect(try test.queue.batch(id).state == .submitted)
  }

  @Test func `a new token under the same name is another one`() throws {
    let id = try test.submit(PlannedJob.samples(1))
    let digest = try test.queue.batch(id).digest
    _ = try Approvers(test.store).remove("ben")
    let again = try test.token("ben", madeBy: "root", seed: 2)

    #expect(throws: Fault.self) { try test.approver.approve(id, digest: digest, by: ben) }
    _ = try test.approver.approve(id, digest: digest, by: again)

    #expect(try test.queue.batch(id).state == .approved)
  }

  @Test func `nothing is amended with it`() throws {
    let id = try test.plan(PlannedJob.samples(1))
    _ = try Approvers(test.store).remove("ben")

    #expect(throws: Fault.self) {
      try test.approver.amend(id, caps: [test.money(60_000)], by: ben)
    }

    #expect(try test.queue.batch(id).state == .approved)
  }

  @Test func `nothing is approved beforehand with it`() throws {
    var random = SeededRandom(seed: 7)
    _ = try Approvers(test.store).remove("ben")

    #expect(throws: Fault.self) {
      try StandingApprovals(test.store).approve(
        .sample(),
        within: StandingLimits(
          total: [test.money(900)], perJob: [test.money(900)], jobs: 9,
          until: test.clock.now() + .days(1)),
        by: ben, using: &random)
    }

    #expect(try StandingApprovals(test.store).uses().isEmpty)
  }
}

extension TestHome {
  /// Registers a person, as somebody else, and returns them as their token names them.
  func token(_ name: String, madeBy maker: String, seed: UInt64 = 1) throws -> Person {
    let store = try Store(home: home, clock: clock, actor: maker)
    var random = SeededRandom(seed: name.utf8.reduce(seed) { $0 &* 31 &+ UInt64($1) })
    let (approver, _) = try Approvers(store).add(name, using: &random)
    return Person(name: name, identity: .token(approver.id))
  }
}
