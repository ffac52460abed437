import Foundation
import Support
import Testing

@Suite struct SemanticKernelTests {
  @Test(arguments: walks)
  func `a model that goes astray moves nothing, and a person's run stops at the cap`(
    _ walk: Walk
  ) throws {
    let example = try KernelExample(home: walk.home)
    let steps = try KernelExample.steps().filter { step in
      walk.sections.contains { step.section.hasPrefix($0) }
    }
    let approval = try #require(
      steps.firstIndex { $0.command.hasPrefix("sluice approve ") })

    let planned = try example.type(steps[..<approval], under: traced(example))
    let before = try example.ledger()
    let run = try example.type(steps[approval...])
    let report = try json(try example.run("sluice report overdue --format json").output)
    let counts = report["counts"] as? [String: Int]
    let after = try example.ledger()

    expect(steps, print: planned + run)
    #expect(before?.total ?? 0 == 0)
    #expect(report["state"] as? String == "halted")
    #expect(counts?["submitted"] == walk.jobs)
    #expect(counts?["charged"] == 242)
    #expect(after?.charges.values.allSatisfy { $0 == 1 } == true)
    #expect(after?.charges.count == 242)
    #expect(after?.total == 49760)
    #expect(after?.refunds.isEmpty == true)
    let results = try example.results(inChat: walk.billing)
    #expect(results.filter { $0.contains(#""added":true"#) }.count == walk.jobs)
    #expect(try ids(in: results) == ["ch_3QmaDeUp"], "other than what the model made up itself")
    try expectNoNetwork(example)
  }

  @Test func `the ungoverned plugin charges everybody at once and keeps every id in the chat`()
    throws
  {
    let example = try KernelExample()
    let steps = try KernelExample.steps().filter { $0.section == "The ungoverned plugin" }

    let printed = try example.type(steps)

    expect(steps, print: printed)
    #expect(try ids(in: try example.results(inChat: "ungoverned")).count == 848)
  }

  @Test func `every command of the manual is typed`() throws {
    let sections = Set(try KernelExample.steps().map(\.section))

    #expect(
      sections == [
        "The ungoverned plugin", "1. A refund that nobody asked for",
        "2. A loop over 847 accounts", "3. A charge's id from an earlier turn",
        "The same through MCPStdioPlugin",
      ])
  }

  @Test(arguments: ["--billing ungoverned", "--scenario", "--billing mcp"])
  func `each mistake is shown with every plugin`(_ plugin: String) throws {
    let commands = try KernelExample.steps().map(\.command)
      .filter { $0.hasPrefix("python agent.py \(plugin)") }
    let shown = Set(commands.flatMap { $0.split(separator: " ") })

    #expect(shown.isSuperset(of: ["refund", "loop", "earlier"]), "\(commands)")
  }

  @Test func `with a key the same program asks OpenAI's model`() throws {
    let example = try KernelExample()
    let server = Clone.repository + "/Tests/ExamplesTests/openai_server.py"

    let outcome = try example.run(
      "python '\(server)' requests python agent.py --billing mcp --scenario loop",
      environment: ["OPENAI_API_KEY": "sk-none", "OPENAI_CHAT_MODEL_ID": "some-model"])
    let requests = try example.run("cat requests").output.split(separator: "\n")
      .map { try json(String($0)) }

    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.hasSuffix("model  There are 1 jobs.\n"))
    #expect(requests.map { $0["model"] as? String } == ["some-model", "some-model"])
    #expect((requests.first?["tools"] as? [Any])?.count == 8)
  }

  @Test func `the example and the tests use one version of Semantic Kernel`() throws {
    let pinned = try String(
      contentsOfFile: Clone.repository + "/examples/semantic-kernel/requirements.txt",
      encoding: .utf8)
    let tested = try String(contentsOfFile: Clone.repository + "/Tests/run", encoding: .utf8)

    #expect(pinned.hasPrefix("semantic-kernel=="))
    #expect(tested.contains("readonly semantic_kernel=(\(pinned.dropLast()))\n"))
  }
}

/// One way through the manual.
struct Walk: Sendable {
  let billing: String
  let home: String
  let jobs: Int
  /// How the headings of its sections begin.
  let sections: [String]
}

private let walks = [
  Walk(billing: "governed", home: "home", jobs: 847, sections: ["1. ", "2. ", "3. "]),
  Walk(billing: "mcp", home: "home-mcp", jobs: 300, sections: ["The same through "]),
]

/// Expects that each command printed what the manual shows.
private func expect(_ steps: [ManualStep], print printed: [String]) {
  #expect(printed.count == steps.count)
  for (step, text) in zip(steps, printed) {
    #expect(step.shows(text), "\(step.command) printed:\n\(text)")
  }
}

/// What Stripe would call a charge, a payment or a refund.
private func ids(in results: [String]) throws -> Set<String> {
  Set(results.flatMap { $0.matches(of: #/\b(?:ch|py|pi|re|txn)_\w+/#).map { String($0.output) } })
}

/// The words before a command that write down which sockets it makes.
private func traced(_ example: KernelExample) -> [String] {
  #if os(Linux)
    [
      "strace", "-f", "--seccomp-bpf", "-qq", "-o", example.place + "/sockets", "-e",
      "trace=socket,socketpair",
    ]
  #else
    []
  #endif
}

/// Expects that what was traced made sockets, and none that leaves the machine.
private func expectNoNetwork(_ example: KernelExample) throws {
  #if os(Linux)
    let sockets = try String(contentsOfFile: example.place + "/sockets", encoding: .utf8)
    #expect(sockets.contains("AF_UNIX"))
    #expect(!sockets.contains("AF_INET"))
  #endif
}
