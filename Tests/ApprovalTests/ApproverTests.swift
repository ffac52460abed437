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

    #expect(try test.approver.expireIfDue(id))
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

  @Test func `a batch with a job in doubt cannot be cancelled`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2))
    let signals = TestSignals()
    stripe.onSend = { _ in
      signals.isInterrupted = true
      return .instead(.lost("reset"))
    }
    try test.run(id, over: stripe, signals: signals)

    let fault = #expect(throws: Fault.self) { try test.approver.cancel(id, reason: nil) }

    #expect(fault?.exit == .notAllowed)
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
    #expect(try test.approver.approval(of: amended) == nil)
    #expect(try test.queue.recomputedDigest(of: amended) == amended.digest)
  }
}

struct ForecastTests {
  @Test(arguments: 1...100)
  func `the forecast is what the run then does`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let test = try TestHome(seed: seed)
    let stripe = try TestStripe(test)
    let count = Int.random(in: 1...12, using: &random)
    let jobs = (1...count).map {
      PlannedJob.sample($0, "cus_\($0)", Int64.random(in: 50...150, using: &random))
    }
    let isLimited = Bool.random(using: &random)
    let jobFile = JobFile.sample(
      cap: Int64.random(in: 50...1200, using: &random),
      maxPerJob: isLimited ? [Money(minorUnits: 140, currency: .usd)] : [],
      maxJobs: Bool.random(using: &random) ? Int.random(in: 1...12, using: &random) : nil)
    let id = try test.plan(jobs, under: jobFile)
    let room = try Dictionary(
      uniqueKeysWithValues: test.vault.budgets(of: id).map { ($0.currency, $0.room) })

    let forecast = try test.approver.preview(id, budgets: room).forecast
    try test.run(id, over: stripe)

    let batch = try test.queue.batch(id)
    let summary = try test.queue.summary(of: id)
    #expect(forecast.charged == summary.jobs(.charged))
    #expect(forecast.stop?.number == batch.halt?.number)
    #expect(forecast.stop?.reason.haltReason == batch.halt?.reason)
    #expect(forecast.notReached == count - forecast.charged)
    let charged = summary.amount(.charged, .usd).minorUnits
    #expect(forecast.amounts.first?.minorUnits ?? 0 == charged)
  }

  @Test func `the preview tells totals, largest jobs, duplicates and repeated accounts`() throws {
    let test = try TestHome()
    _ = try test.submit([.sample(1, "cus_a", 70)])
    let jobs: [PlannedJob] = [
      .sample(1, "cus_a", 70), .sample(2, "cus_b", 500), .sample(3, "cus_b", 60),
      .sample(4, "cus_c", 80),
    ]
    let id = try test.submit(jobs, under: .sample(cap: 600))

    let preview = try test.approver.preview(id, budgets: [.usd: 600])

    #expect(preview.totals.map(\.amount.minorUnits) == [640])
    #expect(preview.totals.map(\.jobs) == [3])
    #expect(preview.largest.map(\.planned.number) == [2, 4, 3])
    #expect(preview.duplicates.map(\.planned.number) == [1])
    #expect(preview.duplicateCount == 1)
    #expect(preview.repeated.map(\.account) == ["cus_b"])
    #expect(preview.forecast.lastCharged == 3)
    #expect(preview.forecast.stop?.number == 4)
    #expect(preview.forecast.notReached == 1)
  }
}
