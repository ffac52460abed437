/// How much of one scope's money in one currency is gone, so that every window can be told.
///
/// Money counts on every day its hold is open: while it is held it counts on each, and once posted
/// on the day it is posted. Days only go forward; a clock that steps back counts on in the later
/// one. The same fold over the journal gives the same figures as the rows.
package struct Usage: Equatable, Sendable {
  /// Minor units reserved now.
  package private(set) var held: Int64
  /// Minor units that ever moved.
  package private(set) var spent: Int64
  /// The last day anything was posted on, counted from 1970-01-01.
  package private(set) var day: Int64
  /// Minor units posted on that day.
  package private(set) var spentOnDay: Int64
  /// The last month anything was posted in, counted from January of the year 0.
  package private(set) var month: Int64
  /// Minor units posted in that month.
  package private(set) var spentInMonth: Int64

  /// Usage of exactly these figures; nothing at all unless they are given.
  package init(
    held: Int64 = 0, spent: Int64 = 0, day: Int64 = 0, spentOnDay: Int64 = 0, month: Int64 = 0,
    spentInMonth: Int64 = 0
  ) {
    self.held = held
    self.spent = spent
    self.day = day
    self.spentOnDay = spentOnDay
    self.month = month
    self.spentInMonth = spentInMonth
  }

  /// Reserves an amount.
  package mutating func hold(_ amount: Int64) { held += amount }

  /// Gives a reserved amount back.
  package mutating func void(_ amount: Int64) { held -= amount }

  /// Spends what moved of a reserved amount.
  package mutating func post(_ actual: Int64, of reserved: Int64, at now: Timestamp) {
    held -= reserved
    spent += actual
    if now.day > day { (day, spentOnDay) = (now.day, 0) }
    if now.month > month { (month, spentInMonth) = (now.month, 0) }
    spentOnDay += actual
    spentInMonth += actual
  }

  /// Whether it can tell what moved in the window that holds `now`: nothing was posted in a later
  /// one, by a clock that has stepped back since.
  package func covers(_ window: Window, at now: Timestamp) -> Bool {
    switch window {
    case .batch: true
    case .day: now.day >= day
    case .month: now.month >= month
    }
  }

  /// What has moved in the window that holds `now`; in a later one, when it does not cover that.
  package func spent(in window: Window, at now: Timestamp) -> Int64 {
    switch window {
    case .batch: spent
    case .day: now.day > day ? 0 : spentOnDay
    case .month: now.month > month ? 0 : spentInMonth
    }
  }
}
