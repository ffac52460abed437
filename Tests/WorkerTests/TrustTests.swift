import Approval
import Domain
import Foundation
import Journal
import Queue
import Stripe
import Support
import Testing
import Vault
import Worker

struct TrustTests {
  @Test(arguments: [
    "UPDATE job SET amount_minor = 9900 WHERE number = 2",
    "UPDATE job SET account = 'cus_thief' WHERE number = 2",
    "UPDATE job SET currency = 'eur' WHERE number = 2",
    "UPDATE job SET payment_method = 'pm_other' WHERE number = 2",
    "UPDATE job SET reference = 'in_9' WHERE number = 2",
    "DELETE FROM job WHERE number = 3",
    "INSERT INTO job (batch, number, line, family, account, amount_minor, currency, operation, "
      + "reference, metadata, seal, state) SELECT batch, 4, 5, family, 'cus_thief', 100, currency, "
      + "operation, 'in_4', '{}', seal, 'queued' FROM job WHERE number = 1",
    "UPDATE batch SET terms = replace(terms, '50000', '99999')",
  ])
  func `a plan that was changed after approval is not sent`(change: String) throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(3))
    try test.tamper(change)

    try test.run(id, over: stripe)

    #expect(stripe.sends.isEmpty)
    #expect(try test.queue.batch(id).halt?.reason == .integrity)
  }

  @Test(arguments: [
    "UPDATE job SET amount_minor = 9900 WHERE number = 2",
    "UPDATE vault_key SET policy = replace(policy, '50000', '90000')",
    "UPDATE vault_key SET expires_at = expires_at + 1",
  ])
  func `what is changed during a run halts it at the next claim`(change: String) throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(3))
    stripe.onSend = { _ in
      try? test.tamper(change)
      return .pass
    }

    try test.run(id, over: stripe)

    #expect(stripe.sends.count == 1)
    #expect(try test.queue.batch(id).halt?.reason == .integrity)
  }

  @Test func `a charged job that is set back to queued by hand is not charged again`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(3), under: .sample(cap: 200))
    try test.run(id, over: stripe)
    _ = try test.approver.amend(id, caps: [Money(minorUnits: 900, currency: .usd)], by: .ana)
    try test.approve(id)
    try test.tamper("UPDATE job SET state = 'queued' WHERE number = 1")

    let fault = #expect(throws: Fault.self) { try test.run(id, over: stripe) }

    #expect(stripe.sends.map(\.job.number) == [1, 2])
    #expect(fault?.message.hasSuffix("\(id)#1 is charged, its row says queued") == true)
  }

  @Test func `a batch set to approved by hand does not run`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.submit(PlannedJob.samples(1))
    try test.tamper("UPDATE batch SET state = 'approved'")

    let fault = #expect(throws: Fault.self) { try test.run(id, over: stripe) }

    #expect(fault?.exit == .storage)
    #expect(stripe.sends.isEmpty)
  }

  @Test(arguments: [
    "INSERT INTO budget SELECT 'batch ' || id, 'usd', 0, 1, 0, 0, 0, 0 FROM batch",
    "INSERT INTO budget SELECT 'home', 'usd', 1, 0, 0, 0, 0, 0 FROM batch",
  ])
  func `a budget that does not match the journal stops the run before it starts`(
    change: String
  ) throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(1))
    try test.tamper(change)

    let fault = #expect(throws: Fault.self) { try test.run(id, over: stripe) }

    #expect(fault?.exit == .storage)
    #expect(stripe.sends.isEmpty)
  }

  @Test func `a run that cannot write head sends nothing`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(1))
    try FileManager.default.createDirectory(
      atPath: test.home.headPath + ".new", withIntermediateDirectories: false)

    let fault = #expect(throws: Fault.self) { try test.run(id, over: stripe) }

    #expect(fault?.exit == .storage)
    #expect(stripe.sends.isEmpty)
  }

  @Test(arguments: ["account = 'cus_other'", "amount_minor = 1", "operation = 'charges.create'"])
  func `a job in doubt that was edited is neither looked up nor settled by anyone`(
    change: String
  ) throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(1))
    try leaveInDoubt(test, stripe, id)
    try test.tamper("UPDATE job SET \(change)")
    test.clock.advance(.days(2))

    let settle = #expect(throws: Fault.self) { try test.settle(id, over: stripe) }
    let resolve = #expect(throws: Fault.self) {
      try test.resolve(JobID(batch: id, number: 1), .charged(object: "pi_x"), over: stripe)
    }

    #expect(settle?.message == "\(id)#1 is not what was approved")
    #expect(resolve?.message == "\(id)#1 is not what was approved")
    #expect(try test.states(id) == [.inDoubt])
    #expect(try test.budget(of: id).held == 100)
  }

  @Test func `an answer to a job that changed meanwhile is kept as evidence, exit 74`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2))
    stripe.onSend = { _ in
      try? test.tamper("UPDATE attempt SET sends = 7")
      return .pass
    }

    let fault = #expect(throws: Fault.self) { try test.run(id, over: stripe) }

    #expect(fault?.exit == .storage)
    #expect(stripe.sends.count == 1)
    #expect(try test.store.lastEvent(of: "\(id)#1")?.event == "evidence")
    #expect(try test.states(id) == [.sending, .queued])
  }

  @Test func `two workers on one batch: the second is told that it is busy`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(1))
    var second: Fault?
    stripe.onSend = { _ in
      do throws(Fault) {
        _ = try test.home.lock(id)
      } catch {
        second = error
      }
      return .pass
    }

    try test.run(id, over: stripe)

    #expect(second?.exit == .busy)
  }
}
