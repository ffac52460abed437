import Foundation
import Support
import Testing

@Suite struct TerminalTests {
  /// Runs `sluice` on a terminal, types an answer to its question, and returns what was shown.
  private func onTerminal(
    _ home: CommandHome, _ words: [String], answer: String = ""
  ) throws -> Outcome {
    try home.sluice(
      words, environment: ["TERM": "xterm"], under: ["python3", Repository.terminal, answer])
  }

  @Test(arguments: ["y\\n", "yes\\n", "Y\\n"])
  func `approve shows the preview, asks, and a yes approves`(_ answer: String) throws {
    let home = try CommandHome()
    let plan = try home.submit(csv(jobs: 3))

    let outcome = try onTerminal(home, ["approve", plan.batch], answer: answer)

    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("digest \(plan.digest)"))
    #expect(outcome.output.contains("3 jobs up to #3 are charged, 3.00 usd; every job fits"))
    #expect(outcome.output.contains("Approve exactly this plan? [y/N] "))
    #expect(outcome.output.contains("\(plan.batch), 3 jobs, is approved by "))
    #expect(try home.states() == [plan.batch: "approved"])
  }

  @Test(arguments: ["\\n", "n\\n", "yess\\n", "\\x04"])
  func `anything but yes is no, and nothing changes`(_ answer: String) throws {
    let home = try CommandHome()
    let plan = try home.submit(csv(jobs: 3))
    let head = try home.succeed(["journal", "head"])

    let outcome = try onTerminal(home, ["approve", plan.batch], answer: answer)

    #expect(outcome.status == 77)
    #expect(outcome.output.hasSuffix("Not approved; nothing changed.\r\n"), "\(outcome)")
    #expect(try home.states() == [plan.batch: "submitted"])
    #expect(try home.succeed(["journal", "head"]) == head)
  }

  @Test func `an interrupt at the question approves nothing`() throws {
    let home = try CommandHome()
    let plan = try home.submit(csv(jobs: 3))

    let outcome = try onTerminal(home, ["approve", plan.batch], answer: "\\x03")

    #expect(outcome.status != 0)
    #expect(try home.states() == [plan.batch: "submitted"])
  }

  @Test func `a run on a terminal shows its progress on one line and clears it`() throws {
    let home = try CommandHome()
    let batch = try home.plan(csv(jobs: 30))

    let shown = try onTerminal(home, ["run", batch])
    let quiet = try home.sluice(["run", try home.plan(csv("cus_0,1.00,in_0"))])

    #expect(shown.status == 0)
    #expect(shown.output.contains("]   0% · 0.00 of 500.00 usd"))
    #expect(shown.output.contains(" \r30 charged 30.00 usd"))
    #expect(quiet.error == "")
    #expect(!quiet.output.contains("\u{1B}"))
  }

  @Test func `a plan with escapes is refused without a raw one in the message`() throws {
    let home = try CommandHome()
    try home.write(JobFileText().text, to: "job.json")
    try home.write(
      csv("\u{1B}[2Jcus_1,1.00,in_1", "cus_1,\u{1B}[31m1.00,in_2", "cus_1,1.00,\u{9B}31m"),
      to: "plan.csv")

    let outcome = try onTerminal(home, ["submit", "plan.csv", "--job", "job.json"])

    #expect(outcome.status == 65)
    #expect(outcome.output.contains("plan.csv: 3 problems"), "\(outcome)")
    expectNoEscape(in: outcome)
  }

  @Test func `names with escapes reach the terminal as text`() throws {
    let home = try CommandHome()
    try home.write(JobFileText().text, to: "job.json")
    try home.write(csv(jobs: 2), to: "pl\u{1B}[31man.csv")

    let submit = try onTerminal(
      home, ["submit", "pl\u{1B}[31man.csv", "--job", "job.json"])
    let batch = try #require(try home.states().keys.first)

    for outcome in [
      submit, try onTerminal(home, ["preview", batch]), try onTerminal(home, ["list"]),
      try onTerminal(home, ["show", batch, "--jobs"]), try onTerminal(home, ["report", batch]),
      try onTerminal(home, ["run", "\u{1B}[31m"]), try onTerminal(home, ["\u{1B}[31m"]),
      try onTerminal(home, ["submit", "\u{1B}[31m.csv", "--job", "job.json"]),
    ] {
      expectNoEscape(in: outcome)
    }
  }

  @Test(arguments: [
    #""status": 402, "body": {"error": {"type": "card_error", "code": "card_declined", "#
      + #""decline_code": "\u001b[31mx", "message": "\u001b]0;owned\u0007"}}"#,
    #""status": 400, "body": {"error": {"type": "invalid_request_error", "#
      + #""code": "\u001b[31m", "message": "\u001b[2Jgone"}}"#,
    #""status": 418, "body": {"error": {"type": "\u001b[31m", "message": "\u001b[2Jgone"}}"#,
    #""status": 401, "body": {"error": {"type": "invalid_request_error", "#
      + #""message": "\u001b[2Jgone"}}"#,
  ])
  func `what Stripe says with escapes reaches the terminal as text`(_ answer: String) throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(csv(jobs: 2))
    try server.script(#"[{"fault": "answer", "match": "POST", \#(answer)}]"#)

    for outcome in [
      try onTerminal(home, ["run", batch]), try onTerminal(home, ["report", batch]),
      try onTerminal(home, ["show", batch, "--jobs"]), try onTerminal(home, ["list"]),
    ] {
      #expect(outcome.output.contains(batch))
      expectNoEscape(in: outcome)
    }
  }

  /// Expects no control character but those of the progress line.
  private func expectNoEscape(in outcome: Outcome) {
    let text = (outcome.output + outcome.error).replacingOccurrences(of: "\r", with: "")
    let controls = text.unicodeScalars.filter {
      $0.properties.generalCategory == .control && $0 != "\n"
    }
    #expect(controls.isEmpty, "\(text.debugDescription)")
  }
}
