import Foundation
import Support
import Testing

/// People see what planners are putting together, and may throw it away.
@Suite struct DraftListTests {
  @Test func `drafts are listed where they are asked for`() throws {
    let home = try AgentHome()
    let agent = try Conversation(home, planner: "claude")
    _ = try agent.plan(1)
    let draft = try agent.plan(2).string("draft")
    let other = try Conversation(home, planner: "other").plan(3).string("draft")

    let shown = try home.sluice("list --state draft").split(separator: "\n").map(String.init)

    #expect(
      shown == [
        "DRAFT               JOBS  TOTAL     JOB FILE  PLANNER",
        "\(draft)     2  3.98 usd  fees      claude",
        "\(other)     1  1.99 usd  fees      other",
        "sandbox: no money moves",
      ])
    #expect(try home.sluice("list --state draft --quiet") == "\(draft)\n\(other)\n")
    #expect(try home.sluice("list --state draft --limit 1 --quiet") == "\(draft)\n")
    #expect(
      try home.sluice("list --state draft --limit 1 --json")
        == #"{"batches":[],"drafts":[{"draft":"\#(draft)","planner":"claude","job_file":"fees","#
        + #""jobs":2,"totals":[{"currency":"usd","amount":398}]}]}"# + "\n")
    #expect(try home.sluice("list").hasPrefix("No batch yet;"))
    #expect(try home.sluice("list --json") == #"{"batches":[]}"# + "\n")
  }

  @Test func `drafts and batches are listed together`() throws {
    let home = try AgentHome()
    let agent = try Conversation(home)
    let batch = try agent.done("submit", ["draft": try agent.plan(1).string("draft")])
      .string("batch")
    let draft = try agent.plan(2).string("draft")

    let shown = try home.sluice("list --state submitted --state draft")

    #expect(shown.contains(batch) && shown.contains(draft))
    #expect(
      try home.sluice("list --state submitted --state draft --quiet") == "\(batch)\n\(draft)\n")
    #expect(try home.sluice("list --state halted --state draft").contains(draft))
  }

  @Test func `a person throws a draft away, and the planner begins another`() throws {
    let home = try AgentHome()
    let agent = try Conversation(home)
    let draft = try agent.plan(1).string("draft")

    let cancelled = try home.sluice("cancel \(draft) --reason nonsense")

    #expect(cancelled == "\(draft), 1 job of agent, is thrown away; nothing of it was queued.\n")
    #expect(try home.sluice("list --state draft").hasPrefix("No draft"))
    #expect(try agent.call("submit", ["draft": draft]).text.hasPrefix("You have no draft"))
    #expect(try agent.plan(1).string("draft") != draft)
    let next = try agent.plan(2).string("draft")
    #expect(
      try home.sluice("cancel \(next) --json")
        == #"{"draft":"\#(next)","discarded":true}"# + "\n")
    let again = try home.outcome("cancel \(draft)")
    #expect(again.status == 66)
    _ = try home.sluice("journal verify")
    #expect(try home.sluice("journal export").contains("nonsense"))
  }
}
