package import Domain

/// How long to wait before the next try: twice as long each time, with jitter, up to half a minute.
package struct Backoff: Sendable {
  private var failures = 0

  /// No failures yet.
  package init() {}

  /// Counts a failure and says how long to wait: between half and all of 0.5 s, 1 s, 2 s, ...
  ///
  /// 32 s.
  package mutating func next(using random: inout some RandomNumberGenerator) -> Milliseconds {
    let most = Int64(500) << Int64(min(failures, 6))
    failures += 1
    return Milliseconds(Int64.random(in: most / 2...most, using: &random))
  }

  /// Forgets the failures.
  package mutating func reset() { failures = 0 }
}
