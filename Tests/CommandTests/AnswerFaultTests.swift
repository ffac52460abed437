import Support
import Testing

/// Answers of Stripe's that mislead, seen by the built program.
@Suite struct AnswerFaultTests {
  let server: StripeServer
  let home: CommandHome

  init() throws {
    server = try StripeServer()
    home = try CommandHome(testing: server)
  }

  @Test func `a decline whose answer was lost is declined by the re-send, and nothing is held`()
    throws
  {
    let job = JobFileText(operation: "charges.create").text
    let batch = try home.plan(csv("cus_decline_lost_card_1,1.00,in_1"), under: job)
    try server.script(#"[{"fault": "close", "match": "POST"}]"#)

    let outcome = try home.sluice(["run", batch])

    let report = try home.report(batch)
    #expect(outcome.status == 10, "\(outcome)")
    #expect(report.jobs.map(\.outcome) == ["declined"])
    #expect(report.jobs.map(\.reason) == ["lost_card"])
    #expect(report.budgets == [.init(limit: 50_000, spent: 0, held: 0)])
    #expect(try server.charges().count == 2)
    try expectAgreement(home, batch, server)
  }

  @Test(arguments: [400, 401, 403, 429])
  func `a refusal of the re-send after a lost 200 is not believed`(_ status: Int) throws {
    let batch = try home.plan(csv(jobs: 2))
    let code = status == 429 ? #""code": "rate_limit", "# : ""
    let refused =
      #"{"fault": "answer", "status": \#(status), "match": "POST", "body": "#
      + #"{"error": {"type": "invalid_request_error", \#(code)"message": "no"}}}"#
    try server.script(#"[{"fault": "close", "match": "POST"}, \#(refused)]"#)

    let first = try home.sluice(["run", batch])
    if first.status != 0 { #expect(try home.sluice(["run", batch]).status == 0, "\(first)") }

    #expect([0, 13].contains(first.status), "\(first)")
    #expect(Set(try server.charges().map { $0.headers["idempotency-key"] }).count == 2)
    #expect(try home.report(batch).counts["charged"] == 2)
    try expectAgreement(home, batch, server)
  }

  @Test func `a charge that Stripe makes long after its 500 is found by settle`() throws {
    let batch = try home.plan(csv(jobs: 1))
    try server.script(
      #"[{"fault": "answer", "status": 500, "match": "POST", "times": 2}]"#)

    let run = try home.sluice(["run", batch])
    let between = try home.report(batch)
    let request = try #require(try server.charges().first)
    let before = try home.sluice(["settle", batch])
    _ = try server.ask("/_charge", body: request.body)
    let settle = try home.sluice(["settle", batch])

    #expect([run, before].map(\.status) == [13, 13], "\(run) \(before)")
    #expect(between.counts["unknown"] == 1)
    #expect(between.budgets == [.init(limit: 50_000, spent: 0, held: 100)])
    #expect(settle.status == 0, "\(settle)")
    #expect(try home.report(batch).counts["charged"] == 1)
    #expect(try server.charges().count == 2)
    try expectAgreement(home, batch, server)
  }

  @Test(arguments: [
    #""amount": 900"#, #""currency": "eur""#, #""customer": "cus_9""#,
    #""metadata": {"sluice_job": "another"}"#,
  ])
  func `a 200 about something else is not believed, and the charge itself is found`(
    _ change: String
  ) throws {
    let batch = try home.plan(csv(jobs: 2))
    try server.script(
      #"[{"fault": "answer", "status": 200, "execute": true, "match": "POST", "#
        + #""headers": {"Idempotent-Replayed": "true"}, "body": {"id": "pi_77", "#
        + #""object": "payment_intent", "status": "succeeded", "livemode": false, "#
        + #""amount_received": 100, \#(change)}}]"#)

    let outcome = try home.sluice(["run", batch])

    #expect(outcome.status == 0, "\(outcome)")
    #expect(try server.charges().count == 2)
    try expectAgreement(home, batch, server)
  }

  @Test func `a 200 of the other mode halts, and the charge is found by the next run`() throws {
    let batch = try home.plan(csv(jobs: 2))
    try server.script(
      #"[{"fault": "answer", "status": 200, "execute": true, "match": "POST", "body": "#
        + #"{"id": "pi_1", "object": "payment_intent", "status": "succeeded", "livemode": true, "#
        + #""amount": 100, "amount_received": 100, "currency": "usd", "customer": "cus_1", "#
        + #""metadata": {"sluice_job": "\#(batch)#1"}}}]"#)

    let halted = try home.sluice(["run", batch])
    let between = try home.report(batch)
    let rest = try home.sluice(["run", batch])

    #expect(halted.status == 13)
    #expect(between.halt == .init(reason: "unexpected_answer", number: 1))
    #expect(between.counts["in_doubt"] == 1)
    #expect(rest.status == 0, "\(rest)")
    #expect(try server.charged().count == 2)
    try expectAgreement(home, batch, server)
  }

  @Test(arguments: [("true", 2), ("false", 1)])
  func `Stripe's own advice decides whether a 503 is asked again`(
    _ advice: String, _ sends: Int
  ) throws {
    let batch = try home.plan(csv(jobs: 1))
    try server.script(
      #"[{"fault": "answer", "status": 503, "execute": true, "match": "POST", "#
        + #""headers": {"Stripe-Should-Retry": "\#(advice)"}}]"#)

    let outcome = try home.sluice(["run", batch])

    #expect(outcome.status == 0, "\(outcome)")
    #expect(try server.charges().count == sends)
    try expectAgreement(home, batch, server)
  }
}
