import Domain
import Foundation
import Queue
import Support
import Testing

@Suite struct SchemaTests {
  @Test func `whatever a command prints in whatever state fits its schema`() throws {
    let home = try SchemaHome()
    try home.tellNothing()
    try home.tellDecisions()
    try home.tellPeople()
    try home.tellRuns()
    try home.tellRefunds()
    try home.tellErrors()
    let events = try home.takeNotices()

    let refusals = try Schemas.refusals(of: home.printed)

    #expect(refusals == [])
    #expect(Set(home.printed.map(\.schema)).symmetricDifference(try Schemas.names()) == [])
    #expect(events.isSuperset(of: ["waiting", "finished", "needs_person", "late"]))
    try expectStrict(home.printed)
  }

  /// A member more in any document, and a name that is spelled otherwise, are refused.
  private func expectStrict(_ printed: [Printed]) throws {
    let altered = printed.flatMap { one in
      ["{\"more\":1,", "{\"\\u0000"].map { start in
        let rest = one.document.dropFirst(start.hasSuffix(",") ? 1 : 2)
        return Printed(schema: one.schema, document: start + rest)
      }
    }
    let refusals = try Schemas.refusals(of: altered)
    #expect(refusals.count == altered.count)
  }

  @Test func `every command has a schema, and every schema a command`() throws {
    let help = try RunningProcess(
      [Sluice.path, "--help"], in: FileManager.default.temporaryDirectory.path,
      environment: Sluice.environment([:])
    ).wait()
    let commands = help.output.split(separator: "\n").drop { !$0.hasPrefix("Usage") }
      .prefix { !$0.hasPrefix("Options") }
      .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
      .compactMap { $0.dropFirst(2).split(separator: "  ").first }
      .map { $0.split(separator: " ").joined(separator: "-") }

    // An agent's door prints no document of its own: it speaks a protocol. A shell's script is one
    // of another kind.
    let printing = commands.filter { $0 != "mcp" && $0 != "completions" }
    #expect(printing.count > 20)
    #expect(Set(printing + ["error", "notice"]).symmetricDifference(try Schemas.names()) == [])
  }

  @Test func `the README has an example of every document, and each fits its schema`() throws {
    let examples = try Readme.examples()

    #expect(try Schemas.refusals(of: examples) == [])
    #expect(Set(examples.map(\.schema)).symmetricDifference(try Schemas.names()) == [])
    for example in examples { #expect(example.document.count < 2000, "\(example.schema)") }
  }

  @Test func `the words of the schemas are those of the code`() throws {
    let definitions = try #require(try Schemas.read("common")["$defs"] as? [String: Any])
    func words(_ name: String) -> Set<String> {
      Set((definitions[name] as? [String: Any])?["enum"] as? [String] ?? [])
    }

    #expect(words("family") == Set(Family.allCases.map(\.rawValue)))
    #expect(words("batch_state") == Set(BatchState.allCases.map(\.rawValue)))
    #expect(words("job_state") == Set(JobState.allCases.map(\.rawValue)))
    #expect(words("outcome") == Set(Heading.allCases.map(\.rawValue)))
    #expect(words("halt_reason") == Set(HaltReason.allCases.map(\.rawValue)))
    #expect(words("refusal") == Set(Refusal.allCases.map(\.rawValue)))
    #expect(words("skip_reason") == Set(SkipReason.allCases.map(\.rawValue)))
    #expect(words("operation") == Set(Operation.allCases.map(\.rawValue)))
    #expect(words("allowed_operation") == Set(AllowedOperation.names))
    #expect(words("mode") == Set(Mode.allCases.map(\.rawValue)))
    #expect(words("window") == Set(Window.allCases.map(\.rawValue)))
    #expect(
      words("error_code") == Set(ExitCode.allCases.filter { $0 != .done }.map(\.word)))
  }
}
