import Domain
import Journal
import Queue
import Stripe
import Support
import Testing

/// Clocks that are wrong between one run and the next.
@Suite struct ClockFaultTests {
  @Test(arguments: [Milliseconds.days(2), .hours(-2)])
  func `a clock that is set wrong sends nothing and releases no hold`(_ step: Milliseconds) throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2), under: .sample(approvalExpiresIn: .days(7)))
    stripe.onSend = { _ in .instead(.lost("reset")) }
    stripe.onQuestion = { $0 == .time ? nil : .lost("reset") }
    try test.run(id, over: stripe)
    let sends = stripe.sends.count
    let hour = test.clock.now()
    stripe.onQuestion = { question in
      guard question == .time else { return .lost("reset") }
      return .answer(Answer(status: 200, headers: ["date": hour.httpDate], body: Array("{}".utf8)))
    }
    test.clock.step(step)

    let run = #expect(throws: Fault.self) { try test.run(id, over: stripe) }
    _ = try? test.settle(id, over: stripe)

    #expect(run?.exit == .halted)
    #expect(stripe.sends.count == sends)
    #expect(try test.states(id) == [.inDoubt, .queued])
    #expect(try test.budget(of: id).held == 100)
  }

  @Test func `a clock that was ahead once halts nothing for ever`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(3), under: .sample(approvalExpiresIn: .days(7)))
    try test.run(id, over: stripe, limit: 1)
    test.clock.step(.days(2))
    try test.run(id, over: stripe, limit: 1)
    test.clock.step(.days(-2))

    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.charged, .charged, .charged])
    #expect(try SandboxLedger(path: test.home.sandboxPath).total == 300)
  }
}
