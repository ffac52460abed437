import Foundation
import Support
import Testing

@Suite struct AgentTests {
  @Test func `a loop over 847 accounts moves nothing until a person approves and runs it`() throws {
    let home = try AgentHome()
    let agent = try Conversation(home)

    var draft = ""
    for number in 1...847 {
      let planned = try agent.plan(number)
      draft = planned.string("draft")
      #expect(planned.integer("number") == number)
      #expect(planned.string("next").contains("This is final: stop") == (number >= 252))
    }
    let preview = try agent.done("preview", ["draft": draft])
    let forecast = preview.content["forecast"] as? [String: Any]
    let batch = try agent.done("submit", ["draft": draft]).string("batch")

    #expect(forecast?["charged"] as? Int == 251)
    #expect(forecast?["stops_at"] as? Int == 252)
    #expect(forecast?["not_reached"] as? Int == 596)
    #expect(preview.string("next").contains("stop, do not retry, do not try another way"))
    #expect(try home.states() == [batch: "submitted"])
    #expect(
      try agent.done("status", ["batch": batch]).string("next")
        .contains("waits for a person to approve it. Tell them to run: sluice approve \(batch)."))

    try home.approve(batch)
    _ = try home.sluice("run \(batch)", status: [11])
    let status = try agent.done("status", ["batch": batch, "from": 250])
    let counts = status.content["counts"] as? [String: Int]
    let outcomes = status.content["outcomes"] as? [[String: Any]] ?? []

    #expect(counts?["charged"] == 251)
    #expect(counts?["skipped"] == 596)
    #expect(status.string("state") == "halted")
    #expect(status.string("next").contains("This is final: stop, do not retry"))
    #expect(
      outcomes.prefix(3).map { $0["outcome"] as? String } == ["charged", "charged", "skipped"])
    #expect(outcomes.first?["reference"] as? String == "INV-250")
    _ = try home.sluice("journal verify")
  }

  @Test func `every call may be made again`() throws {
    let home = try AgentHome()
    let agent = try Conversation(home)
    let jobs = (1...3).map { ["account": "cus_\($0)", "amount": "1.00", "reference": "r_\($0)"] }

    let first = try agent.done("plan_batch", ["jobs": jobs])
    let again = try agent.done("plan_batch", ["jobs": jobs])
    let one = try agent.done("plan_charge", jobs[1])
    let draft = first.string("draft")
    let previews = try (1...2).map { _ in try agent.done("preview", ["draft": draft]).text }
    let batches = try (1...2).map { _ in try agent.done("submit", ["draft": draft]) }
    let after = try agent.call("plan_charge", jobs[1])

    #expect(first.content["numbers"] as? [Int] == [1, 2, 3])
    #expect(again.content["numbers"] as? [Int] == [1, 2, 3])
    #expect(again.integer("added") == 0)
    #expect(one.integer("number") == 2)
    #expect(one.content["added"] as? Bool == false)
    #expect(previews[0] == previews[1])
    #expect(batches[0].text == batches[1].text)
    #expect(after.isError)
    #expect(after.text.contains("is taken by the job \(batches[0].string("batch"))#2"))
    #expect(try agent.call("discard_draft", ["draft": draft]).isError)
    #expect(try home.states().count == 1)
    let other = try agent.plan(9).string("draft")
    let discarded = try (1...2).map { _ in
      try agent.done("discard_draft", ["draft": other]).content["discarded"] as? Bool
    }
    #expect(discarded == [true, false])
  }

  @Test func `two servers on one home share the planner's draft`() throws {
    let home = try AgentHome()
    let agents = try [Conversation(home), Conversation(home)]

    for number in 1...20 {
      for agent in agents { _ = try agent.plan(number) }
      _ = try agents[number % 2].plan(100 + number)
    }
    let draft = try agents[0].plan(1).string("draft")
    let batches = try agents.map { try $0.done("submit", ["draft": draft]) }

    #expect(batches[0].integer("jobs") == 40)
    #expect(batches[0].text == batches[1].text)
    #expect(try home.states().count == 1)
    for agent in agents { #expect(try agent.end() == 0) }
    _ = try home.sluice("journal verify")
  }

  @Test func `two servers that plan at the same time lose nothing`() throws {
    let home = try AgentHome()
    let agents = try [Conversation(home), Conversation(home)]

    for number in 1...50 {
      for (place, agent) in agents.enumerated() {
        let name = "\(place)_\(number)"
        try agent.say(
          #"{"jsonrpc":"2.0","id":"\#(name)","method":"tools/call","params":{"name":"plan_charge","#
            + #""arguments":{"account":"cus_\#(name)","amount_minor":1,"reference":"r"}}}"#)
      }
    }
    for agent in agents {
      for _ in 1...50 { #expect(try agent.hear().contains(#""isError":false"#)) }
    }
    let drafts = try agents[0].done("list_batches").content["drafts"] as? [[String: Any]]

    #expect(drafts?.map { $0["jobs"] as? Int } == [100])
  }

  @Test func `a planner sees nothing of another's`() throws {
    let home = try AgentHome()
    let mine = try Conversation(home)
    let other = try Conversation(home, planner: "other")
    let draft = try mine.plan(1).string("draft")
    let batch = try mine.done("submit", ["draft": draft]).string("batch")
    let open = try mine.plan(2).string("draft")

    for (tool, arguments) in [
      ("submit", ["draft": open]), ("submit", ["draft": draft]), ("preview", ["draft": open]),
      ("preview", ["batch": batch]), ("status", ["batch": batch]),
      ("plan_charge", ["account": "cus_1", "amount": "1.00", "reference": "INV-1"]),
    ] {
      let answer = try other.call(tool, arguments)
      #expect(answer.isError, "\(tool)")
      let asked = arguments.values.contains(batch) || arguments.values.contains(draft)
      #expect(asked || !answer.text.contains(batch), "\(answer.text)")
    }
    #expect(try other.done("discard_draft", ["draft": open]).content["discarded"] as? Bool == false)
    #expect(try other.done("list_batches").text == #"{"drafts":[],"batches":[],"more":0}"#)
    #expect(try mine.done("preview", ["draft": open]).integer("jobs") == 1)
  }

  @Test func `a server that is killed at any moment loses nothing and does nothing twice`() throws {
    let home = try AgentHome()
    for number in 1...12 {
      let killed = try Conversation(home)
      try killed.say(
        #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"plan_charge","#
          + #""arguments":{"account":"cus_\#(number)","amount_minor":199,"#
          + #""reference":"INV-\#(number)"}}}"#)
      Thread.sleep(forTimeInterval: Double(number) * 0.004)
      killed.kill()
      #expect(try Conversation(home).plan(number).integer("number") == number)
    }
    let draft = try Conversation(home).plan(1).string("draft")
    for pause in 0...8 {
      let killed = try Conversation(home)
      try killed.say(
        #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"submit","#
          + #""arguments":{"draft":"\#(draft)"}}}"#)
      Thread.sleep(forTimeInterval: Double(pause) * 0.006)
      killed.kill()
    }
    let batch = try Conversation(home).done("submit", ["draft": draft])

    #expect(batch.integer("jobs") == 12)
    #expect(try home.states() == [batch.string("batch"): "submitted"])
    _ = try home.sluice("journal verify")
  }

  @Test func `a failing home loses nothing, and the planner is told only what to do`() throws {
    let home = try AgentHome()
    let agent = try Conversation(home)
    let draft = try agent.plan(1).string("draft")
    let path = home.folder + "/home/"
    try FileManager.default.moveItem(atPath: path + "seal.key", toPath: path + "away")

    let refused = try agent.call("submit", ["draft": draft])
    try FileManager.default.moveItem(atPath: path + "away", toPath: path + "seal.key")

    #expect(refused.isError)
    #expect(refused.text.hasPrefix("The queue cannot be used now."))
    #expect(!refused.text.contains("seal") && !refused.text.contains(home.folder))
    #expect(try agent.done("submit", ["draft": draft]).integer("jobs") == 1)
  }

  @Test func `refunds are planned under the job file that refunds`() throws {
    let home = try AgentHome()
    let agent = try Conversation(home, jobFiles: ["fees.json", "refunds.json"])
    var refund = [
      "account": "cus_1", "amount": "1.00", "reference": "back_1", "charge": "pi_1",
    ]

    let unnamed = try agent.call("plan_charge", refund)
    refund["job_file"] = "fees"
    let wrong = try agent.call("plan_charge", refund)
    refund["job_file"] = "refunds"
    let planned = try agent.done("plan_charge", refund)

    #expect(unnamed.text.hasPrefix("The argument job_file is missing"))
    #expect(wrong.text.contains("charge is for job files that refund: leave it out"))
    #expect(planned.integer("number") == 1)
  }
}
