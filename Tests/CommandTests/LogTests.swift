import Foundation
import Support
import Testing

@Suite struct LogTests {
  @Test func `a run is logged as JSON, a line an event, and its report is not in it`() throws {
    let home = try CommandHome()
    let batch = try home.plan(
      csv(
        "cus_1,1.00,in_1", "cus_decline_lost_card,2.00,in_2", "cus_no_payment_method,3.00,in_3",
        "cus_4,4.00,in_4"))

    let outcome = try home.sluice(["run", batch, "--log-format", "json", "-q"])

    let lines = try LogLine.all(in: outcome.error)
    #expect(outcome.status == 10)
    #expect(outcome.output == "")
    #expect(
      lines.map(\.event)
        == ["started", "settled", "in_doubt", "settled", "skipped", "settled", "finished"])
    #expect(lines.map(\.job) == [nil, 1, 2, 2, 3, 4, nil])
    #expect(lines.map(\.outcome) == [nil, "charged", "in_doubt", "declined", nil, "charged", nil])
    #expect(lines.map(\.amount) == [nil, 100, 200, 200, 300, 400, nil])
    let reasons = lines.compactMap(\.reason)
    #expect(reasons == ["lost_card", "lost_card", "no_payment_method"])
    #expect(lines.allSatisfy { $0.batch == batch && $0.level == "info" && $0.at.hasSuffix("Z") })
    #expect(lines[0].jobs == 4)
    #expect(lines[6].charged == 2)
    #expect(lines[6].amounts == [.init(currency: "usd", amount: 500)])
  }

  @Test func `a run is logged as text for people`() throws {
    let home = try CommandHome()
    let batch = try home.plan(csv("cus_1,1.00,in_1", "cus_decline_lost_card,2.00,in_2"))

    let outcome = try home.sluice(["run", batch, "--log-format=text"])

    let lines = outcome.error.split(separator: "\n").map { $0.drop { $0 != " " }.dropFirst() }
    #expect(outcome.output.hasPrefix("1 charged 1.00 usd · 1 declined"))
    #expect(
      lines == [
        "info started \(batch) 2 jobs", "info settled \(batch)#1 charged 1.00 usd",
        "info in_doubt \(batch)#2 in_doubt 2.00 usd (lost_card)",
        "info settled \(batch)#2 declined 2.00 usd (lost_card)",
        "info finished \(batch) finished: 1 of 2 jobs charged, 1.00 usd",
      ])
  }

  @Test func `a log takes the place of the bar`() throws {
    let home = try CommandHome()
    let batch = try home.plan(csv(jobs: 1))

    let outcome = try home.sluice(
      ["run", batch, "--log-format", "text"], environment: ["TERM": "xterm"],
      under: ["python3", Repository.terminal, ""])

    #expect(outcome.output.contains("info settled \(batch)#1 charged 1.00 usd\r\n"))
    #expect(!outcome.output.contains("%"))
  }

  @Test func `a halt and an end at a limit are logged with how far it came`() throws {
    let home = try CommandHome()
    let batch = try home.plan(csv(jobs: 3), under: JobFileText(cap: "2.00").text)

    let limited = try home.sluice(["run", batch, "--limit", "1", "--log-format", "json"])
    let halted = try home.sluice(["run", batch, "--log-format", "json"])

    let end = try #require(try LogLine.all(in: limited.error).last)
    let lines = try LogLine.all(in: halted.error).suffix(2)
    #expect((end.event, end.state, end.charged) == ("ended", "running", 1))
    #expect(lines.map(\.event) == ["halted", "ended"])
    #expect(lines.map(\.level) == ["warning", "info"])
    #expect(lines.map(\.job) == [3, nil])
    #expect(lines.first?.reason == "cap_exhausted")
    #expect(lines.first?.message?.contains("would pass the batch's cap of 2.00 usd") == true)
    #expect(lines.last?.state == "halted")
  }

  @Test func `settle logs each job that is settled`() throws {
    let home = try CommandHome()
    let batch = try home.plan(csv("cus_processing_1,1.00,a", "cus_processing_fails,2.00,b"))
    _ = try home.sluice(["run", batch])

    let outcome = try home.sluice(["settle", "--log-format", "json"])

    let lines = try LogLine.all(in: outcome.error)
    #expect(lines.map(\.event) == ["started", "settled", "settled", "looked_up"])
    #expect(lines.map(\.outcome) == [nil, "charged", "declined", nil])
    #expect(lines[0].jobs == 2)
  }

  @Test func `a billing run logs what it runs, and still says nothing when it is quiet`() throws {
    let home = try CronHome(csv(jobs: 2))
    try home.cover()

    let outcome = try home.cron("-q", "--log-format", "json")
    try home.list(csv("cus_9,2000.00,in_9"))
    let waits = try home.cron("-q", "--log-format", "json")

    #expect(outcome.status == 0)
    #expect(outcome.output == "")
    #expect(
      try LogLine.all(in: outcome.error).map(\.event)
        == ["started", "settled", "settled", "finished"])
    #expect(waits.status == 14)
    #expect(try LogLine.all(in: waits.error).map(\.event) == ["waits_for_approval"])
  }

  @Test func `waits, warnings and what ends the command are lines too`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    home.environment["STRIPE_API_KEY"] = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"
    let batch = try home.plan(csv(jobs: 1))
    try server.script(
      #"""
      [{"fault": "answer", "match": "POST", "status": 503, "body": {"error": {"type": "api_error",
        "message": "\u001b[31mno \u202e"}}}]
      """#)

    let outcome = try home.sluice(["run", batch, "--log-format", "json"])
    let again = try home.sluice(["run", batch, "--log-format", "json"])

    let lines = try LogLine.all(in: outcome.error)
    #expect(lines.prefix(2).map(\.event) == ["warning", "started"], "\(outcome)")
    let wait = try #require(lines.first { $0.event == "waiting" })
    #expect(wait.level == "warning")
    #expect(wait.wait_ms ?? 0 > 0)
    #expect(!outcome.error.contains("4eC39"))
    #expect(!outcome.error.contains("\u{1B}"))
    let end = try #require(try LogLine.all(in: again.error).last)
    #expect(again.status == 77)
    #expect((end.event, end.level, end.error?.code) == ("failed", "error", "not_allowed"))
  }

  @Test func `no word of Stripe's breaks out of its line`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    try server.script(
      #"""
      [{"fault": "answer", "match": "POST", "status": 402, "body": {"error": {"type": "card_error",
        "code": "card_declined", "decline_code": "a\nbroken \u001b[31m\u009b", "message": "x"}}},
       {"fault": "answer", "match": "POST", "status": 418, "body": {"error": {
        "type": "odd\n\u001b[2J", "message": "one\ntwo\u001b[2J\u202e"}}}]
      """#)

    let batch = try home.plan(csv(jobs: 2))
    let text = try home.sluice(["run", batch, "--log-format", "text"])
    let json = try home.sluice(["run", batch, "--log-format", "json"])

    #expect(text.error.split(separator: "\n").allSatisfy { $0.hasPrefix("20") }, "\(text)")
    _ = try LogLine.all(in: json.error)
    for scalar in (text.error + json.error).unicodeScalars where scalar != "\n" {
      #expect(scalar.properties.generalCategory != .control)
    }
  }

  @Test func `a format that does not exist is refused`() throws {
    let home = try CommandHome(mode: nil)

    let outcome = try home.sluice(["run", "--log-format", "jsn"])

    #expect(
      outcome
        == Outcome(
          64,
          error: "sluice: there is no format \"jsn\"\n  did you mean json? choose json or text\n"))
  }
}

/// A line of the log as a program reads it.
private struct LogLine: Decodable {
  struct Amount: Decodable, Equatable {
    let currency: String
    let amount: Int64
  }

  struct Failure: Decodable {
    let code: String
  }

  let at: String
  let level: String
  let event: String
  let batch: String?
  let job: Int?
  let outcome: String?
  let amount: Int64?
  let reason: String?
  let message: String?
  let wait_ms: Int64?
  let state: String?
  let jobs: Int?
  let charged: Int?
  let amounts: [Amount]?
  let error: Failure?

  static func all(in text: String) throws -> [LogLine] {
    try text.split(separator: "\n").map {
      try JSONDecoder().decode(LogLine.self, from: Data($0.utf8))
    }
  }
}
