import Domain
import Testing

@Suite struct UsageTests {
  private let noon = Timestamp(milliseconds: 1_795_341_600_000)

  @Test func `held money counts in every window until it is settled`() {
    var usage = Usage()

    usage.hold(300)
    usage.hold(200)
    usage.void(200)

    #expect(usage.held == 300)
    for window in Window.allCases { #expect(usage.spent(in: window, at: noon) == 0) }
  }

  @Test func `posted money counts on the day and in the month it is posted`() {
    var usage = Usage()
    usage.hold(300)

    usage.post(300, of: 300, at: noon)

    #expect(usage.held == 0)
    for window in Window.allCases { #expect(usage.spent(in: window, at: noon) == 300) }
    let tomorrow = noon + .days(1)
    #expect(usage.spent(in: .day, at: tomorrow) == 0)
    #expect(usage.spent(in: .month, at: tomorrow) == 300)
    #expect(usage.spent(in: .month, at: noon + .days(31)) == 0)
    #expect(usage.spent(in: .batch, at: noon + .days(400)) == 300)
  }

  @Test func `a hold open over midnight counts on both days`() {
    var usage = Usage()
    usage.hold(100)
    #expect(usage.held + usage.spent(in: .day, at: noon) == 100)
    let tomorrow = noon + .days(1)
    #expect(usage.held + usage.spent(in: .day, at: tomorrow) == 100)

    usage.post(100, of: 100, at: tomorrow)

    #expect(usage.held + usage.spent(in: .day, at: tomorrow) == 100)
  }

  @Test func `a clock that steps back gives no room again`() {
    var usage = Usage()
    usage.hold(100)
    usage.post(100, of: 100, at: noon + .days(1))

    #expect(usage.spent(in: .day, at: noon) == 100)
    usage.hold(50)
    usage.post(50, of: 50, at: noon)

    #expect(usage.spent(in: .day, at: noon + .days(1)) == 150)
  }

  @Test func `what moved is spent even when it is not what was held`() {
    var usage = Usage()
    usage.hold(100)

    usage.post(120, of: 100, at: noon)

    #expect(usage.held == 0)
    #expect(usage.spent == 120)
  }

  @Test(
    arguments: [
      (0, 0, 1970 * 12), (86_399_999, 0, 1970 * 12), (86_400_000, 1, 1970 * 12),
      (1_795_341_600_000, 20_779, 2026 * 12 + 10), (1_798_761_599_999, 20_818, 2026 * 12 + 11),
      (1_798_761_600_000, 20_819, 2027 * 12), (-1, -1, 1969 * 12 + 11),
    ] as [(Int64, Int64, Int64)])
  func `days and months are those of UTC`(milliseconds: Int64, day: Int64, month: Int64) {
    let instant = Timestamp(milliseconds: milliseconds)

    #expect(instant.day == day)
    #expect(instant.month == month)
  }
}

@Suite struct JobNumbersTests {
  @Test(arguments: [
    ("12", "12"), ("12,40-44", "12,40-44"), ("44,12,40-43", "12,40,41-44"), ("1-1", "1"),
    ("3,1,2", "1-3"), (" 5 , 7 ", "5,7"), ("#12", "12"), ("1-3,2-5", "1-5"),
  ])
  func `a list is read and written in one way`(text: String, canonical: String) throws {
    let numbers = try #require(JobNumbers(text))

    #expect(JobNumbers(numbers.text) == numbers)
    #expect(JobNumbers(canonical) == numbers)
    #expect(Array(numbers.all).count == numbers.count)
  }

  @Test(arguments: [
    "", ",", "0", "-1", "1-", "-", "5-3", "1,,2", "a", "1.5", "1-2-3", "1x", "99999999999999999999",
    "1-10000001", "12 13x",
  ])
  func `anything else is no list`(text: String) {
    #expect(JobNumbers(text) == nil)
  }
}
