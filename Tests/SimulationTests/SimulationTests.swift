import Foundation
import Synchronization
import Testing

/// One seed decides what people plan and do, what Stripe and the network answer, when the process
/// dies and how long it is dead; the real program has to keep its promises.
struct SimulationTests {
  /// Seeds are tried in rows of so many, each row a test of its own.
  private static let rowLength: UInt64 = 250

  /// `SLUICE_SEEDS` asks for another number of seeds, `SLUICE_FIRST_SEED` for others than those
  /// from 1 on, `SLUICE_SEED` for one alone.
  static let rows: [ClosedRange<UInt64>] = {
    let environment = ProcessInfo.processInfo.environment
    if let one = environment["SLUICE_SEED"].flatMap(UInt64.init) { return [one...one] }
    let first = environment["SLUICE_FIRST_SEED"].flatMap(UInt64.init) ?? 1
    let last = first - 1 + (environment["SLUICE_SEEDS"].flatMap(UInt64.init) ?? 20_000)
    return stride(from: first, through: last, by: Int(rowLength)).map {
      $0...min($0 + rowLength - 1, last)
    }
  }()

  /// How many rows are not done yet.
  private static let rowsLeft = Mutex(rows.count)
  private static let beginning = ProcessInfo.processInfo.systemUptime

  @Test(arguments: rows)
  func `whatever happens, no promise is broken`(seeds: ClosedRange<UInt64>) throws {
    _ = Self.beginning
    for seed in seeds {
      let simulation = try Simulation(seed: seed)
      simulation.run()
      if !simulation.findings.isEmpty { try tell(seed) }
    }
    try tellSpeed()
  }

  /// Says how fast it went, once the last row is done.
  private func tellSpeed() throws {
    let isLast = Self.rowsLeft.withLock { left in
      left -= 1
      return left == 0
    }
    guard isLast else { return }
    let count = Self.rows.reduce(0) { $0 + $1.count }
    let seconds = ProcessInfo.processInfo.systemUptime - Self.beginning
    let speed = Int((Double(count) / max(seconds, 0.001)).rounded())
    let line = "simulation: \(count) seeds in \(Int(seconds)) s, \(speed) a second\n"
    try FileHandle.standardError.write(contentsOf: Data(line.utf8))
  }

  /// Runs a seed that failed again and records its trace.
  private func tell(_ seed: UInt64) throws {
    let again = try Simulation(seed: seed, copy: 1, isTold: true)
    again.run()
    Issue.record(
      """
      seed \(seed) breaks \(again.findings.joined(separator: "; "))
      replay it: SLUICE_SEED=\(seed) ./Tests/run --filter SimulationTests
      \((again.told ?? []).joined(separator: "\n"))
      """)
  }

  @Test(arguments: [1, 8, 16, 42, 1234] as [UInt64])
  func `a seed does the same again, byte for byte`(seed: UInt64) throws {
    let traces = try (2...3).map { copy in
      let simulation = try Simulation(seed: seed, copy: copy, isTold: true)
      simulation.run()
      return (simulation.told ?? []).joined(separator: "\n")
    }

    #expect(traces[0] == traces[1])
    #expect(traces[0].count > 200)
  }
}
