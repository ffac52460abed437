import Foundation
import Support
import Testing

/// A job that cannot be charged is refused when it is planned, in words that say what to do.
@Suite struct PlanningTests {
  private static let strict = #"""
    {"name": "two", "operation": "payment_intents.create", "description": "Late fees",
     "policy": {"allowed_operations": ["payment_intents.create", "customers.retrieve"],
       "caps": [{"per": "batch", "amount": "20.00", "currency": "usd"},
                {"per": "day", "amount": "50.00", "currency": "usd"}],
       "max_per_job": [{"amount": "5.00", "currency": "usd"}],
       "accounts": ["cus_1", "cus_2"]}}
    """#

  @Test(arguments: [
    (["account": "cus_9"], "cus_9 is not among the accounts of two: leave it out"),
    (["amount": "5.01"], "5.00 usd is the most per job, and this is 5.01 usd: leave it out"),
    (["currency": "eur"], "no batch cap in eur: the policy has one in usd"),
    (["currency": nil], "currency is missing: give it, like usd"),
  ])
  func `what the job file refuses is not planned`(
    _ change: [String: String?], _ problem: String
  ) throws {
    let agent = try agent()
    let fits = ["account": "cus_1", "amount": "5.00", "currency": "usd", "reference": "a"]
    let wrong = fits.merging(["reference": "b"]) { $1 }.merging(change.compactMapValues(\.self)) {
      $1
    }.filter { change[$0.key] != .some(nil) }

    let one = try agent.call("plan_charge", wrong)
    let many = try agent.call("plan_batch", ["jobs": [fits, wrong]])

    #expect(one.text == "Job 1: \(problem). Nothing was added; correct it and call again.")
    #expect(many.text == "Job 2: \(problem). Nothing was added; correct it and call again.")
    #expect(try agent.done("list_batches").text == #"{"drafts":[],"batches":[],"more":0}"#)
    #expect(try agent.done("plan_charge", fits).integer("number") == 1)
  }

  @Test(arguments: [
    ("cus_1,5.01", "it is over the limit per job", false),
    ("cus_9,5.00", "its account is not listed", false),
    ("cus_1,5.00\ncus_1,5.00\ncus_1,5.00\ncus_1,5.00\ncus_1,5.00", "the batch's cap", true),
  ])
  func `only a cap is final in the preview of a plan that was handed in whole`(
    _ lines: String, _ why: String, _ isFinal: Bool
  ) throws {
    let home = try AgentHome()
    try home.write(("two.json", Self.strict))
    let rows = lines.split(separator: "\n").enumerated().map { "\($1),usd,r\($0)\n" }
    let submitted = try home.outcome(
      "submit - --job two.json --planner agent --quiet",
      input: "account,amount,currency,reference\n" + rows.joined())
    let batch = submitted.output.trimmingCharacters(in: .newlines)

    let next = try Conversation(home, jobFiles: ["two.json"])
      .done("preview", ["batch": batch]).string("next")

    #expect(next.contains(why))
    #expect(next.contains("This is final") == isFinal)
    #expect(
      next.contains("Tell a person: only they can change what the job file allows.") == !isFinal)
  }

  @Test func `a job file's line says what it fixes`() throws {
    let home = try AgentHome()
    try home.write(("two.json", Self.strict))
    let agent = try Conversation(home, jobFiles: ["fees.json", "two.json"])

    let tools = try agent.ask("tools/list")["result"] as? [String: Any]
    let text = String(
      decoding: try JSONSerialization.data(withJSONObject: tools ?? [:]), as: UTF8.self)

    #expect(
      text.contains(
        "fees: payment_intents.create, in usd unless said otherwise, 500.00 usd per batch;"))
    #expect(
      text.contains(
        "two: payment_intents.create, Late fees, give a currency, 20.00 usd per batch, 50.00 usd "
          + "per day, 5.00 usd per job, only for the accounts that it lists"))
  }

  @Test func `a reference that is there with another amount says how to change it`() throws {
    let home = try AgentHome()
    let agent = try Conversation(home, jobFiles: ["fees.json", "refunds.json"])
    _ = try agent.plan(1, jobFile: "fees")
    let changed = ["job_file": "fees", "account": "cus_1", "amount": "2.00", "reference": "INV-1"]

    #expect(
      try agent.call("plan_charge", changed).text
        == "cus_1 has the reference \"INV-1\" in this draft already, as job #1 with another "
        + "content. Nothing was added; leave it as it is, or discard the draft with discard_draft "
        + "and plan its jobs again.")
  }

  @Test(arguments: [("fees", "charged"), ("refunds", "refunded")])
  func `a reference that is taken would move money twice`(
    _ jobFile: String, _ verb: String
  ) throws {
    let agent = try Conversation(AgentHome(), jobFiles: ["fees.json", "refunds.json"])
    var job = ["job_file": jobFile, "account": "cus_1", "amount": "2.00", "reference": "a"]
    if jobFile == "refunds" { job["charge"] = "pi_1" }
    let draft = try agent.done("plan_charge", job).string("draft")
    let batch = try agent.done("submit", ["draft": draft]).string("batch")

    #expect(
      try agent.call("plan_charge", job).text
        == "The reference \"a\" of cus_1 is taken by the job \(batch)#1. Nothing was added; leave "
        + "that job out, and do not plan it under another reference: it would be \(verb) twice.")
  }

  @Test func `a text is as long as its schema says and no longer`() throws {
    let agent = try Conversation(AgentHome())
    let tools = try agent.ask("tools/list")["result"] as? [String: Any]
    let tool = (tools?["tools"] as? [[String: Any]])?.first
    let schema = tool?["inputSchema"] as? [String: Any]
    let properties = try #require(schema?["properties"] as? [String: [String: Any]])

    for name in ["reference", "description", "reason"] {
      let most = try #require(properties[name]?["maxLength"] as? Int)
      var job = ["account": "cus_1", "amount": "1.00", "reference": name]
      job[name] = String(repeating: "é", count: most)
      _ = try agent.done("plan_charge", job)
      job[name] = String(repeating: "é", count: most + 1)
      #expect(
        try agent.call("plan_charge", job).text
          == "The argument \(name) is longer than \(most) characters. Nothing was done; correct it "
          + "and call again.")
    }
  }

  private func agent() throws -> Conversation {
    let home = try AgentHome()
    try home.write(("two.json", Self.strict))
    return try Conversation(home, jobFiles: ["two.json"])
  }
}
