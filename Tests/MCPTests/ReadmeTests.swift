import Foundation
import Support
import Testing

/// What the README says of agents is done as it is written.
@Suite struct ReadmeTests {
  @Test func `the configurations of the README start a server that plans`() throws {
    let home = try AgentHome()
    try home.copy("jobs", "examples")
    let agent = try OfficialClient(home)

    let written = try Readme.configured()
    let typed = try Readme.added()

    #expect(written == typed)
    for (name, words) in [("written", written), ("typed", typed)] {
      _ = try agent.open(Server(words, in: home), as: name)
      #expect(try agent.tools(name).count == 7)
      let planned = try agent.done(
        "plan_charge",
        ["account": "cus_1", "amount": "1.00", "currency": "usd", "reference": name], as: name)
      #expect(planned.content["added"] as? Bool == true)
      try agent.close(name)
    }
  }

  @Test func `the quotas of the README are those that planners have`() throws {
    let home = try AgentHome()
    try home.write(("home/planners.json", try Readme.block(2)))
    try home.write(("any.json", Self.twoCurrencies))
    func plan(_ amount: String, _ currency: String, as planner: String) throws -> ToolAnswer {
      try Conversation(home, planner: planner, jobFiles: ["any.json"]).call(
        "plan_charge",
        [
          "account": "cus_1", "amount": amount, "currency": currency, "reference": currency,
        ])
    }

    #expect(
      try plan("500.01", "usd", as: "claude").text.hasPrefix(
        "This would be 500.01 usd in one batch, and 500.00 usd is the most for this planner."))
    #expect(try plan("500.00", "usd", as: "claude").integer("number") == 1)
    #expect(try plan("500.01", "eur", as: "claude").integer("number") == 2)
    #expect(try plan("500.01", "usd", as: "other").integer("number") == 1)
    let many = (1...10_001).map { "cus_1,0.01,usd,r\($0)\n" }.joined()
    let refused = try home.outcome(
      "submit - --job any.json --planner other",
      input: "account,amount,currency,reference\n" + many)
    #expect(refused.error.hasPrefix("sluice: these are 10,001 jobs, and 10,000 is the most"))
  }

  private static let twoCurrencies = #"""
    {"name": "any", "operation": "payment_intents.create",
     "policy": {"allowed_operations": ["payment_intents.create", "customers.retrieve"],
       "caps": [{"per": "batch", "amount": "1000.00", "currency": "usd"},
                {"per": "batch", "amount": "1000.00", "currency": "eur"}]}}
    """#

  @Test func `the script of the README plans a batch that a person approves and runs`() throws {
    let home = try AgentHome()
    try home.copy("jobs", "examples")
    #expect(try Readme.section().contains("(examples/plan.py)"))
    let path = Sluice.folder + ":" + (home.environment["PATH"] ?? "")

    let outcomes = try ["./examples/plan.py", "../examples/plan.py"].map { script in
      try RunningProcess(
        [script], in: home.folder + (script.hasPrefix("..") ? "/jobs" : ""),
        environment: home.environment.merging(["PATH": path]) { $1 }
      ).wait()
    }

    let batches = outcomes.map { outcome in
      #expect(outcome.status == 0, "\(outcome)")
      return outcome.output.split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
    }
    #expect(outcomes[0].output == "Tell a person to type: sluice preview \(batches[0])\n")
    for batch in batches { try home.approve(batch) }
    #expect(
      try home.sluice("run \(batches[0])").hasPrefix("2 charged 24.99 usd · 0 need you\n"))
    #expect(
      try home.sluice("run \(batches[1])").contains("2 skipped 24.99 usd · 0 need you\n"))
    #expect(try SandboxLedger(path: home.folder + "/home/sandbox.db").total == 2499)
  }
}

/// The README's section about agents.
private enum Readme {
  static func section() throws -> String {
    let text = try String(contentsOfFile: AgentHome.repository + "/README.md", encoding: .utf8)
    let sections = text.components(separatedBy: "\n## ")
    return try #require(sections.first { $0.hasPrefix("An agent that plans\n") })
  }

  /// The block of JSON at a place, counted from 1.
  static func block(_ place: Int) throws -> String {
    let blocks = try section().components(separatedBy: "```json\n")
    let block = blocks.indices.contains(place) ? blocks[place] : nil
    return try #require(block?.components(separatedBy: "```").first)
  }

  /// The words that the first block of JSON has a client start a server with.
  static func configured() throws -> [String] {
    let json = try JSONSerialization.jsonObject(with: Data(try block(1).utf8)) as? [String: Any]
    let servers = try #require(json?["mcpServers"] as? [String: [String: Any]])
    #expect(servers.keys.sorted() == ["sluice"])
    let server = try #require(servers["sluice"])
    return [try #require(server["command"] as? String)] + (server["args"] as? [String] ?? [])
  }

  /// The words that `claude mcp add` is told to keep: those behind the two dashes.
  static func added() throws -> [String] {
    let text = try section().replacing("\\\n", with: " ")
    let line = try #require(text.split(separator: "\n").first { $0.contains("claude mcp add ") })
    let words = line.split(separator: " ").map(String.init)
    #expect(words.prefix(5) == ["claude", "mcp", "add", "sluice", "--"])
    return Array(words.dropFirst(5))
  }
}

extension Server {
  /// The server of words that stand in the README, with the paths of a test.
  fileprivate init(_ words: [String], in home: AgentHome) {
    let paths = [
      "/usr/local/bin/sluice": Sluice.path, "/var/lib/billing": home.folder + "/home",
      "/srv/jobs/overdue.json": home.folder + "/jobs/overdue.json",
    ]
    #expect(words.filter { $0.hasPrefix("/") }.allSatisfy { paths[$0] != nil }, "\(words)")
    let ours = words.map { paths[$0] ?? $0 }
    self.init(ours[0], Array(ours.dropFirst()), home)
  }
}

extension AgentHome {
  /// The checkout these tests were built from.
  static let repository = String(#filePath.dropLast("/Tests/MCPTests/ReadmeTests.swift".count))

  /// Copies folders of the repository beside the home.
  fileprivate func copy(_ names: String...) throws {
    for name in names {
      try FileManager.default.copyItem(
        atPath: Self.repository + "/" + name, toPath: folder + "/" + name)
    }
  }
}
