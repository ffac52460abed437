import Foundation
import Support
import Synchronization
import Testing

/// The program against a Stripe that nobody here wrote, through every fault of process and network.
@Suite struct OracleTests {
  /// Cases that share a localstripe and a home; it gets slower the more it keeps.
  private static let casesInGroup = 24
  private static let threads = 6

  @Test func `the report says of every job what localstripe has`() throws {
    let environment = ProcessInfo.processInfo.environment
    let wanted = environment["SLUICE_ORACLE_CASES"].flatMap { Int($0) } ?? 3 * Self.casesInGroup
    let first = environment["SLUICE_SEED"].flatMap { UInt64($0) } ?? .random(in: 1...999_999)
    var results: [OracleCase.Result] = []

    for start in stride(from: 0, to: wanted, by: Self.casesInGroup) {
      let seeds = (start..<min(start + Self.casesInGroup, wanted)).map { first + UInt64($0) }
      results += try Self.run(seeds)
    }

    print("oracle: SLUICE_SEED=\(first) \(Self.told(results))")
    #expect(results.flatMap(\.mistakes) == [])
    #expect(results.reduce(0) { $0 + $1.moved } > 0)
  }

  /// Runs these seeds, several at once, in one home; its journal has to be whole afterwards.
  private static func run(_ seeds: [UInt64]) throws -> [OracleCase.Result] {
    let stripe = try LocalStripe()
    let front = try Front(before: stripe)
    let home = try ProgramHome(mode: "test")
    let (stripeURL, frontURL) = (stripe.url, front.url)
    var results = inThreads(threads, seeds) { seed in
      var one = OracleCase(seed: seed, home: home, stripe: stripeURL, front: frontURL)
      return one.run()
    }
    let verified = try home.sluice(["journal", "verify"])
    if verified.status != 0 { results.append(.init(mistakes: ["\(seeds): \(verified)"])) }
    return results
  }

  /// All results in a line.
  private static func told(_ results: [OracleCase.Result]) -> String {
    func sum(_ value: (OracleCase.Result) -> Int64) -> Int64 {
      results.reduce(0) { $0 + value($1) }
    }
    let met = results.flatMap(\.met)
    let kills = met.filter { $0.hasPrefix("kill") }.count
    let kinds = Dictionary(grouping: met) { $0 }.mapValues(\.count).sorted { $0.key < $1.key }
    let counts = results.reduce(into: [String: Int64]()) { sums, result in
      sums.merge(result.counts.filter { $0.value > 0 }) { $0 + $1 }
    }
    return """
      \(results.count) cases, \(results.reduce(0) { $0 + $1.runs }) runs, \(kills) kills, \
      \(met.count - kills) other faults, \(sum(\.moved)) moved
      \(counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
      \(kinds.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
      """
  }
}

/// Gives each value to `body` on one of so many threads, and returns what came of them.
private func inThreads<Value: Sendable, Result: Sendable>(
  _ count: Int, _ values: [Value], _ body: @escaping @Sendable (Value) -> Result
) -> [Result] {
  let left = Mutex(values)
  let results = Mutex<[Result]>([])
  let group = DispatchGroup()
  for _ in 0..<count {
    group.enter()
    Thread.detachNewThread {
      while let value = left.withLock({ $0.popLast() }) {
        let result = body(value)
        results.withLock { $0.append(result) }
      }
      group.leave()
    }
  }
  group.wait()
  return results.withLock { $0 }
}
