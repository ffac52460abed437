import Foundation
import Support
import Testing

/// What an agent is told of a batch, in every reply that tells of one: for whom it waits, and what
/// is not known of it.
@Suite struct SituationTests {
  @Test func `a batch that waits says for whom`() throws {
    let home = try AgentHome(more: #", "approval": {"four_eyes": true}"#)
    let agent = try Conversation(home, as: "submitter")

    let batch = try submitted([agent.plan(1)], agent)

    #expect(
      try told(of: batch, agent)
        == "It waits for a person with another login than the submitter's to approve it. Tell them "
        + "to run: sluice approve \(batch.name). You cannot approve it; do not submit its jobs "
        + "again.")
  }

  @Test func `a batch that two people have to approve says how many it waits for`() throws {
    let home = try AgentHome(more: #", "approval": {"required": 2, "four_eyes": true}"#)
    for name in ["ana", "ben"] { try home.addApprover(name) }
    let agent = try Conversation(home, as: "submitter")
    let batch = try submitted([agent.plan(1)], agent)

    let two = try told(of: batch, agent)
    try home.approve(batch.name, as: "ana")
    let one = try told(of: batch, agent)
    try home.approve(batch.name, as: "ben")

    #expect(
      two.hasPrefix(
        "It waits for two people with other logins than the submitter's to approve it. Tell them "
          + "to run: sluice approve \(batch.name)."))
    #expect(
      one.hasPrefix(
        "It waits for one more person with another login than the submitter's to approve it. Tell "
          + "them to run: sluice approve \(batch.name)."))
    #expect(try told(of: batch, agent).hasPrefix("It is approved and waits for a person"))
  }

  @Test func `a stop is told wherever a batch is`() throws {
    let home = try AgentHome()
    let agent = try Conversation(home)
    let batch = try submitted([agent.plan(1)], agent)
    try home.approve(batch.name)

    _ = try home.sluice("stop")
    let all = try told(of: batch, agent)
    _ = try home.sluice("unstop")
    _ = try home.sluice("stop \(batch.name)")

    #expect(
      all
        == "A person has stopped it, and nothing is sent until they lift that: sluice unstop. Do "
        + "not submit its jobs again.")
    #expect(try told(of: batch, agent).contains("lift that: sluice unstop \(batch.name)."))
  }

  @Test func `a batch whose worker is gone says so`() throws {
    let home = try AgentHome()
    let agent = try Conversation(home)
    let jobs = (1...20).map {
      ["account": "cus_rate_limit_\($0)", "amount": "0.01", "reference": "INV-\($0)"]
    }
    let batch = try submitted([agent.done("plan_batch", ["jobs": jobs])], agent)
    try home.approve(batch.name)
    let worker = try home.start("run \(batch.name) --quiet")
    try waitUntil("it runs") { try home.states()[batch.name] == "running" }

    let running = try agent.done("status", ["batch": batch.name]).string("next")
    worker.signal(SIGKILL)
    _ = try worker.wait()

    #expect(running == "It is being run now. Ask again later; do not submit its jobs again.")
    #expect(
      try told(of: batch, agent).hasPrefix(
        "Its worker is gone. Tell a person to run: sluice run \(batch.name). Do not submit its "
          + "jobs again."))
  }

  @Test func `what is not known yet is told of a batch that is over`() throws {
    let home = try AgentHome()
    let agent = try Conversation(home)
    let over = try ran(["1", "processing"], agent, home, status: 10)
    let halted = try ran(["processing_1", "processing_2", "error_500"], agent, home, status: 13)

    let isOver = "It is over. Jobs that were not charged are not tried again by themselves."
    #expect(
      try told(of: over, agent)
        == "\(isOver) 1 is processing still: a person settles it with sluice settle \(over.name). "
        + "Do not plan it again.")
    #expect(
      try told(of: halted, agent).hasSuffix(
        "Stop, and do not submit its jobs again. 2 are processing and 1 is unknown still: a person "
          + "settles them with sluice settle \(halted.name). Do not plan them again."))
    _ = try home.sluice("settle \(over.name)")
    #expect(try told(of: over, agent) == isOver)
  }

  /// A batch of these accounts that a person approved and ran.
  private func ran(
    _ accounts: [String], _ agent: Conversation, _ home: AgentHome, status: Int32
  ) throws -> Submitted {
    let planned = try accounts.map {
      try agent.done(
        "plan_charge", ["account": "cus_" + $0, "amount": "1.00", "reference": "INV-" + $0])
    }
    let batch = try submitted(planned, agent)
    try home.approve(batch.name)
    _ = try home.sluice("run \(batch.name)", status: [status])
    return batch
  }

  @Test func `the preview of a batch that is over foresees nothing`() throws {
    let home = try AgentHome()
    let agent = try Conversation(home)
    let batch = try submitted([agent.plan(1)], agent)
    _ = try home.sluice("cancel \(batch.name)")

    #expect(
      try agent.done("preview", ["batch": batch.name]).string("next")
        == "A person cancelled it: what was queued is not charged.")
  }

  /// A batch, and the draft that it was.
  private struct Submitted {
    let name: String
    let draft: String
  }

  private func submitted(
    _ planned: [ToolAnswer], _ agent: Conversation
  ) throws -> Submitted {
    let draft = planned[0].string("draft")
    return Submitted(
      name: try agent.done("submit", ["draft": draft]).string("batch"), draft: draft)
  }

  /// What every reply that tells of a batch says of it.
  private func told(of batch: Submitted, _ agent: Conversation) throws -> String {
    let status = try agent.done("status", ["batch": batch.name]).string("next")
    let batches = try agent.done("list_batches").content["batches"] as? [[String: Any]]
    let listed = batches?.first { $0["batch"] as? String == batch.name }
    #expect(listed?["next"] as? String == status)
    #expect(try agent.done("submit", ["draft": batch.draft]).string("next") == status)
    let previewed = try agent.done("preview", ["batch": batch.name]).string("next")
    #expect(previewed.hasSuffix(status), "\(previewed)")
    return status
  }
}
