import Domain

/// A reader of what somebody else wrote, with what must hold whatever that is.
package enum Reader: String, CaseIterable, Sendable {
  case csv, jsonl, job, mcp, stripe

  /// What is wrong with the way it read some bytes, a sentence each.
  ///
  /// That it does not crash, hang or take all memory, the fuzzer sees for itself.
  package func findings(on bytes: [UInt8]) -> [String] {
    var findings = Findings()
    switch self {
    case .csv: PlanFindings(.csv, bytes).add(to: &findings)
    case .jsonl: PlanFindings(.jsonLines, bytes).add(to: &findings)
    case .job: JobFileFindings(bytes).add(to: &findings)
    case .mcp: MCPFindings(bytes).add(to: &findings)
    case .stripe: StripeFindings(bytes).add(to: &findings)
    }
    return findings.all
  }
}

/// What is found to be wrong with one input.
struct Findings {
  private(set) var all: [String] = []

  /// Notes a sentence unless something holds.
  mutating func expect(_ holds: Bool, _ sentence: @autoclosure () -> String) {
    if !holds { all.append(sentence()) }
  }

  /// Whether a word begins as the key of the dictionaries does.
  static func holdKey(_ text: String) -> Bool {
    text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
      .contains { $0.hasPrefix("sk_live_0123456789") }
  }
}
