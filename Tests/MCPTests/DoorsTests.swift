import Foundation
import Support
import Testing

/// People and agents are told the same of a batch, each in their own words.
@Suite struct DoorsTests {
  @Test func `what an agent reads of a batch is what a person reads, in every state`() throws {
    let home = try AgentHome(cap: "2.50")
    let agent = try Conversation(home)
    _ = try home.sluice("budget set usd=100.00 --per day")
    let endings = ["1", "decline_lost_card", "processing", "2", "3"]
    for (number, ending) in endings.enumerated() {
      _ = try agent.done(
        "plan_charge",
        ["account": "cus_" + ending, "amount": "1.00", "reference": "INV-\(number)"])
    }
    let draft = try agent.plan(9).string("draft")
    _ = try home.submit("account,amount,reference\ncus_9,1.99,INV-9\n")
    let submitted = try agent.done("submit", ["draft": draft])
    let batch = submitted.string("batch")
    #expect(submitted.integer("duplicates") == 1)

    try expectSame(batch, .submitted, agent, home)
    try home.approve(batch)
    _ = try home.sluice("stop \(batch)")
    try expectSame(batch, .approved, agent, home)
    #expect(
      try agent.done("status", ["batch": batch]).string("next").contains("A person has stopped it"))
    _ = try home.sluice("unstop \(batch)")
    _ = try home.sluice("run \(batch)", status: [11])
    try expectSame(batch, .halted, agent, home)
    _ = try home.sluice("amend \(batch) --cap usd=9.00")
    try expectSame(batch, .submitted, agent, home)
    try home.approve(batch)
    _ = try home.sluice("run \(batch)", status: [10])
    try expectSame(batch, .finished, agent, home)
  }

  @Test(.enabled(if: !hasLogin)) func `a batch that nobody can approve says so`() throws {
    let home = try AgentHome(more: #", "approval": {"four_eyes": true}"#)
    try home.addApprover("ben")
    let agent = try Conversation(home)

    let submitted = try agent.done("submit", ["draft": agent.plan(1).string("draft")])
    let batch = submitted.string("batch")
    let status = try agent.done("status", ["batch": batch])
    let refused = try home.outcome("approve \(batch) --digest \(home.digest(batch))", as: "ben")

    for said in [submitted.string("next"), status.string("next"), refused.error] {
      #expect(said.contains("\(batch) needs a second person to approve it, and neither the kernel"))
      #expect(said.contains("`sluice reject \(batch) --reason TEXT`, then submit it from"))
      #expect(!said.contains("Tell them to run: sluice approve"))
    }
    #expect(submitted.string("next").hasPrefix("Nobody can approve it: \(batch) needs"))
    #expect(refused.status == 77)
  }

  /// Whether the kernel knows whose login these tests run under.
  private static var hasLogin: Bool {
    let uid = try? String(contentsOfFile: "/proc/self/loginuid", encoding: .utf8)
    return uid.map { $0 != String(UInt32.max) } ?? false
  }

  private enum State: String {
    case submitted, approved, halted, finished
  }

  private func expectSame(
    _ batch: String, _ state: State, _ agent: Conversation, _ home: AgentHome
  ) throws {
    let report = try home.document("report \(batch) --json")
    let shown = try home.document("show \(batch) --json")
    let preview = try home.document("preview \(batch) --json")
    let listed = try home.document("list --json").list("batches").first {
      $0["batch"] as? String == batch
    }
    let status = try agent.done("status", ["batch": batch]).content
    let outlook = try agent.done("preview", ["batch": batch]).content
    let own = try agent.done("list_batches").content.list("batches")

    #expect(status["state"] as? String == state.rawValue)
    #expect(shown["state"] as? String == state.rawValue)
    #expect(own.map { $0["batch"] as? String } == [batch])
    #expect(own.first?["state"] as? String == listed?["state"] as? String)
    #expect(own.first?["submitted_at"] as? String == listed?["submitted_at"] as? String)
    #expect(status["jobs"] as? Int == shown["job_count"] as? Int)
    #expect(try text(status["totals"]) == text(report["totals"]))
    var counts = report["counts"] as? [String: Int]
    #expect(counts?.removeValue(forKey: "submitted") == status["jobs"] as? Int)
    #expect(status["counts"] as? [String: Int] == counts)
    #expect(
      status.list("outcomes").map { $0["outcome"] as? String }
        == report.list("jobs").map { $0["outcome"] as? String })
    #expect(outlook["duplicates"] as? Int == preview["duplicates"] as? Int)
    #expect(try text(outlook["totals"]) == text(preview.list("totals").map(Self.amount)))
    #expect(
      try text(outlook["caps"])
        == text(
          preview.list("budgets").map { budget in
            [
              "of": budget["scope"] ?? "", "per": budget["per"] ?? "",
              "currency": budget["currency"] ?? "", "limit_minor": budget["limit"] ?? 0,
              "left_minor": max(0, Self.room(budget)),
            ]
          }))
    #expect(try text(preview["budgets"]) == text(shown["budgets"]))
    let forecast = outlook["forecast"] as? [String: Any] ?? [:]
    let foreseen = preview["forecast"] as? [String: Any] ?? [:]
    for key in ["charged", "last_charged", "not_reached"] {
      #expect(forecast[key] as? Int == foreseen[key] as? Int, "\(key)")
    }
    let stop = foreseen["stop"] as? [String: Any]
    #expect(forecast["stops_at"] as? Int == stop?["number"] as? Int)
    #expect(forecast["reason"] as? String == stop?["reason"] as? String)
    #expect(try text(forecast["amounts"]) == text(foreseen.list("amounts").map(Self.amount)))
  }

  /// An amount of a preview as answers have it.
  private static func amount(_ total: [String: Any]) -> [String: Any] {
    ["currency": total["currency"] ?? "", "amount_minor": total["amount"] ?? 0]
  }

  private static func room(_ budget: [String: Any]) -> Int {
    func minorUnits(_ key: String) -> Int { budget[key] as? Int ?? 0 }
    return minorUnits("limit") - minorUnits("spent") - minorUnits("held")
  }

  private func text(_ json: Any?) throws -> String {
    let data = try JSONSerialization.data(withJSONObject: json ?? [], options: .sortedKeys)
    return String(decoding: data, as: UTF8.self)
  }
}

extension [String: Any] {
  /// The objects of a member that is a list.
  fileprivate func list(_ key: String) -> [[String: Any]] {
    self[key] as? [[String: Any]] ?? []
  }
}

extension AgentHome {
  /// What a command prints for programs.
  fileprivate func document(_ line: String) throws -> [String: Any] {
    let text = try sluice(line)
    return try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
  }

  /// Submits a list as a person.
  fileprivate func submit(_ list: String) throws -> String {
    try write(("plan.csv", list))
    return try sluice("submit plan.csv --job fees.json --quiet")
  }
}
