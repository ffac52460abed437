import Domain
import Foundation
import Journal
import Queue
import Stripe
import Support
import Testing
import Vault
import Worker

/// How runs, doubts and waits come to an end.
struct EndTests {
  @Test(arguments: [(ExitCode.busy, ExitCode.storage), (.notAllowed, .storage), (.halted, .halted)])
  func `a run that has begun is never told as one that was left out`(
    met: ExitCode, told: ExitCode
  ) {
    #expect(Fault(met, "head cannot be written").inMidRun.exit == told)
  }

  @Test func `nothing is sent again under a key that has expired`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2), under: .sample(keyExpiresIn: .minutes(1)))
    stripe.onSend = { _ in
      test.clock.advance(.minutes(2))
      return .executed(.lost("reset"))
    }

    try test.run(id, over: stripe)
    #expect(stripe.sends.count == 1)
    #expect(try test.queue.batch(id).halt?.reason == .keyExpired)
    #expect(try test.states(id) == [.inDoubt, .queued])
    stripe.onSend = { _ in .pass }
    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.charged, .charged])
    #expect(try SandboxLedger(path: test.home.sandboxPath).total == 200)
  }

  @Test func `a job that was not executed does not use the key up`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan([.sample(1, "cus_rate_limit")], under: .sample(maxJobs: 1))

    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.charged])
    #expect(try test.queue.batch(id).state == .finished)
  }

  @Test func `customers nobody knows halt the batch after three in a row`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let jobs = (1...6).map { PlannedJob.sample($0, "cus_missing_\($0)", paymentMethod: nil) }
    let id = try test.plan(jobs)

    try test.run(id, over: stripe)

    #expect(try test.queue.batch(id).halt?.reason == .rejectedInARow)
    #expect(try test.states(id).filter { $0 == .skipped }.count == 3)
  }

  @Test func `a limit that reaches the last job finishes the batch`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2))

    try test.run(id, over: stripe, limit: 2)

    #expect(try test.queue.batch(id).state == .finished)
  }

  @Test func `an interrupt during the last request finishes the batch`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(1))
    let signals = TestSignals()
    stripe.onSend = { _ in
      signals.isInterrupted = true
      return .pass
    }

    try test.run(id, over: stripe, signals: signals)

    #expect(try test.queue.batch(id).state == .finished)
  }

  @Test func `more posted than held halts`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(3), under: .sample(cap: 1000))
    stripe.onSend = { attempt in
      .instead(moved(900, for: attempt, at: test.clock))
    }

    try test.run(id, over: stripe)

    #expect(stripe.sends.count == 1)
    #expect(try test.queue.batch(id).halt?.reason == .overCharged)
    #expect(try test.budget(of: id).spent == 900)
    #expect(
      try test.vault.beyondPlan(of: id) == [Money(minorUnits: 800, currency: .usd)])
  }

  @Test func `an invoice that grew after it was read is charged as paid, and halts`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let jobs = (1...2).map {
      PlannedJob.sample(
        $0, "cus_sandbox_0\($0)", $0 == 1 ? 1900 : 4900, operation: .invoicesPay,
        paymentMethod: nil, invoice: "in_sandbox_0\($0)")
    }
    let id = try test.plan(jobs, under: .sample("invoices", operation: .invoicesPay))
    stripe.onSend = { _ in
      let body =
        #"{"id":"in_sandbox_01","object":"invoice","status":"paid","amount_paid":2500,"#
        + #""currency":"usd","customer":"cus_sandbox_01","livemode":false}"#
      return .instead(
        .answer(
          Answer(
            status: 200, headers: ["date": test.clock.now().httpDate], body: Array(body.utf8))))
    }

    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.charged, .queued])
    #expect(try test.queue.batch(id).halt?.reason == .overCharged)
    #expect(try test.budget(of: id).spent == 2500)
    #expect(
      try test.vault.beyondPlan(of: id) == [Money(minorUnits: 600, currency: .usd)])
  }

  @Test func `after a 500 there is one re-send, whatever it brings`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(1))
    var sends = 0
    stripe.onSend = { _ in
      sends += 1
      return .instead(TestStripe.answer(sends == 1 ? 500 : 503, type: "api_error", at: test.clock))
    }

    try test.run(id, over: stripe)

    #expect(stripe.sends.count == 2)
    #expect(try test.states(id) == [.unknown])
  }

  @Test func `a date of Stripe's before the first send sends nothing again`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(1), under: .sample(approvalExpiresIn: .days(9)))
    try leaveInDoubt(test, stripe, id)
    test.clock.step(.hours(-48))

    try test.run(id, over: stripe)

    #expect(stripe.sends.count == 1)
  }

  @Test func `a stop ends a wait for a customer`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan([.sample(1, "cus_1", paymentMethod: nil)])
    var reads = 0
    stripe.onQuestion = { question in
      guard case .customer = question else { return nil }
      reads += 1
      _ = try? StopSwitch(test.store).stop(reason: "no")
      return TestStripe.answer(
        429, type: "invalid_request_error", code: "rate_limit", at: test.clock)
    }

    try test.run(id, over: stripe)

    #expect(reads == 1)
    #expect(try test.queue.batch(id).halt?.reason == .stopped)
  }

  @Test func `an intent that cannot be cancelled ends as unknown, not in doubt for ever`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan([.sample(1, "cus_decline_lost_card"), .sample(2)])
    stripe.onQuestion = { question in
      switch question {
      case .cancel, .paymentIntent:
        return TestStripe.answer(404, type: "invalid_request_error", at: test.clock)
      case .time, .customer, .charge, .latestCharge, .invoice, .refund, .overdueInvoices, .list,
        .permission:
        return nil
      }
    }

    try test.run(id, over: stripe)
    #expect(try test.states(id) == [.unknown, .queued])
    stripe.onQuestion = { _ in nil }
    try test.settle(id, over: stripe)

    #expect(try test.states(id) == [.declined, .queued])
  }

  @Test func `an answer is kept when what comes next cannot be trusted`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2))
    stripe.onSend = { _ in
      try? test.tamper(
        """
        INSERT INTO attempt SELECT batch, 2, 'mine', body, api_version, stripe_account, vault_key,
          0, 0, first_sent_at, last_sent_at, NULL, 1, seal FROM attempt WHERE number = 1
        """)
      return .pass
    }

    let fault = #expect(throws: Fault.self) { try test.run(id, over: stripe) }

    #expect(fault?.exit == .storage)
    #expect(try test.states(id) == [.charged, .queued])
    #expect(stripe.sends.count == 1)
  }

  @Test func `the log stays small during a run`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(600), under: .sample(cap: 9_000_000))
    var most: Int64 = 0
    stripe.onSend = { _ in
      let log = try? FileManager.default.attributesOfItem(atPath: test.home.databasePath + "-wal")
      most = max(most, (log?[.size] as? NSNumber)?.int64Value ?? 0)
      return .pass
    }

    try test.run(id, over: stripe)

    #expect(most > 16 << 20)
    #expect(most < 22 << 20)
  }
}
