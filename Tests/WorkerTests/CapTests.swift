import Approval
import Domain
import Journal
import Queue
import Stripe
import Support
import Testing
import Vault

struct CapTests {
  @Test func `the cap met exactly is allowed`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(3), under: .sample(cap: 300))

    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.charged, .charged, .charged])
    #expect(try test.queue.batch(id).state == .finished)
    #expect(try test.queue.summary(of: id).exit == .done)
  }

  @Test func `one minor unit above the cap halts the batch before Stripe is called`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(3), under: .sample(cap: 299))

    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.charged, .charged, .queued])
    #expect(try test.queue.batch(id).halt?.reason == .capExhausted)
    #expect(try test.queue.batch(id).halt?.number == 3)
    #expect(stripe.sends.count == 2)
    #expect(try test.queue.summary(of: id).exit == .haltedByCap)
  }

  @Test func `no smaller job behind the first that does not fit is sent`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let jobs: [PlannedJob] = [
      .sample(1, "cus_a", 200), .sample(2, "cus_b", 150), .sample(3, "cus_c", 50),
    ]
    let id = try test.plan(jobs, under: .sample(cap: 300))

    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.charged, .queued, .queued])
  }

  @Test func `a first job larger than the cap halts, and nothing is sent`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan([.sample(1, "cus_a", 500)], under: .sample(cap: 499))

    try test.run(id, over: stripe)

    #expect(try test.queue.batch(id).halt?.reason == .capExhausted)
    #expect(stripe.sends.isEmpty)
  }

  @Test func `a cap-halted batch run again and again sends nothing`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(3), under: .sample(cap: 250))
    try test.run(id, over: stripe)

    for _ in 1...5 {
      try test.reopen()
      try test.run(id, over: stripe)
    }

    #expect(stripe.sends.count == 2)
    #expect(try test.queue.batch(id).halt?.reason == .capExhausted)
    #expect(try SandboxLedger(path: test.home.sandboxPath).total == 200)
  }

  @Test func `an amended cap lets exactly the queued jobs go on, once approved`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(5), under: .sample(cap: 200))
    try test.run(id, over: stripe)

    _ = try test.approver.amend(id, caps: [Money(minorUnits: 400, currency: .usd)], by: .ana)
    #expect(throws: Fault.self) { try test.run(id, over: stripe) }
    #expect(stripe.sends.count == 2)
    try test.approve(id)
    try test.run(id, over: stripe)

    #expect(stripe.sends.map(\.job.number) == [1, 2, 3, 4])
    #expect(try test.states(id) == [.charged, .charged, .charged, .charged, .queued])
    #expect(try test.budget(of: id).spent == 400)
  }

  @Test func `a declined job gives its room back`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let jobs: [PlannedJob] = [
      .sample(1, "cus_decline_lost_card"), .sample(2, "cus_b"), .sample(3, "cus_c"),
    ]
    let id = try test.plan(jobs, under: .sample(cap: 200))

    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.declined, .charged, .charged])
    #expect(try test.queue.summary(of: id).exit == .someNotCharged)
  }

  @Test func `what is processing or unknown still counts against the cap`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let jobs: [PlannedJob] = [
      .sample(1, "cus_processing_1"), .sample(2, "cus_b"), .sample(3, "cus_c"),
    ]
    let id = try test.plan(jobs, under: .sample(cap: 200))

    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.processing, .charged, .queued])
    #expect(try test.budget(of: id).held == 100)
  }

  @Test(arguments: [
    (Policies.perJob, Refusal.overMaxPerJob), (Policies.maxJobs, .overMaxJobs),
    (Policies.accounts, .accountNotAllowed),
  ])
  func `every limit of the policy halts the batch at the job that breaks it`(
    jobFile: JobFile, refusal: Refusal
  ) throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let jobs: [PlannedJob] = [.sample(1, "cus_1", 100), .sample(2, "cus_2", 101)]
    let id = try test.plan(jobs, under: jobFile)

    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.charged, .queued])
    #expect(try test.queue.batch(id).halt?.reason == refusal.haltReason)
    #expect(try test.queue.batch(id).halt?.number == 2)
    #expect(try test.queue.summary(of: id).exit == .halted)
  }

  @Test func `nothing is read at Stripe that the key does not allow`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(
      [.sample(1, paymentMethod: nil)], under: .sample(reads: [.invoicesRetrieve]))

    try test.run(id, over: stripe)

    #expect(!stripe.questions.contains { $0.path.contains("cus_") })
    #expect(stripe.sends.isEmpty)
    #expect(try test.states(id) == [.queued])
    #expect(try test.queue.batch(id).halt?.reason == .operationNotAllowed)
  }

  @Test func `a job in a currency without a cap is refused by the vault`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan([.sample(1, "cus_1", 500, currency: .jpy)], under: .sample(cap: 1000))

    try test.run(id, over: stripe)

    #expect(try test.queue.batch(id).halt?.reason == .noBudget)
    #expect(stripe.sends.isEmpty)
  }

  @Test func `a limit ends the run with exit 0 and the next one goes on`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(5))

    try test.run(id, over: stripe, limit: 2)
    #expect(try test.states(id) == [.charged, .charged, .queued, .queued, .queued])
    #expect(try test.queue.summary(of: id).exit == .done)
    try test.run(id, over: stripe)

    #expect(try test.queue.summary(of: id).jobs(.charged) == 5)
    #expect(stripe.sends.count == 5)
  }
}

/// Policies that the second of two jobs breaks.
enum Policies {
  static let perJob = JobFile.sample(maxPerJob: [Money(minorUnits: 100, currency: .usd)])
  static let maxJobs = JobFile.sample(maxJobs: 1)
  static let accounts = JobFile.sample(accounts: ["cus_1"])
}
