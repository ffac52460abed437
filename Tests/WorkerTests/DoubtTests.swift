import Domain
import Journal
import Queue
import Stripe
import Support
import Testing
import Vault

struct DoubtTests {
  @Test func `a lost answer is asked for again with the same key and the same bytes`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2))
    var isFirst = true
    stripe.onSend = { _ in
      defer { isFirst = false }
      return isFirst ? .executed(.lost("reset")) : .pass
    }

    try test.run(id, over: stripe)

    #expect(stripe.sends.map(\.job.number) == [1, 1, 2])
    #expect(stripe.sends[0].idempotencyKey == stripe.sends[1].idempotencyKey)
    #expect(stripe.sends[0].body == stripe.sends[1].body)
    #expect(stripe.sends.map(\.sendNumber) == [1, 2, 1])
    #expect(try test.states(id) == [.charged, .charged])
    #expect(try SandboxLedger(path: test.home.sandboxPath).total == 200)
  }

  @Test(arguments: [429, 401, 403, 400])
  func `a refusal of a re-send is no proof about the first send`(status: Int) throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(1))
    var sends = 0
    stripe.onSend = { _ in
      sends += 1
      switch sends {
      case 1: return .executed(.lost("reset"))
      case 2:
        let code = status == 429 ? "rate_limit" : nil
        return .instead(
          TestStripe.answer(status, type: "invalid_request_error", code: code, at: test.clock))
      default: return .pass
      }
    }

    try test.run(id, over: stripe)
    if try test.states(id) == [.inDoubt] { try test.run(id, over: stripe) }

    #expect(try test.states(id) == [.charged])
    #expect(try SandboxLedger(path: test.home.sandboxPath).charges == ["\(id)#1": 1])
  }

  @Test func `a 503 is asked again eight times at most, then looked up`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2))
    stripe.onSend = { _ in
      .instead(TestStripe.answer(503, type: "api_error", at: test.clock))
    }

    try test.run(id, over: stripe)

    #expect(stripe.sends.count == 8)
    #expect(try test.states(id) == [.unknown, .queued])
    #expect(try test.queue.batch(id).halt?.reason == .unsettled)
  }

  @Test func `after a 409 the same question is asked again`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(1))
    var sends = 0
    stripe.onSend = { _ in
      sends += 1
      return sends == 1
        ? .executed(TestStripe.answer(409, type: "idempotency_error", at: test.clock)) : .pass
    }

    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.charged])
    #expect(try SandboxLedger(path: test.home.sandboxPath).total == 100)
  }

  @Test func `an idempotency error is looked up, and the batch halts`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2))
    stripe.onSend = { _ in
      .executed(TestStripe.answer(400, type: "idempotency_error", at: test.clock))
    }

    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.charged, .queued])
    #expect(try test.queue.batch(id).halt?.reason == .integrity)
  }

  @Test func `a job found sending after a crash is asked again before anything new`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(3))
    try crash(in: test, id, stripe, sendsBefore: 1)

    try test.run(id, over: stripe)

    #expect(stripe.sends.map(\.job.number) == [1, 2, 2, 3])
    #expect(try test.states(id) == [.charged, .charged, .charged])
    #expect(try SandboxLedger(path: test.home.sandboxPath).total == 300)
  }

  @Test func `just under 23 hours of Stripe's time the question is asked again`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2))
    try crash(in: test, id, stripe, sendsBefore: 0)
    test.clock.advance(.minutes(22 * 60 + 59))

    try test.run(id, over: stripe)

    #expect(stripe.sends.map(\.job.number) == [1, 1, 2])
    #expect(try SandboxLedger(path: test.home.sandboxPath).total == 200)
  }

  @Test func `after 23 hours it is only looked up`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2))
    try crash(in: test, id, stripe, sendsBefore: 0)
    test.clock.advance(.minutes(23 * 60 + 1))

    try test.run(id, over: stripe)

    #expect(stripe.sends.map(\.job.number) == [1, 2])
    #expect(try test.states(id) == [.charged, .charged])
  }

  @Test func `what a look-up does not find is unknown and stays held`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2))
    try crash(in: test, id, stripe, sendsBefore: 0, executed: false)
    test.clock.advance(.minutes(23 * 60 + 1))

    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.unknown, .queued])
    #expect(try test.budget(of: id).held == 100)
    #expect(stripe.sends.count == 1)
  }

  @Test func `a stop makes a job in doubt a question only, even to settle`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2))
    try crash(in: test, id, stripe, sendsBefore: 0)
    _ = try StopSwitch(test.store).stop(reason: "wrong list")

    #expect(throws: Fault.self) { try test.run(id, over: stripe) }
    try test.settle(id, over: stripe)

    #expect(stripe.sends.count == 1)
    #expect(try test.states(id) == [.charged, .queued])
  }

  @Test func `under a stop settle takes for unknown what it does not find`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2))
    try crash(in: test, id, stripe, sendsBefore: 0, executed: false)

    try test.settle(id, over: stripe)
    let before = try test.states(id)
    _ = try StopSwitch(test.store, of: id).stop(reason: "wrong list")
    try test.settle(id, over: stripe)

    #expect(before == [.inDoubt, .queued])
    #expect(try test.states(id) == [.unknown, .queued])
    #expect(try test.budget(of: id).held == 100)
    #expect(stripe.sends.count == 1)
  }

  @Test func `a job whose key was revoked while in doubt is looked up only`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2))
    try crash(in: test, id, stripe, sendsBefore: 0)
    let key = try #require(try test.vault.keys(of: id).first)
    _ = try test.vault.revoke(key, reason: nil)

    try test.run(id, over: stripe)

    #expect(stripe.sends.map(\.job.number) == [1, 2])
    #expect(try test.states(id) == [.charged, .charged])
  }

  @Test func `an interrupt in doubt leaves the job in doubt for the next run`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2))
    let signals = TestSignals()
    stripe.onSend = { _ in
      signals.isInterrupted = true
      return .executed(.lost("reset"))
    }

    try test.run(id, over: stripe, signals: signals)
    #expect(try test.states(id) == [.inDoubt, .queued])
    #expect(try test.queue.batch(id).halt?.reason == .interrupted)
    stripe.onSend = { _ in .pass }
    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.charged, .charged])
    #expect(try SandboxLedger(path: test.home.sandboxPath).total == 200)
  }

  /// Leaves a job sending, as a worker does that dies between its claim and the answer.
  private func crash(
    in test: TestHome, _ id: BatchID, _ stripe: TestStripe, sendsBefore: Int, executed: Bool = true
  ) throws {
    var sends = 0
    stripe.onSend = { attempt in
      sends += 1
      guard sends > sendsBefore else { return .pass }
      // From here every write fails, which is a death to the worker.
      try? test.block()
      return executed ? .executed(.lost("died")) : .instead(.lost("died"))
    }
    #expect(throws: Fault.self) { try test.run(id, over: stripe) }
    stripe.onSend = { _ in .pass }
    try test.unblock()
    try test.reopen()
    #expect(try test.states(id)[sendsBefore] == .sending)
  }
}
