import Domain
import Testing

@Suite struct WindowEndTests {
  @Test(arguments: [
    (1_795_341_600_000, "2026-11-23T00:00:00Z", "2026-12-01T00:00:00Z"),
    (1_798_761_599_999, "2027-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
    (1_798_761_600_000, "2027-01-02T00:00:00Z", "2027-02-01T00:00:00Z"),
    (1_835_308_800_000, "2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z"),
  ])
  func `a day and a month end with the calendar's, in UTC`(
    _ milliseconds: Int64, _ day: String, _ month: String
  ) {
    let now = Timestamp(milliseconds: milliseconds)

    #expect(Window.day.end(after: now)?.description == day)
    #expect(Window.month.end(after: now)?.description == month)
  }

  @Test func `no clock ends a batch`() {
    #expect(Window.batch.end(after: Timestamp(milliseconds: 0)) == nil)
  }
}
