import Approval
import Domain
import Queue
import Stripe
import Support
import Testing
import Vault

struct HaltTests {
  @Test func `a stop during a run takes effect at the next claim`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(3))
    stripe.onSend = { _ in
      _ = try? StopSwitch(test.store).stop(reason: "wrong list")
      return .pass
    }

    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.charged, .queued, .queued])
    #expect(try test.queue.batch(id).halt?.reason == .stopped)
    #expect(throws: Fault.self) { try test.run(id, over: stripe) }
    #expect(try StopSwitch(test.store).lift())
    stripe.onSend = { _ in .pass }
    try test.run(id, over: stripe)
    #expect(try test.states(id) == [.charged, .charged, .charged])
  }

  @Test func `a revoked key stops the batch before Stripe is called again`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(3))
    stripe.onSend = { _ in
      if let key = try? test.vault.keys(of: id).first {
        _ = try? test.vault.revoke(key, reason: "enough")
      }
      return .pass
    }

    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.charged, .queued, .queued])
    #expect(try test.queue.batch(id).halt?.reason == .keyRevoked)
    #expect(try test.queue.summary(of: id).exit == .halted)
  }

  @Test func `a key that expires during a run stops it`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(3), under: .sample(keyExpiresIn: .minutes(1)))
    stripe.onSend = { _ in
      test.clock.advance(.minutes(1))
      return .pass
    }

    try test.run(id, over: stripe)

    #expect(try test.queue.batch(id).halt?.reason == .keyExpired)
    #expect(stripe.sends.count == 1)
  }

  @Test func `an approval that expires during a run stops it, and it waits for a person`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(3), under: .sample(approvalExpiresIn: .minutes(1)))
    stripe.onSend = { _ in
      test.clock.advance(.minutes(1))
      return .pass
    }

    try test.run(id, over: stripe)
    #expect(try test.queue.batch(id).halt?.reason == .approvalExpired)
    let fault = #expect(throws: Fault.self) { try test.run(id, over: stripe) }

    #expect(fault?.exit == .notAllowed)
    #expect(try test.queue.batch(id).state == .submitted)
    #expect(stripe.sends.count == 1)
  }

  @Test func `an interrupt settles the request in flight and halts`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(3))
    let signals = TestSignals()
    stripe.onSend = { _ in
      signals.isInterrupted = true
      return .pass
    }

    try test.run(id, over: stripe, signals: signals)

    #expect(try test.states(id) == [.charged, .queued, .queued])
    #expect(signals.outcomes == [.charged])
    #expect(try test.queue.batch(id).halt?.reason == .interrupted)
    #expect(try test.queue.summary(of: id).exit == .halted)
  }

  @Test(arguments: [Milliseconds.hours(-2), .minutes(6), .days(2)])
  func `a local clock that is not Stripe's sends nothing`(step: Milliseconds) throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2), under: .sample(approvalExpiresIn: .days(7)))
    let hour = test.clock.now()
    stripe.onQuestion = { question in
      guard question == .time else { return nil }
      return .answer(Answer(status: 200, headers: ["date": hour.httpDate], body: Array("{}".utf8)))
    }
    test.clock.step(step)

    let fault = #expect(throws: Fault.self) { try test.run(id, over: stripe) }

    #expect(fault?.exit == .halted)
    #expect(stripe.sends.isEmpty)
    #expect(try test.queue.batch(id).state == .approved)
  }

  @Test func `a local clock that is set during a run halts it at the next claim`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(3))
    let charged =
      "{\"error\":{\"type\":\"card_error\",\"code\":\"card_declined\",\"message\":\"no\"}}"
    stripe.onSend = { _ in
      let hour = test.clock.now()
      test.clock.step(.hours(-2))
      return .instead(
        .answer(
          Answer(status: 402, headers: ["date": hour.httpDate], body: Array(charged.utf8))))
    }

    try test.run(id, over: stripe)

    #expect(try test.queue.batch(id).halt?.reason == .clock)
    #expect(stripe.sends.count == 1)
  }

  @Test func `Stripe is asked the time again after an hour`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2), under: .sample(keyExpiresIn: .hours(9)))
    stripe.onSend = { attempt in
      let pass = TestStripe.Interception.pass
      if attempt.job.number == 1 {
        stripe.onSend = { _ in pass }
      }
      return pass
    }
    let signals = TestSignals()
    try test.run(id, over: stripe, signals: signals, limit: 1)
    let before = stripe.questions.filter { $0 == .time }.count

    test.clock.advance(.hours(2))
    try test.run(id, over: stripe)

    #expect(before == 1)
    #expect(stripe.questions.filter { $0 == .time }.count == 2)
  }

  @Test func `Stripe unreachable before the first claim leaves the batch approved`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2))
    stripe.onQuestion = { _ in .neverSent("refused") }

    let fault = #expect(throws: Fault.self) { try test.run(id, over: stripe) }

    #expect(fault?.exit == .unreachable)
    #expect(try test.queue.batch(id).state == .approved)
  }

  @Test func `a batch that waits, was rejected, cancelled or is finished does not run`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let waiting = try test.submit([.sample(1, "cus_a")])
    let rejected = try test.submit([.sample(1, "cus_b")])
    try test.approver.reject(rejected, reason: "no")
    let cancelled = try test.plan([.sample(1, "cus_c")])
    _ = try test.approver.cancel(cancelled, reason: nil)
    let finished = try test.plan([.sample(1, "cus_d")])
    try test.run(finished, over: stripe)

    for id in [waiting, rejected, cancelled, finished] {
      let fault = #expect(throws: Fault.self) { try test.run(id, over: stripe) }
      #expect(fault?.exit == .notAllowed)
    }
    #expect(stripe.sends.count == 1)
  }
}
