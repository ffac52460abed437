/// Numbers of jobs as people list them: "12,40-44".
package struct JobNumbers: Equatable, Sendable {
  /// In order, apart from each other by at least one number.
  package let ranges: [ClosedRange<Int>]

  /// Reads a list of numbers and ranges; nil when it is anything else, or has more than so many.
  package init?(_ text: String, most: Int = 10_000_000) {
    var ranges: [ClosedRange<Int>] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let range = Self.range(part[...], most: most) else { return nil }
      ranges.append(range)
    }
    self.ranges = Self.joined(ranges)
  }

  private static func range(_ part: Substring, most: Int) -> ClosedRange<Int>? {
    let ends = part.split(separator: "-", omittingEmptySubsequences: false).compactMap(number)
    let written = part.count { $0 == "-" } + 1
    guard ends.count == written, written <= 2, let first = ends.first, let last = ends.last,
      first >= 1, first <= last, last <= most
    else { return nil }
    return first...last
  }

  /// The number in "12", "#12" or " 12 ".
  private static func number(_ text: Substring) -> Int? {
    let digits = text.filter { $0 != " " }.drop { $0 == "#" }
    return digits.allSatisfy(\.isNumber) ? Int(digits) : nil
  }

  private static func joined(_ ranges: [ClosedRange<Int>]) -> [ClosedRange<Int>] {
    var joined: [ClosedRange<Int>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = joined.last, range.lowerBound <= last.upperBound + 1 {
        joined[joined.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        joined.append(range)
      }
    }
    return joined
  }

  /// How many numbers there are.
  package var count: Int { ranges.reduce(0) { $0 + $1.count } }

  /// Each number, in order.
  package var all: some Sequence<Int> { ranges.lazy.joined() }

  /// Whether a number is one of them.
  package func contains(_ number: Int) -> Bool { ranges.contains { $0.contains(number) } }

  /// The one way the same numbers are written: "12,40-44".
  package var text: String {
    ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ",")
  }
}
