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
    let stripe = try TestStripe(test, clock: TestClock())
    let jobFile = JobFile.sample(approvalExpiresIn: .days(7))
    let halted = try test.plan(PlannedJob.samples(2), under: jobFile)
    stripe.onSend = { _ in
      test.clock.step(.days(2))
      return .pass
    }
    try test.run(halted, over: stripe)
    stripe.onSend = { _ in .pass }
    // People go on while the clock is ahead.
    let approved = try test.plan([.sample(1, "cus_3", reference: "in_3")], under: jobFile)
    for batch in [halted, approved] {
      let fault = #expect(throws: Fault.self) { try test.run(batch, over: stripe) }
      #expect(fault?.exit == .halted)
    }
    #expect(try test.queue.batch(halted).halt?.reason == .clock)
    #expect(try test.states(halted) == [.charged, .queued])
    #expect(try test.states(approved) == [.queued])
    #expect(stripe.sends.count == 1)
    test.clock.step(.days(-2))

    for batch in [halted, approved] { try test.run(batch, over: stripe) }

    #expect(try test.states(halted) == [.charged, .charged])
    #expect(try test.states(approved) == [.charged])
    #expect(try SandboxLedger(path: test.home.sandboxPath).total == 300)
  }
}
