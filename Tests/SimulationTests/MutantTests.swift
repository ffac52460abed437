import Domain
import Foundation
import Testing

/// Each rule about money, broken on purpose: a seed has to notice, by a promise that is broken.
struct MutantTests {
  /// A seed that notices, and the promise that it sees broken.
  struct Witness: Equatable {
    let seed: UInt64
    let promise: String
  }

  /// A seed that notices each.
  private static let witnesses: [Mutant: Witness] = [
    .newKeyPerResend: Witness(seed: 7, promise: "I1"),
    .reserveAfterAnswer: Witness(seed: 3, promise: "I5"),
    .markAfterSend: Witness(seed: 3, promise: "I3"),
    .requeueOnCrash: Witness(seed: 65, promise: "I5"),
    .timeoutMeansFailed: Witness(seed: 32, promise: "I3"),
    .voidInDoubt: Witness(seed: 12, promise: "I5"),
    .conflictMeansFailed: Witness(seed: 39, promise: "I3"),
    .serverErrorMeansFailed: Witness(seed: 53, promise: "I3"),
    .resendAfterADay: Witness(seed: 62, promise: "I1"),
    .noCapCheck: Witness(seed: 2, promise: "I2"),
    .absentMeansNotCharged: Witness(seed: 39, promise: "I3"),
    .rateLimitBelieved: Witness(seed: 975, promise: "I3"),
    .credentialsBelieved: Witness(seed: 445, promise: "I3"),
    .badRequestBelieved: Witness(seed: 114, promise: "I3"),
    .neverSentBelieved: Witness(seed: 667, promise: "I3"),
    .holdExpires: Witness(seed: 16, promise: "I2"),
    .capRefilledByNewKey: Witness(seed: 3, promise: "I2"),
    .resendIgnoresStop: Witness(seed: 240, promise: "I6"),
    .failedChargeBelieved: Witness(seed: 15, promise: "I4"),
    .localClockBelieved: Witness(seed: 10_864, promise: "I1"),
  ]

  /// How many seeds are searched where the one that is known does not notice any more.
  private static let searched = ProcessInfo.processInfo.environment["SLUICE_MUTANT_SEEDS"]
    .flatMap(UInt64.init)

  @Test(arguments: Mutant.allCases)
  func `a rule that is broken is noticed`(mutant: Mutant) throws {
    let known = Self.witnesses[mutant]
    let found = try known.flatMap { try witness(of: mutant, $0.seed) }
    if found == nil || found != known, let searched = Self.searched {
      let first = Self.order(searched).lazy.compactMap { try? witness(of: mutant, $0) }.first
      try say("\(mutant): \(first.map { "\($0.seed), \($0.promise)" } ?? "not noticed")")
    }
    #expect(found == known && known != nil, "search anew: SLUICE_MUTANT_SEEDS=3000")
  }

  /// The seeds up to one, long lives first: they notice most.
  private static func order(_ last: UInt64) -> [UInt64] {
    (1...last).filter { $0 % 8 == 0 } + (1...last).filter { $0 % 8 != 0 }
  }

  /// What a seed sees broken under a mutant, if anything.
  private func witness(of mutant: Mutant, _ seed: UInt64) throws -> Witness? {
    try Mutant.$active.withValue(mutant) {
      let place = Mutant.allCases.firstIndex(of: mutant) ?? 0
      let simulation = try Simulation(seed: seed, copy: 10 + place)
      simulation.run()
      let finding = simulation.findings.first { $0.hasPrefix("I") }
      return finding.map { Witness(seed: seed, promise: String($0.prefix(2))) }
    }
  }

  private func say(_ line: String) throws {
    try FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
  }
}
