import Foundation
import Support
import Testing

@Suite struct BadPlanTests {
  @Test(arguments: badPlans)
  func `a plan with a problem is refused whole, each problem with its place`(
    _ bad: BadPlan
  ) throws {
    let home = try CommandHome()
    try home.write(bad.text, to: "plan.csv")
    try home.write(JobFileText().text, to: "job.json")

    let outcome = try home.sluice(["submit", "plan.csv", "--job", "job.json"])

    let count = bad.problems.count == 1 ? "1 problem" : "\(bad.problems.count) problems"
    let lines =
      ["sluice: plan.csv: \(count)"] + bad.problems.map { "  plan.csv:" + $0 }
      + ["  nothing is queued; correct the file and submit it again", ""]
    #expect(outcome == Outcome(65, error: lines.joined(separator: "\n")))
    #expect(try home.states() == [:])
  }

  @Test func `bytes that are no UTF-8 are found at their place`() throws {
    let home = try CommandHome()
    try home.write(JobFileText().text, to: "job.json")
    let bytes = Array(csv("cus_1,1.00,in_").utf8.dropLast()) + [0xC3, 0x28, 0x0A]
    try Data(bytes).write(to: URL(fileURLWithPath: home.folder + "/plan.csv"))

    let outcome = try home.sluice(["submit", "plan.csv", "--job", "job.json"])

    #expect(
      outcome
        == Outcome(
          65,
          error: """
            sluice: plan.csv: 1 problem
              plan.csv:2:15: invalid UTF-8: save the file as UTF-8
              nothing is queued; correct the file and submit it again

            """))
    #expect(try home.states() == [:])
  }

  @Test func `a field of 10 MB is refused without being kept`() throws {
    let home = try CommandHome()
    let field = String(repeating: "x", count: 10_000_000)
    try home.write(csv("cus_1,1.00,\(field)", "cus_2,2,in_2"), to: "plan.csv")
    try home.write(JobFileText().text, to: "job.json")

    let outcome = try home.sluice(["submit", "plan.csv", "--job", "job.json"])

    #expect(
      outcome
        == Outcome(
          65,
          error: """
            sluice: plan.csv: 2 problems
              plan.csv:2:12: the value is longer than 64 KiB
              plan.csv:3:7: "2" could mean 0.02 or 2.00 usd; write one of them
              nothing is queued; correct the file and submit it again

            """))
  }

  @Test func `of more than a hundred problems a hundred are listed and the rest counted`() throws {
    let home = try CommandHome()
    try home.write(csv((1...250).map { "cus_\($0),-1.00,in_\($0)" }), to: "plan.csv")
    try home.write(JobFileText().text, to: "job.json")

    let outcome = try home.sluice(["submit", "plan.csv", "--job", "job.json"])

    let lines = outcome.error.split(separator: "\n").map(String.init)
    #expect(outcome.status == 65)
    #expect(lines.count == 103)
    #expect(lines.first == "sluice: plan.csv: 250 problems")
    #expect(
      lines[100] == "  plan.csv:101:9: the amount must be more than zero, not \"-1.00\"")
    #expect(lines[101] == "  ... and 150 more")
  }

  @Test func `one bad line keeps every good line out of the queue`() throws {
    let home = try CommandHome()
    try home.write(csv("cus_1,1.00,in_1", "cus_2,2,in_2", "cus_3,3.00,in_3"), to: "bad.csv")
    try home.write(csv("cus_1,1.00,in_1"), to: "good.csv")
    try home.write(JobFileText().text, to: "job.json")

    let refused = try home.sluice(["submit", "bad.csv", "--job", "job.json"])
    let accepted = try home.document(["submit", "good.csv", "--job", "job.json"], as: Taken.self)

    #expect(refused.status == 65)
    #expect(accepted.jobs == 1)
    #expect(accepted.duplicates == 0, "a refused plan has taken a reference")
  }

  @Test func `a plan that is not there, or is a folder, is not found`() throws {
    let home = try CommandHome()
    try home.write(JobFileText().text, to: "job.json")

    #expect(
      try home.sluice(["submit", "plan.csv", "--job", "job.json"])
        == Outcome(66, error: "sluice: plan.csv: no such file\n  check the path\n"))
    #expect(
      try home.sluice(["submit", ".", "--job", "job.json"])
        == Outcome(66, error: "sluice: . is a folder\n  name a file in it\n"))
  }

  @Test func `a plan on standard input is read, and its problems name it`() throws {
    let home = try CommandHome()
    try home.write(JobFileText().text, to: "job.json")

    let bad = try home.sluice(
      ["submit", "-", "--job", "job.json"], input: csv("cus_1,0.00,in_1"))
    let good = try home.sluice(
      ["submit", "-", "--job", "job.json"], input: csv("cus_1,1.00,in_1"))

    #expect(bad.status == 65)
    #expect(bad.error.hasPrefix("sluice: standard input: 1 problem\n  standard input:2:7: the"))
    #expect(good.status == 0)
  }

  @Test func `a dry run queues nothing, good or bad`() throws {
    let home = try CommandHome()
    try home.write(csv(jobs: 3), to: "good.csv")
    try home.write(csv("cus_1,1e3,in_1"), to: "bad.csv")
    try home.write(JobFileText().text, to: "job.json")

    let good = try home.sluice(["submit", "good.csv", "--job", "job.json", "--dry-run"])
    let bad = try home.sluice(["submit", "bad.csv", "--job", "job.json", "--dry-run"])

    #expect(good == Outcome(0, output: "3 jobs in order. Nothing was queued (--dry-run).\n"))
    #expect(bad.status == 65)
    #expect(try home.states() == [:])
  }
}

/// What `submit` says of the jobs.
private struct Taken: Decodable {
  let jobs: Int
  let duplicates: Int
}

/// A plan and each of its problems: line, column and message.
struct BadPlan: CustomTestStringConvertible {
  let text: String
  let problems: [String]

  var testDescription: String { problems[0] }
}

private func bad(_ line: String, _ problem: String) -> BadPlan {
  BadPlan(text: csv(line), problems: [problem])
}

private let badPlans = [
  BadPlan(text: "", problems: ["1:1: the file is empty"]),
  BadPlan(text: csv(), problems: ["1:1: there is nothing below the header"]),
  BadPlan(
    text: "name,total\nAna,5.00\n",
    problems: [
      "1:1: no column account (or customer, customer_id): the header has \"name\", \"total\"",
      "1:1: no column amount (or amount_minor): the header has \"name\", \"total\"",
      "1:1: no column reference (or invoice, invoice_id, invoice_number): the header has "
        + "\"name\", \"total\"",
    ]),
  BadPlan(
    text: "account,amount,amount,reference\ncus_1,1.00,1.00,in_1\n",
    problems: ["1:16: the column \"amount\" stands here twice: it is column 2 already"]),
  bad("cus_1,1.00", "2:1: 2 fields, the header has 3"),
  bad(
    "cus_1,1,000.00,in_1",
    "2:1: 4 fields, the header has 3: a comma inside a value needs double quotes around the value"),
  bad("cus_1,1.00,\"in_1", "2:12: the double quote that opens here is never closed"),
  bad(
    "cus_1,5,in_1",
    "2:7: \"5\" could mean 0.05 or 5.00 usd; write one of them"),
  bad("cus_1,19.999,in_1", "2:7: usd amounts have exactly 2 decimals, \"19.999\" has 3"),
  bad("cus_1,1e3,in_1", "2:7: \"1e3\" is not an amount in usd: write plain digits like 19.99"),
  bad(
    "cus_1,\"1,000.00\",in_1",
    "2:7: \"1,000.00\" is not an amount in usd: write plain digits like 19.99"),
  bad("cus_1,NaN,in_1", "2:7: \"NaN\" is not an amount in usd: write plain digits like 19.99"),
  bad("cus_1,-5.00,in_1", "2:7: the amount must be more than zero, not \"-5.00\""),
  bad("cus_1,0.00,in_1", "2:7: the amount must be more than zero, not \"0.00\""),
  bad(
    "cus_1,1000000.00,in_1",
    "2:7: \"1000000.00\" is over the most Stripe moves at once, 999,999.99 usd"),
  bad("cus_1,92233720368547758.08,in_1", "2:7: \"92233720368547758.08\" is too large"),
  bad("cus_1,,in_1", "2:7: the amount is empty"),
  bad("cus_1,1.00,", "2:12: the reference is empty"),
  bad(
    "acct_1,1.00,in_1",
    "2:1: \"acct_1\" is no account: write the customer's id, cus_ and what follows"),
  BadPlan(
    text: csv("cus_1,1.00,in_1", "cus_1,2.00,in_1"),
    problems: ["3:12: cus_1 has the reference \"in_1\" already on line 2"]),
  BadPlan(
    text: "account,amount,reference,currency\ncus_1,1.00,in_1,usx\n",
    problems: ["2:17: unknown currency \"usx\""]),
  BadPlan(
    text: "account,amount,reference,currency\ncus_1,1.00,in_1,eur\n",
    problems: ["2:17: no batch cap in eur: the policy has one in usd"]),
  BadPlan(
    text: "account,amount,reference,description\ncus_1,1.00,in_1,\u{1B}[31mred\u{1B}[0m\n",
    problems: ["2:17: the description holds the control character U+001B"]),
  bad("cus_1,1.00,in\u{07}1", "2:12: the reference holds the control character U+0007"),
  bad(
    "cus_1,1.00,rk_live_1234567890abcdef",
    "2:12: the reference looks like it holds an API key, which must not be stored"),
  BadPlan(
    text: "account,amount,reference,description\ncus_1,1.00,in_1,card 4242 4242 4242 4242\n",
    problems: ["2:17: the description looks like it holds a card number, which must not be stored"]
  ),
  BadPlan(
    text: csv("cus_1,1e3,in_1", "cus_2,2.00", "cus_3,-3.00,in_3", "card_4,4.00,"),
    problems: [
      "2:7: \"1e3\" is not an amount in usd: write plain digits like 19.99",
      "3:1: 2 fields, the header has 3",
      "4:7: the amount must be more than zero, not \"-3.00\"",
      "5:1: \"card_4\" is no account: write the customer's id, cus_ and what follows",
      "5:13: the reference is empty",
    ]),
]
