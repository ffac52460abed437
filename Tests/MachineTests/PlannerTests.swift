import Foundation
import Support
import Testing

/// The words behind a planner's two commands.
private let words = [
  "--home", Machine.home, "--job", Machine.jobFile, "--planner", User.agent.name,
]

extension Machine {
  /// What a planner may type, whole.
  static let submitting = ["sudo", "-n", "-u", User.billing.name, program, "submit", "-"] + words
  /// What a planner may type, whole.
  static let planning = ["sudo", "-n", "-u", User.billing.name, program, "mcp"] + words
}

extension MachineTests {
  /// What a planner is there for.
  @Suite struct PlannerTests {
    let machine: Machine

    init() throws { machine = try Machine() }

    @Test func `a planner hands a plan in on standard input`() throws {
      let outcome = try machine.run(
        Machine.submitting, as: .agent, input: Machine.plan(["cus_1,i1,1.99,usd"]))

      #expect(outcome.status == 0, "\(outcome)")
      let batch = try #require(outcome.output.split(separator: ":").first)
      let shown = try Machine.document("show \(batch)")
      #expect(shown["submitted_by"] as? String == User.agent.name)
      #expect(shown["planner"] as? String == User.agent.name)
      #expect(shown["state"] as? String == "submitted")
    }

    @Test(arguments: [[], ["env", "SLUICE_WEBHOOK=http://127.0.0.1:1/mine"]])
    func `people are told of a planner's batch where root says`(_ own: [String]) throws {
      let webhook = try WebhookServer()
      let file = URL(fileURLWithPath: Machine.environmentFile)
      let before = try Data(contentsOf: file)
      defer { try? before.write(to: file) }
      try Data("SLUICE_WEBHOOK=\(webhook.url)\n".utf8).write(to: file)
      let text = try String(contentsOfFile: Machine.jobFile, encoding: .utf8).replacing(
        "\"halt\":", with: "\"notify\": { \"webhook_env\": \"SLUICE_WEBHOOK\" }, \"halt\":")
      try Data(text.utf8).write(to: URL(fileURLWithPath: Machine.jobFile))

      let outcome = try machine.run(
        own + Machine.submitting, as: .agent, input: Machine.plan(["cus_1,i1,1.99,usd"]))

      #expect(outcome.status == 0, "\(outcome)")
      let batch = try #require(outcome.output.split(separator: ":").first)
      let posted = try webhook.posted()
      #expect(posted.count == 1)
      #expect(String(describing: posted).contains("\(batch) waits for approval"), "\(posted)")
    }

    @Test func `an agent plans, submits and follows its batch over MCP`() throws {
      let charge = """
        {"account": "cus_1", "amount_minor": 199, "currency": "usd", "reference": "i1"}
        """
      let planned = try machine.run(
        Machine.planning, as: .agent, input: conversation([("plan_charge", charge)]))
      let draft = try #require(
        planned.output.firstMatch(of: #/"draft":"([^"]+)"/#)?.1, "\(planned)")
      let outcome = try machine.run(
        Machine.planning, as: .agent,
        input: conversation([("submit", #"{"draft": "\#(draft)"}"#), ("list_batches", "{}")]))

      #expect(outcome.status == 0, "\(outcome)")
      #expect(!outcome.output.contains("\"isError\":true"), "\(outcome)")
      #expect(outcome.output.contains("It waits for a person to approve it"), "\(outcome)")
      #expect(try waiting(planner: User.agent.name) == 1)
    }

    @Test func `who runs sudo without a login is recorded as a claim`() throws {
      let outcome = try machine.run(
        Machine.submitting, as: .agent, login: .none, input: Machine.plan(["cus_1,i1,1.99,usd"]))

      let batch = try #require(outcome.output.split(separator: ":").first, "\(outcome)")
      let shown = try Machine.document("show \(batch)")
      #expect(
        shown["submitted_by"] as? String == "\(User.billing.name) (sudo: \(User.agent.name))")
    }

    @Test func `a planner that never ends its plan keeps nobody waiting`() throws {
      let planner = try HeldPlanner()
      _ = try planner.number()

      try Machine.sluice("run \(machine.batches["{approved}"] ?? "") --quiet")

      #expect(try planner.end() == 0)
      #expect(try waiting(planner: User.agent.name) == 1)
    }

    /// How many batches of a planner wait for approval.
    private func waiting(planner: String) throws -> Int {
      let batches = try Machine.document("list")["batches"] as? [[String: Any]] ?? []
      return batches.filter {
        $0["planner"] as? String == planner && $0["state"] as? String == "submitted"
      }.count
    }
  }
}

/// The lines of a client that calls these tools one after the other.
func conversation(_ calls: [(tool: String, arguments: String)]) -> String {
  let hello = """
    {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"protocolVersion": \
    "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}}
    {"jsonrpc": "2.0", "method": "notifications/initialized"}

    """
  return hello
    + calls.enumerated().map { index, call in
      #"{"jsonrpc": "2.0", "id": \#(index + 1), "method": "tools/call", "params": "#
        + #"{"name": "\#(call.tool)", "arguments": \#(call.arguments)}}"# + "\n"
    }.joined()
}
