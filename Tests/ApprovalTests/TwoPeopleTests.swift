import Approval
import Domain
import Journal
import Queue
import Stripe
import Support
import Testing

struct TwoPeopleTests {
  @Test func `where two are required, the first leaves the batch waiting`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let (id, digest) = try submit(to: test)

    _ = try test.approver.approve(id, digest: digest, by: .ben)
    let half = try test.queue.batch(id).state
    let early = #expect(throws: Fault.self) { try test.run(id, over: stripe) }
    _ = try test.approver.approve(id, digest: digest, by: .eve)
    try test.run(id, over: stripe)

    #expect(half == .submitted)
    #expect(early?.exit == .notAllowed)
    #expect(try test.states(id) == [.charged, .charged])
    #expect(try test.approver.approvals(of: id).map(\.approver) == ["ben", "eve"])
    try test.store.verifyChain()
  }

  @Test(arguments: [
    Person.ben, Person(name: "ben", uid: 1002), Person(name: "benjamin", uid: 1001),
    Person(name: "nobody", uid: nil), Person(name: "ben", identity: .token(ApproverID("ap_id_x"))),
  ])
  func `one person does not count twice, by name or by login`(second: Person) throws {
    let test = try TestHome()
    let (id, digest) = try submit(to: test)
    _ = try test.approver.approve(id, digest: digest, by: .ben)

    let fault = #expect(throws: Fault.self) {
      try test.approver.approve(id, digest: digest, by: second)
    }

    #expect(fault?.exit == .notAllowed)
    #expect(try test.queue.batch(id).state == .submitted)
    #expect(try test.approver.approvals(of: id).count == 1)
  }

  @Test func `the first approval does not outlast its time`() throws {
    let test = try TestHome()
    let (id, digest) = try submit(to: test)
    _ = try test.approver.approve(id, digest: digest, by: .ben)
    test.clock.advance(.hours(24))

    _ = try test.approver.approve(id, digest: digest, by: .eve)
    let alone = try test.queue.batch(id).state
    _ = try test.approver.approve(id, digest: digest, by: .ben)

    #expect(alone == .submitted)
    #expect(try test.queue.batch(id).state == .approved)
  }

  @Test func `both approvals end when the first of them does`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let (id, digest) = try submit(to: test)
    _ = try test.approver.approve(id, digest: digest, by: .ben)
    test.clock.advance(.hours(23))
    _ = try test.approver.approve(id, digest: digest, by: .eve)
    test.clock.advance(.hours(1))

    let late = #expect(throws: Fault.self) { try test.run(id, over: stripe) }

    #expect(late?.exit == .notAllowed)
    #expect(try test.queue.batch(id).state == .submitted)
  }

  @Test func `an approval of the plan before it was amended does not count`() throws {
    let test = try TestHome()
    let (id, digest) = try submit(to: test)
    _ = try test.approver.approve(id, digest: digest, by: .ben)
    _ = try test.approver.approve(id, digest: digest, by: .eve)
    let cap = test.money(50_000)
    // The same cap again: the digest is the one that both approved.
    let amended = try test.approver.amend(id, caps: [cap], by: .ana)

    _ = try test.approver.approve(id, digest: amended.digest, by: .ben)

    #expect(amended.digest == digest)
    #expect(try test.queue.batch(id).state == .submitted)
  }

  @Test func `what one of the two leaves out is not charged`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let (id, digest) = try submit(to: test)
    _ = try test.approver.approve(id, digest: digest, except: JobNumbers("1"), by: .ben)
    _ = try test.approver.approve(id, digest: digest, by: .eve)

    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.skipped, .charged])
  }

  @Test func `a journal that tells of one approval stops a batch that has two rows`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let (id, digest) = try submit(to: test)
    _ = try test.approver.approve(id, digest: digest, by: .ben)
    try test.tamper("UPDATE batch SET state = 'approved'")

    #expect(throws: Fault.self) { try test.run(id, over: stripe) }

    #expect(try test.states(id) == [.queued, .queued])
  }

  private func submit(to test: TestHome) throws -> (id: BatchID, digest: String) {
    let id = try test.submit(PlannedJob.samples(2), under: .sample(required: 2))
    return (id, try test.queue.batch(id).digest)
  }
}
