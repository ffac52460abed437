/// An instant: milliseconds since the Unix epoch, UTC.
package struct Timestamp: Hashable, Comparable, Sendable {
  package let milliseconds: Int64

  /// The instant so many milliseconds after the Unix epoch.
  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Whether one instant is before another.
  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.milliseconds < right.milliseconds
  }

  /// The instant a while later.
  package static func + (instant: Timestamp, wait: Milliseconds) -> Timestamp {
    Timestamp(milliseconds: instant.milliseconds + wait.count)
  }

  /// How long after `earlier` this instant is; negative when it is before.
  package func since(_ earlier: Timestamp) -> Milliseconds {
    Milliseconds(milliseconds - earlier.milliseconds)
  }
}

/// A length of time in milliseconds.
package struct Milliseconds: Hashable, Comparable, Sendable {
  package let count: Int64

  /// So many milliseconds.
  package init(_ count: Int64) { self.count = count }

  /// So many seconds.
  package static func seconds(_ count: Int64) -> Milliseconds { Milliseconds(count * 1000) }
  /// So many minutes.
  package static func minutes(_ count: Int64) -> Milliseconds { .seconds(count * 60) }
  /// So many hours.
  package static func hours(_ count: Int64) -> Milliseconds { .minutes(count * 60) }
  /// So many days.
  package static func days(_ count: Int64) -> Milliseconds { .hours(count * 24) }

  /// The largest unit it is a whole number of, as a job file writes it: "90s", "1d".
  package var words: String {
    let units: [(letter: String, length: Int64)] = [
      ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000),
    ]
    let unit = units.first { count != 0 && count % $0.length == 0 }
    return unit.map { "\(count / $0.length)\($0.letter)" } ?? "\(count / 1000)s"
  }

  /// Whether one length of time is shorter than another.
  package static func < (left: Milliseconds, right: Milliseconds) -> Bool {
    left.count < right.count
  }

  /// Reads `90s`, `15m`, `1h` or `7d`; nil for anything else, zero and overflow included.
  package init?(duration text: String) {
    guard let unit = text.last, let number = Int64(text.dropLast()), number > 0, number < 1_000_000,
      text.first?.isNumber == true
    else { return nil }
    switch unit {
    case "s": self = .seconds(number)
    case "m": self = .minutes(number)
    case "h": self = .hours(number)
    case "d": self = .days(number)
    default: return nil
    }
  }
}

extension Timestamp: CustomStringConvertible {
  /// RFC 3339 in UTC, to the second: "2026-11-22T10:00:00Z".
  package var description: String {
    let day = civil
    return "\(day.year)-\(two(day.month))-\(two(day.day))"
      + "T\(two(secondOfDay / 3600)):\(two(secondOfDay / 60 % 60)):\(two(secondOfDay % 60))Z"
  }

  /// The UTC day in eight digits, as batch names carry it: "20261122".
  package var compactDay: String {
    let day = civil
    return "\(day.year)\(two(day.month))\(two(day.day))"
  }

  /// The UTC day, counted from 1970-01-01.
  package var day: Int64 { dayNumber }

  /// The UTC month, counted from January of the year 0.
  package var month: Int64 {
    let day = civil
    return day.year * 12 + day.month - 1
  }

  /// The form of HTTP's `Date`: "Sun, 22 Nov 2026 10:00:00 GMT".
  package var httpDate: String {
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let day = civil
    let weekday = weekdays[Int((dayNumber % 7 + 7) % 7)]
    return "\(weekday), \(two(day.day)) \(months[Int(day.month) - 1]) \(day.year) "
      + "\(two(secondOfDay / 3600)):\(two(secondOfDay / 60 % 60)):\(two(secondOfDay % 60)) GMT"
  }

  private var seconds: Int64 {
    milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000
  }

  private var secondOfDay: Int64 { seconds - dayNumber * 86400 }

  private var dayNumber: Int64 { seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400 }

  /// The civil date of the day number, counted in 400-year cycles that begin on a 1 March.
  private var civil: (year: Int64, month: Int64, day: Int64) {
    let shifted = dayNumber + 719_468
    let cycle = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfCycle = shifted - cycle * 146_097
    let yearOfCycle =
      (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36524 - dayOfCycle / 146_096) / 365
    let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0)
    return (year, month, day)
  }

  private func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// Where time comes from; passed in, so that tests and simulations drive it.
package protocol Clock: Sendable {
  /// The wall clock.
  func now() -> Timestamp
  /// A clock that only goes forward and counts time asleep; its zero means nothing.
  func uptime() -> Milliseconds
  /// Waits; returns early when a signal arrives.
  func sleep(_ wait: Milliseconds)
}
