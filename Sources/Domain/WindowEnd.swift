extension Window {
  /// When the window that holds an instant is over; nil for a batch, which no clock ends.
  package func end(after now: Timestamp) -> Timestamp? {
    switch self {
    case .batch: return nil
    case .day: return Timestamp.beginning(of: now.day + 1)
    case .month:
      var next = Timestamp.beginning(of: now.day + 1)
      while next.month == now.month { next = Timestamp.beginning(of: next.day + 1) }
      return next
    }
  }
}

extension Timestamp {
  /// The first instant of a UTC day, counted from 1970-01-01.
  fileprivate static func beginning(of day: Int64) -> Timestamp {
    Timestamp(milliseconds: 0) + .days(day)
  }
}

extension Timestamp {
  /// The instant at which a UTC day written "2026-12-31" is over; nil for anything else.
  package init?(endOfDay text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2], text.utf8.allSatisfy({ $0 < 58 && $0 > 44 }),
      let year = Int64(parts[0]), let month = Int64(parts[1]), let day = Int64(parts[2])
    else { return nil }
    // Years are counted from March, so that a leap day is the last of its year.
    let marchYear = month <= 2 ? year - 1 : year
    let monthsSinceMarch = (month + 9) % 12
    let leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400
    let dayNumber =
      marchYear * 365 + leapDays + (153 * monthsSinceMarch + 2) / 5 + day - 1 - 719_468
    self = Timestamp.beginning(of: dayNumber + 1)
    guard Timestamp.beginning(of: dayNumber).description.hasPrefix(text + "T") else { return nil }
  }
}
