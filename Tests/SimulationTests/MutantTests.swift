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

  /// The first seed that notices each.
  private static let witnesses: [Mutant: Witness] = [
    .newKeyPerResend: Witness(seed: 2, promise: "I1"),
    .reserveAfterAnswer: Witness(seed: 1, promise: "I5"),
    .markAfterSend: Witness(seed: 1, promise: "I3"),
    .requeueOnCrash: Witness(seed: 41, promise: "I3"),
    .timeoutMeansFailed: Witness(seed: 50, promise: "I3"),
    .voidInDoubt: Witness(seed: 2, promise: "I5"),
    .conflictMeansFailed: Witness(seed: 139, promise: "I3"),
    .serverErrorMeansFailed: Witness(seed: 36, promise: "I3"),
    .resendAfterADay: Witness(seed: 200, promise: "I1"),
    .noCapCheck: Witness(seed: 3, promise: "I2"),
    .absentMeansNotCharged: Witness(seed: 36, promise: "I3"),
    .rateLimitBelieved: Witness(seed: 83, promise: "I3"),
    .credentialsBelieved: Witness(seed: 61, promise: "I3"),
    .badRequestBelieved: Witness(seed: 442, promise: "I3"),
    .neverSentBelieved: Witness(seed: 138, promise: "I2"),
    .holdExpires: Witness(seed: 115, promise: "I2"),
    .capRefilledByNewKey: Witness(seed: 3, promise: "I2"),
    .resendIgnoresStop: Witness(seed: 231, promise: "I6"),
    .failedChargeBelieved: Witness(seed: 2, promise: "I4"),
    .localClockBelieved: Witness(seed: 426, promise: "I1"),
  ]

  /// How many seeds are searched anew, instead of trying only the one that is known.
  private static let searched = ProcessInfo.processInfo.environment["SLUICE_MUTANT_SEEDS"]
    .flatMap(UInt64.init)

  @Test(arguments: Mutant.allCases)
  func `a rule that is broken is noticed`(mutant: Mutant) throws {
    let known = Self.witnesses[mutant]
    if let searched = Self.searched {
      let found = (1...searched).lazy.compactMap { try? witness(of: mutant, $0) }.first
      try say("\(mutant): \(found.map { "\($0.seed), \($0.promise)" } ?? "not noticed")")
      #expect(found != nil)
    } else {
      let found = try known.flatMap { try witness(of: mutant, $0.seed) }
      #expect(found == known && known != nil, "search anew: SLUICE_MUTANT_SEEDS=3000")
    }
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
