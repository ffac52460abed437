import Approval
import Domain
import JSON
import Journal
import Queue
import Stripe
import Support
import Testing
import Vault
import Worker

/// What a person may say of a job that nothing else could settle.
struct ResolveTests {
  /// A home in which job #1 is unknown: Stripe answered 500 and shows nothing.
  private func unknown(mode: Mode = .sandbox) throws -> (TestHome, TestStripe, BatchID) {
    let test = try TestHome(mode: mode)
    let stripe = try TestStripe(test)
    let jobs = [PlannedJob.sample(1, "cus_error_500"), .sample(2)]
    let id = try test.plan(jobs, under: .sample(approvalExpiresIn: .days(30)))
    try test.run(id, over: stripe)
    #expect(try test.states(id) == [.unknown, .queued])
    return (test, stripe, id)
  }

  private func refusal(_ body: () throws -> some Any) -> Fault? {
    #expect(throws: Fault.self) { _ = try body() }
  }

  @Test func `no money moved: after 24 hours of silence the hold is given back`() throws {
    let (test, stripe, id) = try unknown()
    test.clock.advance(.hours(24))

    let resolved = try test.resolve(JobID(batch: id, number: 1), .notCharged, over: stripe)

    #expect(resolved == .settled(.notCharged))
    #expect(try test.states(id) == [.notCharged, .queued])
    #expect(try test.budget(of: id).held == 0)
    let entry = try #require(try test.store.lastEvent(of: "\(id)#1"))
    #expect(entry.event == "resolved")
    #expect(entry.fields?["evidence"]?.string == "seen")
    try test.run(id, over: stripe)
    #expect(try test.states(id) == [.notCharged, .charged])
    #expect(try test.queue.summary(of: id).exit == .someNotCharged)
  }

  @Test func `a second less than 24 hours is too early`() throws {
    let (test, stripe, id) = try unknown()
    test.clock.advance(.seconds(24 * 3600 - 2))

    let fault = refusal {
      try test.resolve(JobID(batch: id, number: 1), .notCharged, over: stripe)
    }

    #expect(fault?.exit == .notAllowed)
    #expect(fault?.message.contains("24 hours of silence") == true)
    #expect(try test.states(id) == [.unknown, .queued])
  }

  @Test func `the 24 hours are Stripe's, not those of a clock that was set forward`() throws {
    let (test, stripe, id) = try unknown()
    let honest = Timestamp(milliseconds: test.clock.now().milliseconds + 3_600_000)
    test.clock.step(.days(2))
    stripe.onQuestion = { question in
      guard case .time = question else { return nil }
      return .answer(
        Answer(status: 200, headers: ["date": honest.httpDate], body: Array("{}".utf8)))
    }

    let fault = refusal {
      try test.resolve(JobID(batch: id, number: 1), .notCharged, over: stripe)
    }

    #expect(fault != nil)
    #expect(try test.states(id) == [.unknown, .queued])
  }

  @Test func `what Stripe shows after all counts more than a person's word`() throws {
    let (test, stripe, id) = try unknown()
    test.clock.advance(.hours(25))
    let json = Self.charge(of: "\(id)#1")
    stripe.onQuestion = { question in
      guard case .list = question else { return nil }
      let body = "{\"object\":\"list\",\"data\":[\(json)],\"has_more\":false}"
      return .answer(
        Answer(
          status: 200, headers: ["date": test.clock.now().httpDate], body: Array(body.utf8)))
    }

    let resolved = try test.resolve(JobID(batch: id, number: 1), .notCharged, over: stripe)

    #expect(resolved == .found(.charged))
    #expect(try test.states(id) == [.charged, .queued])
  }

  @Test func `when Stripe does not tell nothing changes`() throws {
    let (test, stripe, id) = try unknown()
    test.clock.advance(.hours(25))
    stripe.onQuestion = { question in
      guard case .list = question else { return nil }
      return .lost("cut")
    }

    let fault = refusal {
      try test.resolve(JobID(batch: id, number: 1), .notCharged, over: stripe)
    }

    #expect(fault?.exit == .unreachable)
    #expect(try test.states(id) == [.unknown, .queued])
  }

  @Test func `in live mode it takes two people`() throws {
    let (test, stripe, id) = try unknown(mode: .live)
    test.clock.advance(.hours(25))
    let job = JobID(batch: id, number: 1)

    #expect(try test.resolve(job, .notCharged, by: .ana, over: stripe) == .stated)
    let again = refusal { try test.resolve(job, .notCharged, by: .ana, over: stripe) }
    let nobody = refusal {
      try test.resolve(job, .notCharged, by: Person(name: "cron", uid: nil), over: stripe)
    }
    #expect(try test.states(id) == [.unknown, .queued])
    let second = try test.resolve(job, .notCharged, by: .ben, over: stripe)

    #expect(again?.exit == .notAllowed)
    #expect(nobody?.exit == .notAllowed)
    #expect(second == .settled(.notCharged))
  }

  @Test func `a token that is taken back meanwhile resolves nothing`() throws {
    let (test, stripe, id) = try unknown(mode: .live)
    test.clock.advance(.hours(25))
    let job = JobID(batch: id, number: 1)
    var random = SeededRandom(seed: 1)
    let (zoe, _) = try Approvers(test.store).add("zoe", using: &random)
    let person = Person(name: "zoe", identity: .token(zoe.id))
    _ = try Approvers(test.store).remove("zoe")

    let first = refusal { try test.resolve(job, .notCharged, by: person, over: stripe) }
    _ = try test.resolve(job, .notCharged, by: .ben, over: stripe)
    let second = refusal { try test.resolve(job, .notCharged, by: person, over: stripe) }

    #expect([first?.message, second?.message].allSatisfy { $0 == "zoe is no approver any more" })
    #expect(try test.states(id) == [.unknown, .queued])
  }

  @Test func `a token of the first one's making is no second person's`() throws {
    let (test, stripe, id) = try unknown(mode: .live)
    test.clock.advance(.hours(25))
    let job = JobID(batch: id, number: 1)
    var random = SeededRandom(seed: 1)
    // By ana, whose home it is.
    let (zoe, _) = try Approvers(test.store).add("zoe", using: &random)
    _ = try test.resolve(job, .notCharged, by: .ana, over: stripe)

    let fault = refusal {
      try test.resolve(
        job, .notCharged, by: Person(name: "zoe", identity: .token(zoe.id)), over: stripe)
    }

    #expect(fault?.exit == .notAllowed)
    #expect(try test.states(id) == [.unknown, .queued])
  }

  @Test func `an object that Stripe shows and that matches settles the job as charged`() throws {
    let (test, stripe, id) = try unknown()
    let json = Self.charge(of: "\(id)#1")
    stripe.onQuestion = { Self.answer(json, to: $0, at: test.clock) }

    let resolved = try test.resolve(
      JobID(batch: id, number: 1), .charged(object: "pi_found"), over: stripe)

    #expect(resolved == .settled(.charged))
    #expect(try test.queue.job(JobID(batch: id, number: 1)).details.object == "pi_found")
    #expect(try test.budget(of: id).spent == 100)
  }

  @Test(arguments: [
    ("\"amount\":100", "\"amount\":101"), ("cus_error_500", "cus_other"),
    ("\"usd\"", "\"eur\""), ("#1", "#2"), ("succeeded", "processing"), ("succeeded", "canceled"),
  ])
  func `an object that does not match settles nothing`(what: String, other: String) throws {
    let (test, stripe, id) = try unknown()
    let json = Self.charge(of: "\(id)#1").replacing(what, with: other)
    stripe.onQuestion = { Self.answer(json, to: $0, at: test.clock) }

    let fault = refusal {
      try test.resolve(
        JobID(batch: id, number: 1), .charged(object: "pi_found"), over: stripe)
    }

    #expect(fault?.exit == .badData)
    #expect(try test.states(id) == [.unknown, .queued])
    #expect(try test.budget(of: id).held == 100)
  }

  @Test
  func `an invoice that stays open can be given up, for it never tells that its payment failed`()
    throws
  {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let job = PlannedJob.sample(
      1, "cus_processing_16", 2900, operation: .invoicesPay, paymentMethod: nil,
      invoice: "in_sandbox_16")
    let id = try test.plan([job], under: .sample(operation: .invoicesPay))
    var open: Reply?
    stripe.onQuestion = { question in
      guard case .invoice = question else { return nil }
      return open
    }
    stripe.onSend = { _ in
      open = stripe.ask(.invoice("in_sandbox_16"))
      return .pass
    }
    try test.run(id, over: stripe)
    #expect(try test.states(id) == [.processing])
    let early = refusal {
      try test.resolve(JobID(batch: id, number: 1), .notCharged, over: stripe)
    }
    test.clock.advance(.hours(25))
    try test.settle(id, over: stripe)
    #expect(try test.states(id) == [.processing])

    let resolved = try test.resolve(JobID(batch: id, number: 1), .notCharged, over: stripe)

    #expect(early?.message.contains("24 hours of silence") == true)
    #expect(resolved == .settled(.notCharged))
    #expect(try test.states(id) == [.notCharged])
    #expect(try test.budget(of: id).held == 0)
  }

  @Test func `a job that is settled, or that Stripe can be asked about, is not resolved`() throws {
    let (test, stripe, id) = try unknown()
    test.clock.advance(.hours(25))

    let queued = refusal {
      try test.resolve(JobID(batch: id, number: 2), .notCharged, over: stripe)
    }
    _ = try test.resolve(JobID(batch: id, number: 1), .notCharged, over: stripe)
    let twice = refusal {
      try test.resolve(JobID(batch: id, number: 1), .charged(object: "pi_1"), over: stripe)
    }

    #expect(queued?.exit == .notAllowed)
    #expect(twice?.exit == .notAllowed)
  }

  private static func charge(of job: String) -> String {
    """
    {"id":"pi_found","object":"payment_intent","amount":100,"amount_received":100,\
    "currency":"usd","customer":"cus_error_500","status":"succeeded","livemode":false,\
    "metadata":{"sluice_job":"\(job)"}}
    """
  }

  private static func answer(
    _ json: String, to question: Question, at clock: TestClock
  ) -> Reply? {
    guard case .paymentIntent("pi_found") = question else { return nil }
    return .answer(
      Answer(status: 200, headers: ["date": clock.now().httpDate], body: Array(json.utf8)))
  }
}

/// A stop of one batch.
struct BatchStopTests {
  @Test func `a stop of one batch leaves the others running`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let stopped = try test.plan(PlannedJob.samples(2))
    let other = try test.plan([.sample(9)])
    _ = try StopSwitch(test.store, of: stopped).stop(reason: "ask Ana")

    let fault = #expect(throws: Fault.self) { try test.run(stopped, over: stripe) }
    try test.run(other, over: stripe)

    #expect(fault?.exit == .halted)
    #expect(fault?.hint == "lift it with `sluice unstop \(stopped)`")
    #expect(try test.states(stopped) == [.queued, .queued])
    #expect(try test.states(other) == [.charged])
  }

  @Test func `a batch that is stopped while it runs halts at the next claim`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(3))
    stripe.onSend = { _ in
      _ = try? StopSwitch(test.store, of: id).stop(reason: "enough")
      return .pass
    }

    try test.run(id, over: stripe)

    #expect(stripe.sends.count == 1)
    #expect(try test.queue.batch(id).halt?.reason == .stopped)
    _ = try StopSwitch(test.store, of: id).lift()
    stripe.onSend = { _ in .pass }
    try test.run(id, over: stripe)
    #expect(try test.states(id) == [.charged, .charged, .charged])
  }

  @Test func `the stop of everything and that of a batch are lifted each by itself`() throws {
    let test = try TestHome()
    let id = try test.plan(PlannedJob.samples(1))
    _ = try StopSwitch(test.store).stop(reason: "all")
    _ = try StopSwitch(test.store, of: id).stop(reason: "one")

    #expect(try StopSwitch(test.store).lift())

    #expect(try StopSwitch.inForce(on: id, test.store)?.reason == "one")
    #expect(try !StopSwitch(test.store).lift())
  }
}
