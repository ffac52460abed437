import Foundation
import Support
import Testing

@Suite struct HostileTests {
  private static let tools = [
    "plan_charge", "plan_batch", "preview", "submit", "status", "list_batches", "discard_draft",
  ]

  @Test(arguments: ["legacy", "2026-07-28"])
  func `an agent that means ill moves nothing, learns nothing and breaks nothing`(
    _ mode: String
  ) throws {
    let home = try AgentHome()
    let agent = try Conversation(home, jobFiles: ["fees.json", "refunds.json"])
    let rival = try Conversation(home, planner: "rival")
    let batches = try home.ranBatches(of: "agent")
    let mine = try (1...3).map { try agent.plan($0, jobFile: "fees") }
    let theirs = try rival.plan(7, "cus_of_the_rival").string("draft")
    let other = try rival.done("submit", ["draft": theirs]).string("batch")
    let open = try rival.plan(8, "cus_of_the_rival").string("draft")
    for batch in batches { _ = try agent.done("status", ["batch": batch]) }
    let before = try Facts(of: batches + [other], in: home)

    let said = try hostile(in: home, mode, batches: batches, names: [other, open, theirs])

    #expect(said.count > 1500)
    for answer in said { expectUsable(answer) }
    let unspoken = try batches.flatMap { try home.stripesWords(of: $0) }
    #expect(unspoken.contains("re_sandbox_1") && unspoken.contains("in_sandbox_16"))
    #expect(unspoken.contains("Your card was declined.") && unspoken.contains("pi_sandbox_1"))
    try expectNothingTold(by: said.map(\.text) + agent.heard, unspoken, home)
    #expect(said.allSatisfy { !$0.text.contains("cus_of_the_rival") })
    for name in [other, open, theirs] { expectSameAsNone(name, in: said) }
    let after = try Facts(of: batches + [other], in: home)
    #expect(after.batches == before.batches)
    #expect(after.taken == before.taken)
    #expect(after.budgets == before.budgets)
    #expect(after.keys == before.keys)
    let events = Set(after.events.dropFirst(before.events.count))
    #expect(events.isSubset(of: ["planned", "discarded", "submitted"]))
    #expect(after.states == before.states)
    #expect(Set(before.states.values) == ["finished", "halted", "submitted"])
    for (number, planned) in zip(1...3, mine) {
      let again = try agent.plan(number, jobFile: "fees")
      #expect(again.string("draft") == planned.string("draft"))
      #expect(again.integer("number") == planned.integer("number"))
      #expect(again.content["added"] as? Bool == false)
    }
    #expect(try rival.done("preview", ["draft": open]).integer("jobs") == 1)
    _ = try home.sluice("journal verify")
  }

  /// What a person sees of a home, as text.
  private struct Facts {
    let batches: [String]
    /// Of every batch that there is.
    let states: [String: String]
    let budgets: String
    let keys: String
    /// The events of the journal, in order.
    let events: [String]
    /// Minor units that the sandbox has taken.
    let taken: Int64

    init(of names: [String], in home: AgentHome) throws {
      batches = try names.map {
        try home.sluice("show \($0) --jobs --json") + home.sluice("report \($0) --format csv")
      }
      states = try home.states()
      budgets = try home.sluice("budget list --json")
      keys = try home.sluice("keys list --json")
      events = try home.sluice("journal export --json").split(separator: "\n").map { line in
        let entry = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return entry?["event"] as? String ?? ""
      }
      taken = try SandboxLedger(path: home.folder + "/home/sandbox.db").total
    }
  }

  /// An answer that `hostile.py` got, and to what.
  private struct Said: Decodable {
    let asked: String
    let text: String
    let code: Int?
    let isError: Bool?
  }

  /// Everything that `hostile.py` is told.
  private func hostile(
    in home: AgentHome, _ mode: String, batches: [String], names: [String]
  ) throws -> [Said] {
    let server: [String: Any] = [
      "command": Sluice.path, "cwd": home.folder,
      "args": [
        "mcp", "--home", home.folder + "/home", "--job", "fees.json", "--job", "refunds.json",
        "--job", "invoices.json",
      ],
    ]
    let told = try JSONSerialization.data(withJSONObject: [
      "mode": mode, "server": server, "batches": batches, "names": names,
    ])
    let outcome = try RunningProcess(
      [
        try OfficialClient.python(), OfficialClient.script("hostile.py"),
        String(decoding: told, as: UTF8.self),
      ], in: home.folder, environment: OfficialClient.environment(home)
    ).wait(seconds: 300)
    guard outcome.status == 0 else { throw TestServerError(message: outcome.error) }
    return try outcome.output.split(separator: "\n").map {
      try JSONDecoder().decode(Said.self, from: Data($0.utf8))
    }
  }

  /// A result of a tool that there is, a refusal in sentences, or an error of the protocol that
  /// says what is wrong.
  private func expectUsable(_ answer: Said) {
    if let code = answer.code {
      #expect([-32700, -32600, -32601, -32602].contains(code), "\(answer)")
      #expect(answer.text.count > 15, "\(answer)")
      return
    }
    // The era with a handshake answers it with nothing at all.
    if answer.asked.hasPrefix("['ping'"), answer.text == "{}" { return }
    #expect(Self.tools.contains { answer.asked.hasPrefix("['\($0)', {") }, "\(answer)")
    if answer.isError != false {
      #expect(answer.text.hasSuffix(".") && answer.text.count > 40, "\(answer)")
      #expect(!answer.text.contains("cannot be used"), "\(answer)")
    }
  }

  /// Whoever asks for what is another planner's hears what is said of a name that there is not.
  private func expectSameAsNone(_ name: String, in said: [Said]) {
    for tool in ["preview", "submit", "status", "discard_draft"] {
      func answers(to name: String) -> [String] {
        said.filter { $0.asked.hasPrefix("['\(tool)'") && $0.asked.contains("'\(name)'}") }
          .map { $0.text.replacing(name, with: "") }
      }
      #expect(!answers(to: name).isEmpty)
      #expect(answers(to: name) == answers(to: "draft-%"), "\(tool)")
    }
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

  /// What Stripe calls things, what it said, and where the home is, stand in no answer.
  private func expectNothingTold(
    by texts: [String], _ unspoken: [String], _ home: AgentHome
  ) throws {
    let usual = [
      "_sandbox_", "req_", "txn_", "insufficient", "declined the", "seal.key", "sluice.db",
      home.folder, "vk_",
    ]
    for word in usual + unspoken {
      let found = texts.first { $0.contains(word) }
      #expect(found == nil, "\(word): \(found ?? "")")
    }
  }
}
