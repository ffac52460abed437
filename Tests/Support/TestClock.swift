package import Domain
import Synchronization

/// A clock that stands still until a test moves it; sleeping moves it too.
package final class TestClock: Clock {
  private struct Hands {
    var wall: Int64
    var uptime: Int64
    var slept: Int64 = 0
  }

  private let hands: Mutex<Hands>

  /// A clock that shows an instant of November 2026 unless told otherwise.
  package init(_ start: Timestamp = Timestamp(milliseconds: 1_795_341_600_000)) {
    hands = Mutex(Hands(wall: start.milliseconds, uptime: 1_000_000))
  }

  package func now() -> Timestamp { Timestamp(milliseconds: hands.withLock { $0.wall }) }

  package func uptime() -> Milliseconds { Milliseconds(hands.withLock { $0.uptime }) }

  package func sleep(_ wait: Milliseconds) {
    hands.withLock { $0.slept += wait.count }
    advance(wait)
  }

  /// Time passes.
  package func advance(_ wait: Milliseconds) {
    hands.withLock {
      $0.wall += wait.count
      $0.uptime += wait.count
    }
  }

  /// Somebody sets the wall clock; no time passes.
  package func step(_ change: Milliseconds) {
    hands.withLock { $0.wall += change.count }
  }

  /// How long was slept in all.
  package var slept: Milliseconds { Milliseconds(hands.withLock { $0.slept }) }
}

/// Random numbers that are the same in every run of a test.
package struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The numbers of this seed.
  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
