import Approval
import Domain
import Queue
import Support
import Testing

/// What the preview tells of jobs: present, at the threshold, absent.
@Suite struct PreviewFlagTests {
  private let test: TestHome
  private let stripe: TestStripe

  init() throws {
    test = try TestHome()
    stripe = try TestStripe(test)
  }

  /// Charges an account in a batch of its own.
  @discardableResult
  private func charge(
    _ account: String, _ amounts: [Int64], currency: Currency = .usd, reference: String = "old"
  ) throws -> BatchID {
    let jobs = amounts.enumerated().map { place, amount in
      PlannedJob.sample(
        place + 1, account, amount, currency: currency,
        reference: "\(reference)_\(currency)_\(place)_\(test.clock.now())")
    }
    let id = try test.plan(jobs, under: .sample("earlier", currency: currency))
    try test.run(id, over: stripe)
    return id
  }

  private func numbers(_ preview: Preview, _ kind: FlagKind) -> [Int] {
    preview.flag(kind)?.examples.map(\.planned.number) ?? []
  }

  // MARK: Charged in the last days

  @Test(arguments: [
    (Milliseconds.days(7), [1]), (Milliseconds(Milliseconds.days(7).count + 1), []),
  ])
  func `an account charged up to 7 days ago is told`(
    age: Milliseconds, told: [Int]
  ) throws {
    let charged = test.clock.now()
    try charge("cus_a", [100, 250])
    try charge("cus_a", [500], currency: .jpy)
    test.clock.advance(age)
    let id = try test.submit([.sample(1, "cus_a", 70), .sample(2, "cus_b", 30)])

    let preview = try test.preview(id)

    #expect(numbers(preview, .chargedRecently) == told)
    guard let flag = preview.flag(.chargedRecently) else { return }
    #expect(flag.jobs == 1)
    #expect(flag.amounts == [.usd(70)])
    #expect(
      flag.examples.map(\.fact) == [
        .charged(
          times: 3, amounts: [Money(minorUnits: 500, currency: .jpy), .usd(350)],
          lastAt: charged)
      ])
  }

  @Test(arguments: [0, 60])
  func `an account is found in a home of few and of many jobs`(others: Int) throws {
    try charge("cus_a", [100])
    if others > 0 { try charge("cus_other", Array(repeating: 60, count: others)) }

    let preview = try test.preview(try test.submit([.sample(1, "cus_a", 70)]))

    #expect(numbers(preview, .chargedRecently) == [1])
    #expect(preview.flag(.neverCharged) == nil)
  }

  @Test func `what the batch itself has charged is not told, nor what is left out`() throws {
    let id = try test.plan(
      [
        .sample(1, "cus_a", reference: "a"), .sample(2, "cus_a", reference: "b"),
        .sample(3, "cus_b", reference: "c"),
      ], under: .sample(cap: 100))
    try test.run(id, over: stripe)
    try charge("cus_b", [100])

    let preview = try test.preview(id)

    #expect(numbers(preview, .chargedRecently) == [3])
    #expect(numbers(preview, .neverCharged) == [2])
    #expect(try test.preview(id, except: JobNumbers("3")).flag(.chargedRecently) == nil)
  }

  // MARK: Unusual amounts

  @Test(
    arguments: [
      ([100, 200, 400], [2, 3]), ([100, 200, 400, 800], [2, 3]), ([200, 200], []),
    ] as [([Int64], [Int])])
  func `an amount over 3 times or under a third of the median is told`(
    charged: [Int64], told: [Int]
  ) throws {
    try charge("cus_a", charged)
    let amounts: [Int64] = [600, 601, 66, 67]
    let jobs = amounts.enumerated().map { PlannedJob.sample($0 + 1, "cus_a", $1) }

    let preview = try test.preview(try test.submit(jobs))

    #expect(numbers(preview, .unusualAmount) == told)
    guard let flag = preview.flag(.unusualAmount) else { return }
    #expect(flag.amounts == [.usd(667)])
    #expect(flag.examples.first?.fact == .usual(.usd(200), charges: charged.count))
  }

  @Test(arguments: [(Int64(365), 1), (366, 0)])
  func `what is usual is what was charged in the last 365 days`(days: Int64, told: Int) throws {
    try charge("cus_a", [100, 100, 100])
    try charge("cus_a", [9000, 9000, 9000], currency: .jpy)
    test.clock.advance(.days(days))

    let preview = try test.preview(try test.submit([.sample(1, "cus_a", 500)]))

    #expect(preview.flag(.unusualAmount)?.jobs ?? 0 == told)
    #expect(preview.flag(.chargedRecently) == nil)
    #expect(preview.flag(.neverCharged) == nil)
  }

  // MARK: Never charged, and declined

  @Test func `an account that was only declined was never charged, and its reference is told`()
    throws
  {
    let account = "cus_decline_lost_card"
    let declinedAt = test.clock.now()
    let first = try test.plan([.sample(1, account, 100, reference: "in_7")])
    try test.run(first, over: stripe)
    test.clock.advance(.days(1))
    let id = try test.submit([
      .sample(1, account, 100, reference: "in_7"), .sample(2, account, 80, reference: "in_8"),
      .sample(3, "cus_other", 50, reference: "in_7"),
    ])

    let preview = try test.preview(id)

    #expect(numbers(preview, .neverCharged) == [1, 2, 3])
    #expect(preview.flag(.neverCharged)?.amounts == [.usd(230)])
    #expect(
      preview.flag(.declinedBefore)?.examples.map(\.fact) == [
        .declined(job: "\(first)#1", code: "lost_card", at: declinedAt)
      ])
    #expect(numbers(preview, .declinedBefore) == [1])
  }

  @Test func `the last of several declines is told`() throws {
    let jobs = [PlannedJob.sample(1, "cus_decline_lost_card", 100, reference: "in_7")]
    for _ in 1...2 {
      test.clock.advance(.hours(1))
      try test.run(try test.plan(jobs), over: stripe)
    }

    let flag = try test.preview(try test.submit(jobs)).flag(.declinedBefore)

    let last = try test.queue.batches()[1].id
    #expect(flag?.jobs == 1)
    #expect(
      flag?.examples.map(\.fact) == [
        .declined(job: "\(last)#1", code: "lost_card", at: test.clock.now())
      ])
  }

  @Test func `a charge is nothing that was refunded before`() throws {
    try charge("cus_a", [100, 100, 100])
    let refund = PlannedJob.sample(
      1, "cus_a", 1, operation: .refundsCreate, reference: "back", charge: "pi_sandbox_1")

    let id = try test.submit([refund], under: .sample("refunds", operation: .refundsCreate))

    #expect(try test.preview(id).flags.map(\.kind) == [.neverCharged])
  }

  // MARK: The policy

  @Test func `jobs that the policy refuses are told, those at its limits are not`() throws {
    let jobFile = JobFile.sample(
      maxPerJob: [.usd(100)], maxJobs: 3, accounts: ["cus_1", "cus_2", "cus_3"])
    let id = try test.submit(
      [
        .sample(1, "cus_1", 100), .sample(2, "cus_2", 101), .sample(3, "cus_9", 50),
        .sample(4, "cus_3", 60),
      ], under: jobFile)

    let preview = try test.preview(id)

    #expect(numbers(preview, .overMaxPerJob) == [2])
    #expect(preview.flag(.overMaxPerJob)?.examples.map(\.fact) == [.limit(.usd(100))])
    #expect(preview.flag(.overMaxPerJob)?.amounts == [.usd(101)])
    #expect(numbers(preview, .accountNotAllowed) == [3])
    #expect(preview.flag(.accountNotAllowed)?.examples.map(\.fact) == [.accountNotListed])
    #expect(numbers(preview, .overMaxJobs) == [4])
    #expect(preview.flag(.overMaxJobs)?.examples.map(\.fact) == [.place(4, of: 3)])
    #expect(preview.flag(.operationNotAllowed) == nil)
    let fewer = try test.preview(id, except: JobNumbers("2,3"))
    #expect(fewer.flags.map(\.kind) == [.neverCharged])
  }

  @Test func `an operation that the policy does not allow is told of every job`() throws {
    let id = try test.submit(
      PlannedJob.samples(2), under: .sample(operation: .chargesCreate))

    let flag = try test.preview(id).flag(.operationNotAllowed)

    #expect(flag?.jobs == 2)
    #expect(flag?.examples.first?.fact == .operation(.paymentIntentsCreate))
  }

  // MARK: All of them

  @Test func `every job is counted and the first hundred are named`() throws {
    let id = try test.submit(PlannedJob.samples(130))

    let flag = try test.preview(id).flag(.neverCharged)

    #expect(flag?.jobs == 130)
    #expect(flag?.amounts == [.usd(13_000)])
    #expect(flag?.examples.map(\.planned.number) == Array(1...100))
  }

  @Test func `the days and months of its budgets end when UTC's do`() throws {
    let caps = [Window.month, .day].map { Cap(per: $0, limit: .usd(900)) }
    let id = try test.submit(PlannedJob.samples(1), under: .sample(moreCaps: caps))

    let preview = try test.preview(id)

    #expect(preview.windowEnds.map(\.per) == [.day, .month])
    let ends = [Window.day, .month].compactMap { $0.end(after: preview.at) }
    #expect(preview.windowEnds.map(\.at) == ends)
    #expect(try test.preview(try test.submit([.sample(1, "cus_x")])).windowEnds.isEmpty)
  }
}

extension Money {
  fileprivate static func usd(_ minorUnits: Int64) -> Money {
    Money(minorUnits: minorUnits, currency: .usd)
  }
}
