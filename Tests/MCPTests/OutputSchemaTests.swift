import Foundation
import Support
import Testing

@Suite struct OutputSchemaTests {
  @Test func `whatever a tool answers fits its schema and stands in its text as well`() throws {
    let home = try AgentHome(cap: "3.00")
    let agent = try Conversation(home)
    let folder = home.folder + "/schemas"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for tool in try tools(agent) {
      let name = tool["name"] as? String ?? ""
      for (kind, key) in [("in", "inputSchema"), ("out", "outputSchema")] {
        var schema = try #require(tool[key] as? [String: Any])
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["$id"] = "\(name)-\(kind).schema.json"
        let data = try JSONSerialization.data(withJSONObject: schema)
        try data.write(to: URL(fileURLWithPath: folder + "/\(name)-\(kind).schema.json"))
      }
      let hints = tool["annotations"] as? [String: Any]
      #expect(hints?["idempotentHint"] as? Bool == true)
      #expect(
        hints?["readOnlyHint"] as? Bool == ["preview", "status", "list_batches"].contains(name))
      #expect(hints?["destructiveHint"] as? Bool == (name == "discard_draft"))
      #expect(tool["title"] as? String != nil && tool["description"] as? String != nil)
    }

    let said = try everything(agent, home)

    #expect(try refusals(of: said, in: folder) == [])
    #expect(Set(said.map(\.tool)).count == 7)
    for one in said {
      let text = try JSONSerialization.jsonObject(with: Data(one.answer.text.utf8))
      #expect(try canonical(text) == canonical(one.answer.content))
    }
  }

  private func canonical(_ json: Any) throws -> Data {
    try JSONSerialization.data(withJSONObject: json, options: .sortedKeys)
  }

  private struct Said {
    let tool: String
    let arguments: [String: Any]
    let answer: ToolAnswer
  }

  /// Every tool in every state of a batch.
  private func everything(_ agent: Conversation, _ home: AgentHome) throws -> [Said] {
    var said: [Said] = []
    @discardableResult
    func call(_ tool: String, _ arguments: [String: Any] = [:]) throws -> ToolAnswer {
      let answer = try agent.done(tool, arguments)
      said.append(Said(tool: tool, arguments: arguments, answer: answer))
      return answer
    }
    func look(_ batch: String) throws {
      try call("preview", ["batch": batch])
      try call("status", ["batch": batch, "from": 1])
      try call("list_batches")
    }
    try call("list_batches")
    try call(
      "plan_charge",
      [
        "account": "cus_1", "amount": "1.99", "currency": "usd", "reference": "a",
        "description": "A fee", "reason": "overdue", "metadata": ["plan": "gold"],
      ])
    let accounts = ["cus_decline_insufficient_funds", "cus_processing", "cus_2", "cus_3"]
    let jobs = accounts.map { ["account": $0, "amount_minor": 100, "reference": "b"] }
    let draft = try call("plan_batch", ["jobs": jobs]).string("draft")
    try call("preview", ["draft": draft])
    try call("list_batches")
    let batch = try call("submit", ["draft": draft]).string("batch")
    try look(batch)
    try home.approve(batch)
    try look(batch)
    _ = try home.sluice("run \(batch)", status: [11])
    try look(batch)
    _ = try home.sluice("cancel \(batch)")
    try look(batch)
    try call("discard_draft", ["draft": "draft-none"])
    let other = try call("plan_charge", ["account": "cus_3", "amount": "0.50", "reference": "c"])
    let second = try call("submit", ["draft": other.string("draft")]).string("batch")
    try home.approve(second)
    _ = try home.sluice("run \(second)")
    try look(second)
    return said
  }

  private func tools(_ agent: Conversation) throws -> [[String: Any]] {
    let answer = try agent.ask("tools/list")
    return (answer["result"] as? [String: Any])?["tools"] as? [[String: Any]] ?? []
  }

  /// Why answers or arguments do not fit; empty when all do.
  private func refusals(of said: [Said], in folder: String) throws -> [String] {
    let python = ProcessInfo.processInfo.environment["SLUICE_JSONSCHEMA"] ?? ""
    guard !python.isEmpty else {
      throw TestServerError(
        message: "SLUICE_JSONSCHEMA names no Python that has jsonschema: run Tests/run")
    }
    let script =
      URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().path + "/SchemaTests/validate.py"
    let requests = try said.flatMap { one in
      let arguments = try JSONSerialization.data(withJSONObject: one.arguments)
      return [
        ["schema": one.tool + "-out", "document": one.answer.text],
        ["schema": one.tool + "-in", "document": String(decoding: arguments, as: UTF8.self)],
      ]
    }
    let lines = try requests.map {
      String(decoding: try JSONEncoder().encode($0), as: UTF8.self)
    }
    let outcome = try RunningProcess(
      [python, script, folder], in: folder, environment: Sluice.environment([:]),
      input: lines.joined(separator: "\n") + "\n"
    ).wait()
    var answers = outcome.output.split(separator: "\n").map(String.init)
    guard outcome.status == 0, answers.popLast() == "done" else {
      throw TestServerError(message: "the schemas cannot be tried: \(outcome.error)")
    }
    return answers
  }
}
