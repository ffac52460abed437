import Approval
import Audit
import Domain
import Journal
import Queue
import Sandbox
import Stripe
import Support
import Testing
import Vault

/// What a run makes of rows that the journal does not explain.
struct RunTests {
  @Test(arguments: [
    "UPDATE job SET state = 'declined' WHERE number = 1",
    "UPDATE job SET state = 'queued', settled_at = NULL WHERE number = 1",
    "UPDATE job SET state = 'skipped', skip_reason = 'excluded' WHERE number = 3",
    "UPDATE job SET object = 'ch_other' WHERE number = 1",
    "UPDATE hold SET state = 'voided', posted_minor = NULL WHERE number = 1",
    "DELETE FROM hold WHERE number = 1",
    "UPDATE hold SET posted_minor = 1 WHERE number = 1",
    "UPDATE budget SET spent_minor = 0, spent_on_day_minor = 0, spent_in_month_minor = 0",
    "UPDATE budget SET held_minor = 7 WHERE scope = 'job_file overdue'",
    "UPDATE attempt SET sends = 0 WHERE number = 1",
    "DELETE FROM attempt WHERE number = 1",
    "UPDATE vault_key SET jobs_admitted = 0",
    "UPDATE approval SET expires_at = expires_at + 86400000",
    "UPDATE approval SET approver = 'carl'",
    "UPDATE approval SET seal = 'x'",
    "UPDATE vault_key SET seal = 'x'",
    "UPDATE attempt SET seal = 'x' WHERE number = 1",
    "UPDATE attempt SET body = x'00' WHERE number = 1",
    "INSERT INTO approval SELECT 9, batch, digest, approver, approver_uid, approver_id, "
      + "approved_at, expires_at, jobs, excluded, note, standing, seal FROM approval",
    "UPDATE batch SET state = 'approved', halt_reason = NULL, halt_number = NULL",
    "UPDATE batch SET declined_in_a_row = 0",
    "UPDATE batch SET jobs = 3",
    "UPDATE home SET mode = 'test'",
  ])
  func `a run is refused when a row it draws on was edited`(change: String) throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(
      [
        .sample(1), .sample(2, "cus_decline_lost_card"), .sample(3, "cus_3", 5000), .sample(4),
      ], under: .sample(cap: 900))
    try test.run(id, over: stripe)
    #expect(try test.queue.batch(id).halt?.reason == .capExhausted)
    let sent = stripe.sends.count
    try test.tamper(change)

    let fault = #expect(throws: Fault.self) { try test.run(id, over: stripe) }

    #expect(fault?.exit == .storage)
    #expect(stripe.sends.count == sent)
    #expect(throws: Fault.self) { try Audit(test.store).verify() }
  }

  @Test func `a job made out as declined does not free its reference for another batch`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let first = try test.plan([.sample(1, "cus_1", reference: "in_1")])
    try test.run(first, over: stripe)
    try test.tamper("UPDATE job SET state = 'declined'")
    let second = try test.plan([.sample(1, "cus_1", reference: "in_1")])

    let fault = #expect(throws: Fault.self) { try Audit(test.store).verify() }

    #expect(fault?.message.hasSuffix("\(first)#1 is charged, its row says declined") == true)
    #expect(throws: Fault.self) { try test.run(second, over: stripe) }
    #expect(stripe.sends.count == 1)
  }

  @Test func `what was edited in another batch does not keep a run back`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let old = try test.plan([.sample(1, "cus_decline_lost_card")], under: .sample("old"))
    try test.run(old, over: stripe)
    try test.tamper("UPDATE job SET message = 'other'")
    let id = try test.plan(PlannedJob.samples(1, amount: 500))

    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.charged])
    #expect(throws: Fault.self) { try Audit(test.store).verify() }
  }

  @Test(arguments: SandboxBehavior.byName.map(\.name))
  func `whatever Stripe does, the tables agree with the journal`(behaviour: String) throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan([
      .sample(1, "cus_\(behaviour)"), .sample(2, "cus_\(behaviour)_2", paymentMethod: nil),
      .sample(3),
    ])

    try test.run(id, over: stripe)
    let afterRun = try Audit(test.store).verify()
    test.clock.advance(.days(2))
    try test.settle(id, over: stripe)

    #expect(afterRun.sequence > 5)
    #expect(try Audit(test.store).verify() == test.store.journalHead())
  }
}
