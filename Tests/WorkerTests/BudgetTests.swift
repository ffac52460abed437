import Approval
import Domain
import Journal
import Queue
import Stripe
import Support
import Testing
import Vault

/// Budgets per day and month, of a job file and of the home.
struct BudgetTests {
  private func cap(_ per: Window, _ amount: Int64) -> Cap {
    Cap(per: per, limit: Money(minorUnits: amount, currency: .usd))
  }

  @Test func `a job file's cap per day counts across its batches`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let jobFile = JobFile.sample(cap: 1000, moreCaps: [cap(.day, 300)])
    let first = try test.plan(PlannedJob.samples(2), under: jobFile)
    let second = try test.plan((3...6).map { .sample($0) }, under: jobFile)

    try test.run(first, over: stripe)
    try test.run(second, over: stripe)

    #expect(try test.states(second) == [.charged, .queued, .queued, .queued])
    #expect(try test.queue.batch(second).halt?.reason == .jobFileBudgetExhausted)
    #expect(try test.queue.summary(of: second).exit == .haltedByCap)
    let message = try #require(try test.queue.batch(second).halt?.message)
    #expect(message.contains("the job file overdue's cap per day of 3.00 usd"))
  }

  @Test func `another job file does not draw on it, but the home's budget counts both`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    _ = try HomeBudgets(test.store).set(cap(.month, 400))
    let daily = [cap(.day, 300)]
    let first = try test.plan(PlannedJob.samples(3), under: .sample(cap: 900, moreCaps: daily))
    let second = try test.plan(
      (4...6).map { .sample($0) }, under: .sample("fees", cap: 900, moreCaps: daily))

    try test.run(first, over: stripe)
    try test.run(second, over: stripe)

    #expect(try test.states(first) == [.charged, .charged, .charged])
    #expect(try test.states(second) == [.charged, .queued, .queued])
    #expect(try test.queue.batch(second).halt?.reason == .homeBudgetExhausted)
  }

  @Test func `the next UTC day has room again, the month does not`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    _ = try HomeBudgets(test.store).set(cap(.day, 200))
    _ = try HomeBudgets(test.store).set(cap(.month, 300))
    let id = try test.plan(
      PlannedJob.samples(5), under: .sample(cap: 900, approvalExpiresIn: .days(30)))
    try test.run(id, over: stripe)
    #expect(stripe.sends.count == 2)

    test.clock.advance(.days(1))
    try test.run(id, over: stripe)

    #expect(stripe.sends.count == 3)
    #expect(try test.queue.batch(id).halt?.message.contains("per month") == true)
  }

  @Test func `a budget lowered during a run refuses the very next claim`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let budgets = HomeBudgets(test.store)
    _ = try budgets.set(cap(.day, 10_000))
    let id = try test.plan(PlannedJob.samples(5))
    stripe.onSend = { attempt in
      if attempt.job.number == 2 { _ = try? budgets.set(cap(.day, 150)) }
      return .pass
    }

    try test.run(id, over: stripe)

    #expect(stripe.sends.count == 2)
    #expect(try test.queue.batch(id).halt?.reason == .homeBudgetExhausted)
  }

  @Test func `a budget set after money moved counts what moved that day`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    try test.run(try test.plan(PlannedJob.samples(3)), over: stripe)

    _ = try HomeBudgets(test.store).set(cap(.day, 350))
    let budget = try test.vault.budget(.home, cap(.day, 350), at: test.clock.now())

    #expect(budget.spent == 300)
    #expect(budget.room == 50)
  }

  @Test func `what is unknown draws on every budget, on every day it stays so`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let jobFile = JobFile.sample(
      cap: 900, moreCaps: [cap(.day, 150)], approvalExpiresIn: .days(30))
    let id = try test.plan([.sample(1, "cus_error_500"), .sample(2)], under: jobFile)
    try test.run(id, over: stripe)
    #expect(try test.states(id) == [.unknown, .queued])

    test.clock.advance(.days(2))
    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.unknown, .queued])
    #expect(try test.queue.batch(id).halt?.reason == .jobFileBudgetExhausted)
  }

  @Test func `a charge claimed before midnight and settled after it counts on the new day`() throws
  {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    _ = try HomeBudgets(test.store).set(cap(.day, 250))
    let id = try test.plan(PlannedJob.samples(5))
    // 10 o'clock: 14 hours to midnight.
    test.clock.advance(.seconds(14 * 3600 - 1))
    stripe.onSend = { attempt in
      if attempt.job.number == 1 { test.clock.advance(.seconds(2)) }
      return .pass
    }

    try test.run(id, over: stripe)

    #expect(stripe.sends.count == 2)
    let budget = try test.vault.budget(.home, cap(.day, 250), at: test.clock.now())
    #expect(budget.spent == 200)
  }

  @Test(arguments: Window.allCases.filter { $0 != .batch })
  func `a clock that steps back over midnight gives no day or month a second budget`(
    window: Window
  ) throws {
    let lastMinutes = Timestamp(milliseconds: 1_796_083_200_000 - 120_000)
    let test = try TestHome(clock: TestClock(lastMinutes))
    let stripe = try TestStripe(test)
    _ = try HomeBudgets(test.store).set(cap(window, 200))
    let id = try test.plan(PlannedJob.samples(6), under: .sample(cap: 900))
    try test.run(id, over: stripe)
    test.clock.step(.minutes(4))
    try test.run(id, over: stripe, limit: 1)
    #expect(stripe.sends.count == 3)

    test.clock.step(.minutes(-4))
    try test.run(id, over: stripe)

    #expect(stripe.sends.count == 3)
    let halt = try test.queue.batch(id).halt
    #expect(halt?.reason == .homeBudgetExhausted)
    #expect(halt?.message.contains("of which 3.00 usd is spent or held") == true)
    test.clock.step(.minutes(4))
    try test.run(id, over: stripe)
    #expect(stripe.sends.count == 4)
  }

  @Test func `what was held today counts today, though a clock set back settled it`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let id = try test.plan(PlannedJob.samples(2), under: .sample(moreCaps: [cap(.day, 150)]))
    stripe.onSend = { _ in
      test.clock.step(.hours(-26))
      return .pass
    }
    try test.run(id, over: stripe, limit: 1)
    test.clock.step(.hours(26))

    try test.run(id, over: stripe)

    #expect(stripe.sends.count == 1)
    #expect(try test.queue.batch(id).halt?.reason == .jobFileBudgetExhausted)
  }

  @Test func `budgets are per currency`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    _ = try HomeBudgets(test.store).set(cap(.day, 100))
    let yen = Cap(per: .batch, limit: Money(minorUnits: 1000, currency: .jpy))
    let jobs = [
      PlannedJob.sample(1), .sample(2, currency: .jpy), .sample(3, currency: .jpy), .sample(4),
    ]
    let id = try test.plan(jobs, under: .sample(moreCaps: [yen]))

    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.charged, .charged, .charged, .queued])
  }

  @Test func `a budget lifted by hand is not lifted`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    _ = try HomeBudgets(test.store).set(cap(.day, 100))
    let id = try test.plan(PlannedJob.samples(3))
    try test.tamper(
      "DROP TRIGGER journal_no_delete; DELETE FROM journal WHERE event = 'budget_set'")

    let fault = #expect(throws: Fault.self) { try test.run(id, over: stripe) }

    #expect(fault?.exit == .storage)
    #expect(stripe.sends.isEmpty)
  }

  @Test func `two workers under one home budget never pass it together`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    _ = try HomeBudgets(test.store).set(cap(.day, 550))
    let first = try test.plan(PlannedJob.samples(5), under: .sample("a"))
    let second = try test.plan((6...10).map { .sample($0) }, under: .sample("b"))
    let other = try TestHome.second(of: test)
    stripe.onSend = { attempt in
      // Another process drains its batch while the first one's request is in flight.
      if attempt.job.batch == first, attempt.job.number == 3 {
        try? other.run(second, over: try TestStripe(test))
      }
      return .pass
    }

    try test.run(first, over: stripe)

    #expect(try SandboxLedger(path: test.home.sandboxPath).total == 500)
    #expect(try test.queue.batch(first).halt?.reason == .homeBudgetExhausted)
    #expect(try test.queue.batch(second).halt?.reason == .homeBudgetExhausted)
  }

  @Test func `a refund gives no room back, and draws on its own budgets`() throws {
    let test = try TestHome()
    let stripe = try TestStripe(test)
    let charged = try test.plan([.sample(1, "cus_1", 300)], under: .sample(cap: 300))
    try test.run(charged, over: stripe)
    let object = try #require(try test.queue.job(JobID(batch: charged, number: 1)).details.object)
    let jobs = [
      PlannedJob.sample(
        1, "cus_1", 200, operation: .refundsCreate, paymentMethod: nil, charge: object)
    ]
    let id = try test.plan(jobs, under: .sample("refunds", cap: 250, operation: .refundsCreate))

    try test.run(id, over: stripe)

    #expect(try test.states(id) == [.charged])
    #expect(try test.budget(of: charged).room == 0)
    #expect(try test.budget(of: id).room == 50)
  }
}
