import Domain
import Synchronization

/// True time, which Stripe tells, and this machine's clock, which somebody may set.
final class SimulatedClock: Clock {
  private struct Hands {
    var truth: Int64
    /// How far the wall clock here is ahead of the true time.
    var error: Int64 = 0
    /// Nothing passes for a dead process.
    var isStopped = false
  }

  private static let start: Int64 = 1_795_341_600_000
  private let hands = Mutex(Hands(truth: start))

  /// The time at Stripe.
  var truth: Timestamp { Timestamp(milliseconds: hands.withLock { $0.truth }) }

  func now() -> Timestamp { Timestamp(milliseconds: hands.withLock { $0.truth + $0.error }) }

  func uptime() -> Milliseconds { Milliseconds(hands.withLock { $0.truth - Self.start }) }

  func sleep(_ wait: Milliseconds) { pass(wait) }

  /// Time passes, for a process that lives.
  func pass(_ wait: Milliseconds) {
    hands.withLock { if !$0.isStopped { $0.truth += wait.count } }
  }

  /// Somebody sets this machine's clock, so far ahead of the true time.
  func set(error: Milliseconds) { hands.withLock { $0.error = error.count } }

  /// Whether nothing is sent by this clock: it is more than five minutes off.
  var isWrong: Bool { abs(hands.withLock { $0.error }) > Milliseconds.minutes(5).count }

  /// The process dies, or another one begins.
  func stop(_ isStopped: Bool) { hands.withLock { $0.isStopped = isStopped } }
}

/// Whole numbers that a seed decides.
struct Dice {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// The generator that other code draws from.
  mutating func seed() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 up to, but not, `sides`.
  mutating func roll(_ sides: Int) -> Int { Int(seed() % UInt64(sides)) }

  /// True once in so many times.
  mutating func once(in sides: Int) -> Bool { roll(sides) == 0 }

  /// One of these.
  mutating func pick<Value>(_ values: [Value]) -> Value { values[roll(values.count)] }
}
