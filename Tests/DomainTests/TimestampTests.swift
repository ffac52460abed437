import Domain
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (999, "1970-01-01T00:00:00Z"), (1000, "1970-01-01T00:00:01Z"),
    (-1, "1969-12-31T23:59:59Z"), (-1000, "1969-12-31T23:59:59Z"),
    (-1001, "1969-12-31T23:59:58Z"), (-86_400_000, "1969-12-31T00:00:00Z"),
    (951_782_400_000, "2000-02-29T00:00:00Z"), (951_868_800_000, "2000-03-01T00:00:00Z"),
    (1_709_164_800_000, "2024-02-29T00:00:00Z"), (1_735_689_599_999, "2024-12-31T23:59:59Z"),
    (1_795_341_600_000, "2026-11-22T10:00:00Z"), (4_107_456_000_000, "2100-02-28T00:00:00Z"),
    (4_107_542_400_000, "2100-03-01T00:00:00Z"), (-2_208_988_800_000, "1900-01-01T00:00:00Z"),
    (-2_203_891_200_000, "1900-03-01T00:00:00Z"), (-11_676_096_000_000, "1600-01-01T00:00:00Z"),
    (253_402_300_799_000, "9999-12-31T23:59:59Z"),
  ])
  func `an instant has its civil date and time`(_ milliseconds: Int64, _ text: String) {
    #expect(Timestamp(milliseconds: milliseconds).description == text)
  }

  @Test func `days follow one another through 800 years of month lengths`() {
    var day = Timestamp(milliseconds: -11_676_096_000_000)
    for year in 1600..<2400 {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      for (month, length) in zip(1..., lengths) {
        #expect(day.compactDay == "\(year)\(month < 10 ? "0" : "")\(month)01")
        day = day + .days(Int64(length))
      }
    }
  }

  @Test func `a batch name's day is eight digits`() {
    #expect(Timestamp(milliseconds: 1_795_341_600_000).compactDay == "20261122")
    #expect(Timestamp(milliseconds: -1).compactDay == "19691231")
  }

  @Test func `instants are ordered and apart by a length of time`() {
    let first = Timestamp(milliseconds: 1000)
    let second = first + .seconds(90)

    #expect(first < second)
    #expect(second.since(first) == .seconds(90))
    #expect(first.since(second) == .seconds(-90))
  }
}

@Suite struct DurationTests {
  @Test(arguments: [
    ("90s", Milliseconds.seconds(90)), ("15m", .minutes(15)), ("1h", .hours(1)), ("7d", .days(7)),
    ("1s", Milliseconds(1000)), ("999999d", .days(999_999)),
  ])
  func `a duration is a number and its unit`(_ text: String, _ length: Milliseconds) {
    #expect(Milliseconds(duration: text) == length)
  }

  @Test(arguments: [
    "", "s", "90", "0s", "-1h", "+1h", " 1h", "1h ", "1.5h", "1w", "1H", "1hh", "1000000s", "٣d",
    "9223372036854775808d",
  ])
  func `anything else is no duration`(_ text: String) {
    #expect(Milliseconds(duration: text) == nil)
  }

  @Test func `units are multiples of one another`() {
    #expect(Milliseconds.days(1) == .hours(24))
    #expect(Milliseconds.hours(1) == .minutes(60))
    #expect(Milliseconds.minutes(1) == .seconds(60))
    #expect(Milliseconds.seconds(1) < .minutes(1))
  }
}
