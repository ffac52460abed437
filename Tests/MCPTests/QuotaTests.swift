import Foundation
import Support
import Testing

/// How much a planner may queue is the same whichever door it comes through, and told in the same
/// words.
@Suite struct QuotaTests {
  private let home: AgentHome
  private let agent: Conversation

  init() throws {
    home = try AgentHome()
    agent = try Conversation(home)
  }

  @Test func `an hour's quota says how many fit, and when more do`() throws {
    try allow(#"{"jobs_per_hour": 2}"#)
    _ = try agent.plan(1)

    let many = try agent.call("plan_batch", ["jobs": jobs(2...4)])
    let two = try agent.call("plan_batch", ["jobs": jobs(2...3)])

    #expect(
      many.text
        == "These are 3 jobs, and this planner may add 2 an hour. Nothing was added; plan at most "
        + "2 at once.")
    #expect(
      two.text.hasPrefix(
        "This planner may add 2 jobs an hour, and 1 is left of them. Nothing was added; plan at "
          + "most 1 now, or come back at 2"))
    #expect(try submit(2...4) == many.text)
    #expect(try submit(2...3) == two.text)
    #expect(try submit(2...2) == nil)
    #expect(try agent.call("plan_charge", jobs(3...3)[0]).text.contains("and 0 are left of them"))
    #expect(try Conversation(home, planner: "other").plan(3).integer("number") == 1)
  }

  @Test func `so many jobs and so much money are the most of one batch`() throws {
    try allow(
      #"{"jobs_per_batch": 3, "total_per_batch": [{"amount": "2.50", "currency": "usd"}]}"#)

    let many = try agent.call("plan_batch", ["jobs": jobs(1...4)])
    let much = try agent.call("plan_batch", ["jobs": jobs(1...3)])
    let draft = try agent.done("plan_batch", ["jobs": jobs(1...2)]).string("draft")

    #expect(
      many.text
        == "These are 4 jobs, and 3 is the most in one batch. Nothing was added; plan fewer, "
        + "submit them, and plan the rest afterwards.")
    #expect(
      much.text
        == "This would be 3.00 usd in one batch, and 2.50 usd is the most for this planner. "
        + "Nothing was added; this limit is final: stop, do not retry, do not try another way, "
        + "and tell a person.")
    #expect(try submit(1...4) == many.text)
    #expect(try submit(1...3) == much.text)
    #expect(try submit(1...4, isDryRun: true) == many.text)
    #expect(try submit(1...3, isDryRun: true) == much.text)
    #expect(try submit(1...2, isDryRun: true) == nil)
    #expect(try agent.call("plan_batch", ["jobs": jobs(3...3)]).text == much.text)
    try allow(#"{"jobs_per_batch": 3}"#)
    #expect(try agent.done("plan_batch", ["jobs": jobs(3...3)]).string("draft") == draft)
    #expect(
      try agent.call("plan_batch", ["jobs": jobs(4...4)]).text
        == "This would be 4 jobs in one batch, and 3 is the most. Nothing was added; submit the "
        + "draft as it is and plan the rest in the next one.")
  }

  @Test func `so many batches may be open, whoever handed them in`() throws {
    try allow(#"{"open_batches": 1}"#)
    let draft = try agent.plan(1).string("draft")
    #expect(try submit(2...2) == nil)
    let open = try #require(try home.states().first?.key)

    let refused = try agent.call("submit", ["draft": draft])

    #expect(
      refused.text
        == "At most 1 of this planner's batches may be open at a time; open now: 1. Nothing was "
        + "submitted; come back when fewer are open: a person has to approve and run them, reject "
        + "them or cancel them.")
    #expect(try submit(3...3) == refused.text)
    _ = try home.sluice("reject \(open) --reason no")
    #expect(try agent.done("submit", ["draft": draft]).integer("jobs") == 1)
    #expect(try submit(3...3) == refused.text)
    // Whatever counts in the hour is in the journal.
    _ = try home.sluice("journal verify")
  }

  @Test func `a person who submits for themselves has no quota`() throws {
    try home.write(
      (
        "home/planners.json",
        """
        {"default": {"open_batches": 1, "jobs_per_batch": 1, "jobs_per_hour": 1,
           "total_per_batch": [{"amount": "0.01", "currency": "usd"}]}}
        """
      ))

    #expect(try submit(1...3, as: nil) == nil)
    #expect(try submit(4...6, as: nil) == nil)
    #expect(try home.states().count == 2)
  }

  @Test func `a plan that is refused leaves nothing behind`() throws {
    try allow(#"{"jobs_per_hour": 2}"#)

    #expect(try submit(1...3) != nil)
    let outcome = try home.outcome(
      "submit - --job fees.json --planner agent --json", input: lines(1...3))

    #expect(outcome.status == 77)
    #expect(
      outcome.error
        == #"{"error":{"code":"not_allowed","message":"these are 3 jobs, and this planner may add "#
        + #"2 an hour","hint":"nothing was added; plan at most 2 at once","details":[]}}"#
        + "\n")
    #expect(try home.states().isEmpty)
    #expect(try submit(1...2) == nil)
  }

  @Test func `a file of quotas that cannot be read lets no planner through`() throws {
    #expect(try agent.plan(2).integer("number") == 1)
    try home.write(("home/planners.json", "{"))

    let unusable = try agent.call("list_batches")
    let outcome = try home.outcome("submit - --job fees.json --planner agent", input: lines(1...1))

    #expect(unusable.isError)
    #expect(unusable.text.hasPrefix("The queue cannot be used now. Stop, and tell the person"))
    #expect(outcome.status == 65)
    #expect(try submit(1...1, as: nil) == nil)
    let doctor = try home.outcome("doctor --json")
    #expect(doctor.status == 65)
    #expect(doctor.output.contains("planners.json:1:2: expected a key in double quotes"))
    try allow(#"{"open_batches": 1}"#)
    #expect(try home.sluice("doctor --json").contains("the quotas in planners.json can be read"))
  }

  private func allow(_ quota: String) throws {
    try home.write(("home/planners.json", #"{"planners": {"agent": \#(quota)}}"#))
  }

  private func jobs(_ numbers: ClosedRange<Int>) -> [[String: String]] {
    numbers.map { ["account": "cus_\($0)", "amount": "1.00", "reference": "a"] }
  }

  private func lines(_ numbers: ClosedRange<Int>) -> String {
    numbers.map { #"{"account":"cus_\#($0)","amount":"1.00","reference":"a"}"# + "\n" }.joined()
  }

  /// Hands jobs in on standard input; why they are refused, in the words an agent reads, or nil.
  private func submit(
    _ numbers: ClosedRange<Int>, as planner: String? = "agent", isDryRun: Bool = false
  ) throws -> String? {
    let outcome = try home.outcome(
      "submit - --job fees.json" + (isDryRun ? " --dry-run" : "")
        + (planner.map { " --planner \($0)" } ?? ""),
      input: lines(numbers))
    if outcome.status == 0 { return nil }
    let sentences = outcome.error.dropFirst("sluice: ".count).split(separator: "\n").map {
      let text = $0.drop { $0 == " " }
      return text.prefix(1).uppercased() + text.dropFirst() + "."
    }
    return sentences.joined(separator: " ")
  }
}
