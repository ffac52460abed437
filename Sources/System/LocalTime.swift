package import Domain

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// An instant as the clock on this machine's wall shows it, by `TZ` or the machine's setting.
package struct LocalTime: Equatable, Sendable {
  /// RFC 3339 without its offset: "2026-11-23T01:00:00".
  private let civil: String
  /// Seconds east of UTC.
  private let offset: Int
  private let zone: String

  /// The local time of an instant.
  package init(_ instant: Timestamp) {
    tzset()
    var seconds = time_t(instant.milliseconds / 1000)
    var parts = unsafe tm()
    let isKnown = unsafe localtime_r(&seconds, &parts) != nil
    offset = isKnown ? unsafe Int(parts.tm_gmtoff) : 0
    zone = unsafe parts.tm_zone.map { printable(unsafe String(cString: $0)) } ?? "UTC"
    // The civil time is the one that UTC has so many seconds later.
    let shifted = instant + .seconds(Int64(offset))
    civil = String(shifted.description.dropLast())
  }

  /// Whether it is UTC's.
  package var isUTC: Bool { offset == 0 }

  /// To the minute, with the zone's name: "2026-11-23 01:00 CET".
  package var words: String {
    "\(civil.prefix(10)) \(civil.dropFirst(11).prefix(5)) \(zone)"
  }
}

extension LocalTime: CustomStringConvertible {
  /// RFC 3339 with its offset: "2026-11-23T01:00:00+01:00".
  package var description: String {
    let minutes = offset.magnitude / 60
    return civil + (offset < 0 ? "-" : "+") + Self.two(minutes / 60) + ":" + Self.two(minutes % 60)
  }

  private static func two(_ number: UInt) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
