package import Domain

/// Stripe's time, told by the `Date` of its answers and carried on by a clock that cannot be set.
///
/// A local clock that is set back would make a pruned idempotency key look fresh, and the charge
/// would be made twice; so no decision to send again is made on local time.
package struct StripeClock: Sendable {
  /// How far the local clock may be from Stripe's.
  package static let tolerance = Milliseconds.minutes(5)
  /// How old the last answer may be before Stripe is asked again.
  package static let freshness = Milliseconds.hours(1)

  private let clock: any Clock
  private var last: (date: Timestamp, uptime: Milliseconds)?

  /// A clock that knows nothing of Stripe's time yet.
  package init(_ clock: any Clock) { self.clock = clock }

  /// Takes the date of an answer that has just come.
  package mutating func observe(_ date: Timestamp?) {
    guard let date else { return }
    last = (date, clock.uptime())
  }

  /// Stripe's time now; nil until an answer has come.
  package var now: Timestamp? {
    if Mutant.localClockBelieved.isOn { return clock.now() }
    return last.map { $0.date + Milliseconds(clock.uptime().count - $0.uptime.count) }
  }

  /// Whether Stripe has told the time recently enough.
  package var isFresh: Bool {
    guard let last else { return false }
    let age = clock.uptime().count - last.uptime.count
    return age >= 0 && age < Self.freshness.count
  }

  /// How far the local clock is off, in a sentence; nil when the two agree.
  package var disagreement: String? {
    guard let now else { return "Stripe has not told the time" }
    let local = clock.now()
    guard abs(local.since(now).count) > Self.tolerance.count else { return nil }
    return "the clock here says \(local) and Stripe's says \(now)"
  }
}
