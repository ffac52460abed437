import Foundation
import Support
import Testing

/// A seed drives every command there is, over months and crashes.
struct HistoryTests {
  /// How many seeds are tried: `SLUICE_SEEDS` asks for more, `SLUICE_SEED` for one alone.
  static let seeds: ClosedRange<UInt64> = {
    let environment = ProcessInfo.processInfo.environment
    if let one = environment["SLUICE_SEED"].flatMap(UInt64.init) { return one...one }
    return 1...(environment["SLUICE_SEEDS"].flatMap(UInt64.init) ?? 60)
  }()

  @Test(arguments: seeds)
  func `whatever happens, the tables agree with the journal and no limit is passed`(
    seed: UInt64
  ) throws {
    let history = try History(seed: seed)

    for _ in 1...40 { try history.step() }

    #expect(
      history.findings == [], "seed \(seed):\n\(history.told.joined(separator: "\n"))")
  }
}
