import Approval
import Domain
import Journal
import Queue
import Stripe
import Support
import Testing
import Vault

struct ApproverTests {
  @Test func `exactly the plan of the digest is approved`() throws {
    let test = try TestHome()
    let id = try test.submit(PlannedJob.samples(2))
    let digest = try test.queue.batch(id).digest
    let ben = Person(name: "ben", uid: 1001)

    let wrong = #expect(throws: Fault.self) {
      try test.approver.approve(id, digest: String(digest.reversed()), by: ben)
    }
    let cut = #expect(throws: Fault.self) {
      try test.approver.approve(id, digest: String(digest.prefix(12)), by: ben)
    }
    let approval = try test.approver.approve(id, digest: digest, by: ben)

    #expect(wrong?.exit == .notAllowed)
    #expect(cut?.exit == .notAllowed)
    #expect(approval.approver == "ben")
    #expect(try test.queue.batch(id).state == .approved)
    let again = #expect(throws: Fault.self) {
      try test.approver.approve(id, digest: digest, by: ben)
    }
    #expect(again?.message == "\(id) is approved already")
  }

  @Test func `jobs edited before approval cannot be approved`() throws {
    let test = try TestHome()
    let id = try test.submit(PlannedJob.samples(2))
    let digest = try test.queue.batch(id).digest
    try test.tamper("UPDATE job SET amount_minor = 500 WHERE number = 1")

    let fault = #expect(throws: Fault.self) {
      try test.approver.approve(id, digest: digest, by: Person(name: "ben", uid: 1001))
    }

    #expect(fault?.exit == .storage)
    #expect(try test.queue.batch(id).state == .submitted)
  }

  @Test func `an approval that has expired is asked for again`() throws {
    let test = try TestHome()
    let id = try test.plan(PlannedJob.samples(1))
    test.clock.advance(.hours(24))

    #expect(try test.approver.expireIfDue(id) != nil)
    #expect(try test.queue.batch(id).state == .submitted)
    try test.approve(id)

    #expect(try test.queue.batch(id).state == .approved)
    #expect(try test.approver.approvals(of: id).count == 2)
  }

  @Test(arguments: [
    (UInt32?(1000), false), (nil, false), (UInt32?(1001), true),
  ])
  func `with four eyes only another login may approve`(uid: UInt32?, isAllowed: Bool) throws {
    let test = try TestHome()
    let id = try test.submit(PlannedJob.samples(1), under: .sample(fourEyes: true))
    let digest = try test.queue.batch(id).digest
    let person = Person(name: "ben", uid: uid)

    guard isAllowed else {
      let fault = #expect(throws: Fault.self) {
        try test.approver.approve(id, digest: digest, by: person)
      }
      #expect(fault?.exit == .notAllowed)
      return
    }
    _ = try test.approver.approve(id, digest: digest, by: person)
  }

  @Test func `a live home wants four eyes unless the job file says otherwise`() throws {
    let test = try TestHome(mode: .live)

    let strict = try test.submit([.sample(1, "cus_a")])
    let lax = try test.submit([.sample(1, "cus_b")], under: .sample(fourEyes: false))

    #expect(try test.queue.batch(strict).terms.fourEyes)
    #expect(try !test.queue.batch(lax).terms.fourEyes)
  }

  @Test func `a rejected batch keeps its reason and cannot be approved`() throws {
    let test = try TestHome()
    let id = try test.submit(PlannedJob.samples(2))

    try test.approver.reject(id, reason: "amounts of October")

    #expect(try test.queue.batch(id).state == .rejected)
    #expect(try test.store.lastEvent(of: id.text)?.body.contains("amounts of October") == true)
    #expect(throws: Fault.self) { try test.approve(id) }
    #expect(throws: Fault.self) { try test.approver.reject(id, reason: "again") }
  }

  @Test func `cancelling an approved batch withdraws it and frees its references`() throws {
    let test = try TestHome()
    let id = try test.plan(PlannedJob.samples(2))

    let skipped = try test.approver.cancel(id, reason: "wrong month")

    #expect(skipped == 2)
    #expect(try test.queue.batch(id).state == .cancelled)
    #expect(throws: Fault.self) { try test.run(id, over: TestStripe(test)) }
    let again = try test.submit(PlannedJob.samples(2))
    #expect(try test.states(again) == [.queued, .queued])
  }

  @Test func `cancelling a halted batch skips what is queued and keeps what is charged`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(3), under: .sample(cap: 100))
    try test.run(id, over: stripe)

    let skipped = try test.approver.cancel(id, reason: "enough")

    #expect(skipped == 2)
    #expect(try test.states(id) == [.charged, .skipped, .skipped])
    #expect(try test.queue.batch(id).state == .cancelled)
  }

  @Test func `a batch with a job in doubt can be neither cancelled nor, once amended, rejected`()
    throws
  {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2))
    let signals = TestSignals()
    stripe.onSend = { _ in
      signals.isInterrupted = true
      return .instead(.lost("reset"))
    }
    try test.run(id, over: stripe, signals: signals)

    let cancel = #expect(throws: Fault.self) { try test.approver.cancel(id, reason: nil) }
    _ = try test.approver.amend(id, caps: [test.money(60_000)], by: .ana)
    let reject = #expect(throws: Fault.self) { try test.approver.reject(id, reason: "no") }

    #expect([cancel?.exit, reject?.exit] == [.notAllowed, .notAllowed])
    #expect(try test.queue.batch(id).state == .submitted)
    #expect(try test.states(id) == [.inDoubt, .queued])
  }

  @Test func `amending needs a cap in a currency that the batch has`() throws {
    let test = try TestHome()
    let id = try test.plan(PlannedJob.samples(1))

    let fault = #expect(throws: Fault.self) {
      try test.approver.amend(id, caps: [Money(minorUnits: 1, currency: .jpy)], by: .ana)
    }

    #expect(fault?.exit == .usage)
    #expect(try test.queue.batch(id).state == .approved)
  }

  @Test func `an amended batch has another digest, and the old approval does not count`() throws {
    let test = try TestHome()
    let id = try test.plan(PlannedJob.samples(1))
    let before = try test.queue.batch(id).digest

    let cap = Money(minorUnits: 900, currency: .usd)
    let amended = try test.approver.amend(id, caps: [cap], by: .ana)

    #expect(amended.digest != before)
    #expect(amended.state == .submitted)
    #expect(try test.approver.approvalsInForce(of: amended).isEmpty)
    #expect(try test.queue.recomputedDigest(of: amended) == amended.digest)
  }
}

struct ForecastTests {
  @Test(arguments: 1...200)
  func `the forecast is what the run then does`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let test = try TestHome(seed: seed)
    let stripe = try TestStripe(test)
    try draw(on: test, stripe, using: &random)
    let jobs = try RandomPlan.jobs(using: &random)
    let id = try test.submit(jobs, under: RandomPlan.jobFile(using: &random))
    let excluded = jobs.count > 2 && Bool.random(using: &random) ? JobNumbers("2") : nil

    let forecast = try test.preview(id, except: excluded).forecast
    _ = try test.approver.approve(
      id, digest: try test.queue.batch(id).digest, except: excluded, by: .ben)
    try test.run(id, over: stripe)

    let batch = try test.queue.batch(id)
    let summary = try test.queue.summary(of: id)
    #expect(forecast.charged == summary.jobs(.charged))
    #expect(forecast.stop?.number == batch.halt?.number)
    #expect(forecast.stop?.reason.haltReason == batch.halt?.reason)
    #expect(forecast.notReached == jobs.count - forecast.charged - (excluded?.count ?? 0))
    for amount in forecast.amounts { #expect(amount == summary.amount(.charged, amount.currency)) }
    #expect(
      forecast.amounts.count
        == summary.currencies.count { summary.amount(.charged, $0).minorUnits > 0 })
  }

  /// Sets budgets of the home, and moves money that counts in them and in the job file's.
  private func draw(
    on test: TestHome, _ stripe: TestStripe, using random: inout SeededRandom
  ) throws {
    for window in [Window.day, .month] where Bool.random(using: &random) {
      let limit = Money(minorUnits: Int64.random(in: 300...2000, using: &random), currency: .usd)
      _ = try HomeBudgets(test.store).set(Cap(per: window, limit: limit))
    }
    guard Bool.random(using: &random) else { return }
    let other = Bool.random(using: &random) ? "overdue" : "elsewhere"
    let earlier = try test.plan([.sample(1, "cus_earlier", 90)], under: .sample(other))
    try test.run(earlier, over: stripe)
    // What moved yesterday counts in the month only, what moved last month in neither.
    let days = [0, 1, 40].randomElement(using: &random) ?? 0
    test.clock.advance(.days(Int64(days)))
  }

  @Test func `the preview tells totals, largest jobs, duplicates and repeated accounts`() throws {
    let test = try TestHome()
    _ = try test.submit([.sample(1, "cus_a", 70)])
    let jobs: [PlannedJob] = [
      .sample(1, "cus_a", 70), .sample(2, "cus_b", 500), .sample(3, "cus_b", 60),
      .sample(4, "cus_c", 80),
    ]
    let id = try test.submit(jobs, under: .sample(cap: 600))

    let preview = try test.preview(id)

    #expect(preview.totals.map(\.amount.minorUnits) == [640])
    #expect(preview.totals.map(\.jobs) == [3])
    #expect(preview.largest.map(\.planned.number) == [2, 4, 3])
    #expect(preview.flag(.duplicate)?.examples.map(\.planned.number) == [1])
    #expect(preview.duplicateCount == 1)
    #expect(preview.repeated.map(\.account) == ["cus_b"])
    #expect(preview.forecast.lastCharged == 3)
    #expect(preview.forecast.stop?.number == 4)
    #expect(preview.forecast.notReached == 1)
  }
}

/// Plans of a few jobs in two currencies, and job files with any of the rules.
private enum RandomPlan {
  static func jobs(using random: inout SeededRandom) throws -> [PlannedJob] {
    (1...Int.random(in: 1...12, using: &random)).map { number in
      PlannedJob.sample(
        number, "cus_\(number)", Int64.random(in: 50...150, using: &random),
        currency: Int.random(in: 1...4, using: &random) == 1 ? .jpy : .usd,
        reference: "now_\(number)")
    }
  }

  static func jobFile(using random: inout SeededRandom) -> JobFile {
    var more = [
      Cap(per: .batch, limit: Money(minorUnits: 300, currency: .jpy))
    ]
    for window in [Window.day, .month] where Bool.random(using: &random) {
      let limit = Int64.random(in: 100...1500, using: &random)
      more.append(Cap(per: window, limit: Money(minorUnits: limit, currency: .usd)))
    }
    let isLimited = Int.random(in: 1...3, using: &random) == 1
    return .sample(
      cap: Int64.random(in: 50...1200, using: &random), moreCaps: more,
      maxPerJob: isLimited ? [Money(minorUnits: 140, currency: .usd)] : [],
      maxJobs: Bool.random(using: &random) ? Int.random(in: 1...12, using: &random) : nil,
      accounts: isLimited ? (1...8).map { "cus_\($0)" } : nil)
  }
}
