import Domain
import Testing

struct LatenessTests {
  @Test(arguments: [
    [1440, 1530], [10_080, 10_170], [60, 67], [8, 9],
  ])
  func `a run is late by an eighth of its interval, and by 90 minutes at most`(
    minutes: [Int64]
  ) {
    let jobFile = Self.jobFile(every: .minutes(minutes[0]))
    let last = Timestamp(milliseconds: 1_795_380_135_000)

    #expect(!jobFile.isLate(since: last, at: last + .minutes(minutes[1])))
    #expect(jobFile.isLate(since: last, at: last + .minutes(minutes[1] + 1)))
  }

  @Test func `without a schedule no run is late`() {
    let last = Timestamp(milliseconds: 1_795_380_135_000)

    #expect(!Self.jobFile(every: nil).isLate(since: last, at: last + .days(900)))
  }

  private static func jobFile(every: Milliseconds?) -> JobFile {
    JobFile(
      name: "fees", description: nil, operation: .paymentIntentsCreate, currency: nil, source: nil,
      columns: [:], fields: [:],
      policy: Policy(
        name: "fees", allowedOperations: [], caps: [], maxPerJob: [], maxJobs: nil, accounts: nil,
        expiresIn: .hours(1)),
      approval: ApprovalRule(fourEyes: nil, expiresIn: .hours(24)),
      halt: HaltRule(declinedInARow: 1, rejectedInARow: 1, unreachableInARow: 1),
      scheduleEvery: every, bytes: [])
  }
}
