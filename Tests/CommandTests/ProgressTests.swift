import Foundation
import Support
import Testing

@Suite struct ProgressTests {
  /// Runs a command on a terminal of so many columns.
  private func shown(
    _ home: CommandHome, _ words: [String], columns: Int = 80, _ environment: [String: String] = [:]
  ) throws -> Outcome {
    try home.sluice(
      words, environment: ["TERM": "xterm"].merging(environment) { $1 },
      under: ["python3", Repository.terminal, "--columns", "\(columns)", ""])
  }

  @Test func `a run draws its bar over itself, without an escape code, and clears it`() throws {
    let home = try CommandHome()
    let jobs = (1...150).map { "cus_\($0),1.00,in_\($0)" }
    let batch = try home.plan(csv(["cus_decline_lost_card,1.00,in_0"] + jobs))

    let outcome = try shown(home, ["run", batch])

    let lines = outcome.output.split(separator: "\r")
    let last = try #require(lines.last { $0.contains("usd") && $0.contains("[#") })
    #expect(outcome.status == 10)
    #expect(lines[0] == "[..............................]   0% · 0.00 of 500.00 usd")
    #expect(last.contains(" of 500.00 usd · 1 declined"), "\(lines)")
    #expect(outcome.output.contains(" \r150 charged 150.00 usd · 1 declined"))
    #expect(!outcome.output.contains("\u{1B}"))
  }

  @Test(arguments: [40, 20, 10])
  func `no line is wider than a narrow terminal`(_ columns: Int) throws {
    let home = try CommandHome()
    let batch = try home.plan(csv(jobs: 60))

    let outcome = try shown(home, ["run", batch, "-q"], columns: columns)
    let loud = try shown(home, ["run", try home.plan(csv("cus_a,1.00,a"))], columns: columns)

    #expect(outcome == Outcome(0))
    let bars = loud.output.split(separator: "\r").prefix { $0 != "\n" }.filter { $0.contains("%") }
    #expect(!bars.isEmpty)
    for bar in bars { #expect(bar.count < columns, "\(bar)") }
  }

  @Test(arguments: [["TERM": "dumb"], ["TERM": ""]])
  func `a terminal that cannot go back is shown no bar`(_ environment: [String: String]) throws {
    let home = try CommandHome()
    let batch = try home.plan(csv(jobs: 3))

    let outcome = try shown(home, ["run", batch], environment)

    #expect(outcome.output.hasPrefix("3 charged 3.00 usd"))
  }

  @Test func `the report of a run without a terminal comes alone`() throws {
    let home = try CommandHome()
    let batch = try home.plan(csv(jobs: 3))

    let outcome = try home.sluice(["run", batch], environment: ["TERM": "xterm"])

    #expect(outcome.error == "")
    #expect(outcome.output.hasPrefix("3 charged 3.00 usd"))
  }

  @Test func `settle counts what it looks up`() throws {
    let home = try CommandHome()
    let batch = try home.plan(csv("cus_processing_1,1.00,a", "cus_processing_2,2.00,b"))
    _ = try home.sluice(["run", batch])

    let outcome = try shown(home, ["settle", batch])

    #expect(outcome.status == 0)
    #expect(outcome.output.contains("]   0% · 0.00 of 500.00 usd"), "\(outcome)")
    #expect(outcome.output.contains("\r\(batch): 0 in doubt, 0 unknown, 0 processing"))
  }

  @Test func `a wait is told with its reason, and what was charged before`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(csv(jobs: 2))
    try server.script(
      #"""
      [{"fault": "answer", "match": "POST", "status": 429, "headers": {"Retry-After": "1"},
        "body": {"error": {"type": "invalid_request_error", "code": "rate_limit"}}}]
      """#)

    let outcome = try shown(home, ["run", batch])

    #expect(outcome.status == 0, "\(outcome)")
    #expect(
      outcome.output.contains(
        "\r  0% · 0.00 of 500.00 usd · waiting 1 s: Stripe asks to slow down"))
  }
}
