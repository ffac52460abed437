import Approval
import Domain
import Journal
import Queue
import Support
import Testing

/// A token is also its maker's, and proves no second person beside them.
struct MadeTokenTests {
  @Test(arguments: [["ana"], ["ANA (sudo: zed)"], ["ana", "zoe"], ["ana", "zoe", "kim"]])
  func `who submitted does not approve with a token of their own making`(chain: [String]) throws {
    let test = try TestHome()
    var maker = chain[0]
    for name in chain.dropFirst() {
      _ = try test.token(name, madeBy: maker)
      maker = name
    }
    let eve = try test.token("eve", madeBy: maker)
    let id = try test.submit(PlannedJob.samples(1), under: .sample(fourEyes: true))

    let fault = refusal(of: id, by: eve, in: test)

    #expect(fault?.exit == .notAllowed)
    #expect(fault?.message == "the token of eve comes from ana, so the two may be one person")
    #expect(try test.queue.batch(id).state == .submitted)
  }

  @Test func `a token that somebody else made is a second person's`() throws {
    let test = try TestHome()
    let eve = try test.token("eve", madeBy: "root")
    let id = try test.submit(PlannedJob.samples(1), under: .sample(fourEyes: true))

    #expect(refusal(of: id, by: eve, in: test) == nil)
    #expect(try test.queue.batch(id).state == .approved)
  }

  @Test func `who amended made the approver's token`() throws {
    let test = try TestHome()
    let ben = try test.token("ben", madeBy: "root")
    let eve = try test.token("eve", madeBy: "ben")
    let id = try test.plan(PlannedJob.samples(1), under: .sample(fourEyes: true))
    _ = try test.approver.amend(id, caps: [test.money(60_000)], by: ben)

    #expect(refusal(of: id, by: eve, in: test)?.exit == .notAllowed)
  }

  @Test func `who approves made the token that the plan was submitted with`() throws {
    let test = try TestHome()
    let ben = try test.token("ben", madeBy: "root")
    let nightly = try test.token("nightly", madeBy: "ben")
    let id = try test.plan(PlannedJob.samples(1), under: .sample(fourEyes: true))
    _ = try test.approver.amend(id, caps: [test.money(60_000)], by: nightly)

    #expect(refusal(of: id, by: ben, in: test)?.exit == .notAllowed)
  }

  @Test(arguments: [true, false])
  func `where two are required, neither made the other's token`(isMakerFirst: Bool) throws {
    let test = try TestHome()
    let ben = try test.token("ben", madeBy: "root")
    let eve = try test.token("eve", madeBy: "ben")
    let id = try test.submit(PlannedJob.samples(1), under: .sample(required: 2))
    #expect(refusal(of: id, by: isMakerFirst ? ben : eve, in: test) == nil)

    let fault = refusal(of: id, by: isMakerFirst ? eve : ben, in: test)

    #expect(fault?.message == "the token of eve comes from ben, so the two may be one person")
    #expect(try test.queue.batch(id).state == .submitted)
  }

  private func refusal(of id: BatchID, by person: Person, in test: TestHome) -> Fault? {
    do throws(Fault) {
      _ = try test.approver.approve(id, digest: test.queue.batch(id).digest, by: person)
      return nil
    } catch {
      return error
    }
  }
}
