import Domain
import Queue
import Service
import Support
import Testing

/// How many jobs a planner may add in an hour.
@Suite struct HourTests {
  private let home: TestHome
  private let desk: PlannerDesk

  init() throws {
    home = try TestHome()
    var quota = Quota()
    quota.jobsPerHour = 3
    desk = try home.desk(quota: quota)
  }

  @Test func `more jobs than any hour has room for are not told to come back`() throws {
    let refused = try refusal(desk.plan((1...4).map { .sample($0) }, under: nil))

    #expect(refused.message == "these are 4 jobs, and this planner may add 3 an hour")
    #expect(refused.advice == "nothing was added; plan at most 3 at once")
    #expect(refused.comeBackAt == nil)
    #expect(try desk.list().drafts.isEmpty)
  }

  @Test func `what this hour has no room for is taken when the next one begins`() throws {
    let next = Timestamp(milliseconds: 1_795_345_200_000)
    _ = try given(desk.plan([.sample(1), .sample(2)], under: nil))

    let two = try refusal(desk.plan([.sample(3), .sample(4)], under: nil))
    _ = try given(desk.plan([.sample(3)], under: nil))
    let one = try refusal(desk.plan([.sample(4)], under: nil))

    #expect(two.message == "this planner may add 3 jobs an hour, and 1 is left of them")
    #expect(
      two.advice
        == "nothing was added; plan at most 1 now, or come back at 2026-11-22T11:00:00Z, when the "
        + "next hour begins")
    #expect(one.message == "this planner may add 3 jobs an hour, and 0 are left of them")
    #expect(
      one.advice
        == "nothing was added; come back at 2026-11-22T11:00:00Z, when the next hour begins")
    #expect(two.comeBackAt == next && one.comeBackAt == next)

    home.clock.advance(Milliseconds(next.since(home.clock.now()).count - 1))
    #expect(try refusal(desk.plan([.sample(4)], under: nil)) == one)
    home.clock.advance(Milliseconds(1))
    #expect(try given(desk.plan((4...6).map { .sample($0) }, under: nil)).addition.jobs == 6)
  }
}
