import Foundation
import Support
import Testing

@Suite struct HostileTests {
  /// What somebody who means ill would give for any argument.
  private static var values: [Any] {
    [
      NSNull(), true, 0, -1, 1, 1.5, 9_223_372_036_854_775_807, "", " ", "x", "null", "../../etc",
      "' OR 1=1 --", "draft-%", "*", "cus_1\u{0}", "\u{1B}[2J", String(repeating: "é", count: 999),
      String(repeating: "x", count: 5000), [Any](), [1], ["x"], [[String: Any]()], [String: Any](),
      ["a": 1], ["sluice_batch": "x"], [["account": "cus_9"]], "fees", "refunds", "approve",
      "sk_live_abcdefghijklmnop", "4242 4242 4242 4242",
    ]
  }

  @Test func `no tool does with any argument what only people may, or tells an id`() throws {
    let home = try AgentHome()
    let agent = try Conversation(home, jobFiles: ["fees.json", "refunds.json"])
    let batch = try charged(by: agent, in: home)
    let before = try home.sluice("report \(batch) --format csv")
    let tools = try list(agent)

    var names: [String] = []
    for tool in tools {
      let name = tool["name"] as? String ?? ""
      let schema = tool["inputSchema"] as? [String: Any]
      let arguments = (schema?["properties"] as? [String: Any] ?? [:]).keys.sorted()
      names.append(name)
      for argument in arguments + ["operation", "policy", "caps", "approve", "planner", "home"] {
        for value in Self.values {
          var all = Self.good(name, batch: batch)
          all[argument] = value
          let answer = try agent.call(name, all)
          #expect(answer.isError == answer.content.isEmpty, "\(name) \(all)")
        }
      }
      for value in Self.values {
        _ = try agent.ask("tools/call", ["name": name, "arguments": value])
      }
    }

    #expect(
      names == [
        "plan_charge", "plan_batch", "preview", "submit", "status", "list_batches",
        "discard_draft",
      ])
    #expect(Set(try home.states().values).isSubset(of: ["submitted", "finished"]))
    #expect(try home.states()[batch] == "finished")
    #expect(try home.sluice("report \(batch) --format csv") == before)
    try expectNothingTold(by: agent, home)
    _ = try home.sluice("journal verify")
    #expect(try agent.end() == 0)
  }

  @Test func `methods that approve or run do not exist`() throws {
    let home = try AgentHome()
    let agent = try Conversation(home)
    let batch = try agent.done(
      "submit", ["draft": try agent.plan(1).string("draft")]
    ).string("batch")

    for word in [
      "approve", "run", "cancel", "reject", "amend", "settle", "resolve", "stop", "unstop",
      "keys_issue", "budget_set", "Plan_charge", "plan_charge ", "",
    ] {
      let error = try agent.ask("tools/call", ["name": word, "arguments": ["batch": batch]])
      #expect((error["error"] as? [String: Any])?["code"] as? Int == -32602, "\(word)")
      let method = try agent.ask(word, ["batch": batch])
      #expect((method["error"] as? [String: Any])?["code"] as? Int == -32601, "\(word)")
    }
    #expect(try home.states() == [batch: "submitted"])
  }

  @Test func `no secret that a planner sends is kept`() throws {
    let home = try AgentHome()
    let agent = try Conversation(home)
    let secret = "sk_live_" + String(repeating: "a1", count: 12)

    for field in ["account", "reference", "description", "reason", "currency"] {
      var charge: [String: Any] = ["account": "cus_1", "amount": "1.00", "reference": "r_1"]
      charge[field] = secret
      let answer = try agent.call("plan_charge", charge)
      #expect(answer.isError, "\(field)")
      #expect(!answer.text.contains(secret), "\(answer.text)")
    }
    let folder = home.folder + "/home"
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      let bytes = FileManager.default.contents(atPath: folder + "/" + name) ?? Data()
      #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(name)")
    }
  }

  /// A batch of the planner's that a person approved and ran, with every kind of outcome.
  private func charged(by agent: Conversation, in home: AgentHome) throws -> String {
    var draft = ""
    for (place, account) in [
      "cus_plain", "cus_decline_insufficient_funds", "cus_no_payment_method", "cus_missing",
    ].enumerated() {
      draft = try agent.done(
        "plan_charge",
        [
          "job_file": "fees", "account": account, "amount": "1.00", "reference": "first_\(place)",
        ]
      ).string("draft")
    }
    let batch = try agent.done("submit", ["draft": draft]).string("batch")
    try home.approve(batch)
    _ = try home.sluice("run \(batch)", status: [10])
    let report = try home.sluice("report \(batch) --format csv")
    guard report.contains("pi_sandbox") else { throw TestServerError(message: report) }
    _ = try agent.done("status", ["batch": batch])
    return batch
  }

  private func list(_ agent: Conversation) throws -> [[String: Any]] {
    let answer = try agent.ask("tools/list")
    return (answer["result"] as? [String: Any])?["tools"] as? [[String: Any]] ?? []
  }

  /// Arguments that the tool takes.
  private static func good(_ tool: String, batch: String) -> [String: Any] {
    let job: [String: Any] = ["account": "cus_5", "amount": "1.00", "reference": "ok"]
    switch tool {
    case "plan_charge": return job.merging(["job_file": "fees"]) { $1 }
    case "plan_batch": return ["job_file": "fees", "jobs": [job]]
    case "status", "preview": return ["batch": batch]
    case "submit", "discard_draft": return ["draft": "draft-none"]
    default: return [:]
    }
  }

  /// What Stripe calls things, what it said, and where the home is, stand in no answer.
  private func expectNothingTold(by agent: Conversation, _ home: AgentHome) throws {
    for word in [
      "pi_sandbox", "ch_sandbox", "req_", "insufficient", "declined the", "seal.key", "sluice.db",
      home.folder, "vk_",
    ] {
      let found = agent.heard.first { $0.contains(word) && !$0.contains("no argument") }
      #expect(found == nil, "\(word): \(found ?? "")")
    }
  }
}
