import Foundation
import Support
import Testing

/// Planning through the client that agents in Python plan through.
@Suite struct OfficialClientTests {
  @Test(arguments: [
    ("legacy", "2025-11-25"), ("2026-07-28", "2026-07-28"), ("auto", "2026-07-28"),
  ])
  func `it plans, a person approves and runs, and it reads what came of it`(
    _ mode: String, _ version: String
  ) throws {
    let home = try AgentHome(cap: "5.00")
    let agent = try OfficialClient(home)
    let agreed = try agent.open(Server(home), mode: mode)

    let tools = try agent.tools().compactMap { $0["name"] as? String }
    let (draft, preview) = try plan(agent)
    let batch = try agent.done("submit", ["draft": draft])
    let again = try agent.done("submit", ["draft": draft])
    let name = batch.string("batch")
    let waiting = try agent.done("status", ["batch": name])

    #expect(agreed == version)
    #expect(
      tools == [
        "plan_charge", "plan_batch", "preview", "submit", "status", "list_batches",
        "discard_draft",
      ])
    #expect(preview.string("next").contains("would stop at #6 (it would pass the batch's cap)"))
    #expect(preview.string("next").contains("stop, do not retry, do not try another way"))
    #expect(batch.integer("jobs") == 7)
    #expect(again.text == batch.text)
    #expect(waiting.content["counts"] as? [String: Int] == counts(["queued": 7]))
    #expect(waiting.string("next").contains("Tell them to run: sluice approve \(name)."))
    #expect(try home.states() == [name: "submitted"])

    try home.approve(name)
    _ = try home.sluice("run \(name)", status: [11])

    let status = try agent.done("status", ["batch": name])
    #expect(
      status.content["counts"] as? [String: Int]
        == counts(["charged": 5, "declined": 1, "skipped": 1]))
    try expectTotals(status, asReported: name, in: home)
    #expect(status.string("next").contains("This is final: stop, do not retry"))
    let listed = try agent.done("list_batches").content
    #expect((listed["drafts"] as? [Any])?.isEmpty == true)
    #expect(
      (listed["batches"] as? [[String: Any]])?.map { $0["state"] as? String } == ["halted"])
    try agent.close()
    _ = try home.sluice("journal verify")
  }

  /// Plans seven charges in three ways, some of them twice, and throws another draft away.
  private func plan(_ agent: OfficialClient) throws -> (draft: String, preview: ToolAnswer) {
    let first = try agent.done("plan_charge", Call.plan(0).arguments)
    let discarded = try agent.done("discard_draft", ["draft": first.string("draft")])
    #expect(discarded.content["discarded"] as? Bool == true)

    for number in 1...3 { _ = try agent.done("plan_charge", Call.plan(number).arguments) }
    let repeated = try agent.done("plan_charge", Call.plan(2).arguments)
    #expect(repeated.content["added"] as? Bool == false)
    #expect(repeated.integer("number") == 2)
    let more = [
      ["account": "cus_decline_lost_card", "amount_minor": 100, "reference": "in_4"],
      Call.plan(5).arguments, Call.plan(6).arguments, Call.plan(7).arguments,
    ]
    let planned = try agent.done("plan_batch", ["jobs": more])
    #expect(planned.content["numbers"] as? [Int] == [4, 5, 6, 7])
    #expect(planned.string("next").contains("This is final: stop"))
    let draft = planned.string("draft")
    #expect(draft != first.string("draft"))
    return (draft, try agent.done("preview", ["draft": draft]))
  }

  @Test func `two servers on one home at once, and one that is killed, lose nothing`() throws {
    let home = try AgentHome()
    let agents = try OfficialClient(home)
    let server = Server(home)
    _ = try agents.open(server, mode: "legacy", as: "a")
    _ = try agents.open(Server(home), mode: "2026-07-28", as: "b")

    let first = try agents.together([
      "a": (1...15).map(Call.plan), "b": (8...22).map(Call.plan),
    ])
    let cut = try agents.calls(
      (23...40).map(Call.plan), as: "a", killing: server, after: 4)
    try agents.close("a")
    _ = try agents.open(Server(home), mode: "auto", as: "a")
    let all = try agents.calls((1...40).map(Call.plan), as: "a")

    #expect(first.values.joined().allSatisfy { !$0.isError })
    #expect(cut.contains { !$0.isError } && cut.contains { $0.isError })
    #expect(all.allSatisfy { !$0.isError })
    let numbers = all.map { $0.integer("number") }
    #expect(Set(numbers) == Set(1...40))
    for (place, answer) in cut.enumerated() where !answer.isError {
      #expect(answer.integer("number") == numbers[22 + place])
    }
    let draft = all[0].string("draft")
    let submit = Call(tool: "submit", arguments: ["draft": draft])
    let batches = try agents.together(["a": [submit], "b": [submit, submit]]).values.joined()
    #expect(Set(batches.map(\.text)).count == 1)
    #expect(batches.first?.integer("jobs") == 40)
    #expect(try home.states().count == 1)
    _ = try home.sluice("journal verify")
  }

  @Test func `a call that cannot be read whole is refused at once`() throws {
    let home = try AgentHome()
    let agent = try OfficialClient(home)
    _ = try agent.open(Server(home))
    let jobs = (1...3000).map { number in
      Call.plan(number).arguments.merging(
        ["description": String(repeating: "x", count: 400)]) { $1 }
    }

    let refused = try agent.call("plan_batch", ["jobs": jobs])

    #expect(refused.isError)
    #expect(refused.text.contains("longer than 1 MiB and was not read: send less at once"))
    #expect(try agent.done("plan_batch", ["jobs": Array(jobs[..<300])]).integer("added") == 300)
  }

  /// Every heading, all of them zero but these.
  private func counts(_ some: [String: Int]) -> [String: Int] {
    let headings = [
      "charged", "declined", "rejected", "processing", "in_doubt", "unknown", "not_charged",
      "skipped", "queued",
    ]
    return Dictionary(uniqueKeysWithValues: headings.map { ($0, some[$0] ?? 0) })
  }

  /// The totals that an agent is told are those of the report that a person reads.
  private func expectTotals(
    _ status: ToolAnswer, asReported batch: String, in home: AgentHome
  ) throws {
    let text = try home.sluice("report \(batch) --format json")
    let report = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let told = try #require(status.content["totals"] as? [[String: Any]])
    let reported = try #require(report?["totals"] as? [[String: Any]])
    #expect(try canonical(told) == canonical(reported))
    #expect(told.first?["charged"] as? Int == 500)
  }

  private func canonical(_ json: Any) throws -> String {
    let data = try JSONSerialization.data(withJSONObject: json, options: .sortedKeys)
    return String(decoding: data, as: UTF8.self)
  }
}
