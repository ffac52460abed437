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
