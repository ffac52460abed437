import Support
import Testing

/// Processes that do the same thing at once, and caps that are run into again and again.
@Suite struct PolicyFaultTests {
  @Test func `the same list submitted twice at once is queued once`() throws {
    let home = try CommandHome()
    try home.write(csv(jobs: 300), to: "plan.csv")
    try home.write(JobFileText(cap: "5000.00").text, to: "job.json")
    let words = ["submit", "plan.csv", "--job", "job.json", "--json"]

    let both = [try home.start(words), try home.start(words)]
    let outcomes = try both.map { try $0.wait() }

    let duplicates = outcomes.map { $0.output.contains(#""duplicates":300"#) }
    #expect(outcomes.map(\.status) == [0, 0], "\(outcomes)")
    #expect(duplicates.count { $0 } == 1, "\(outcomes)")
    #expect(outcomes.count { $0.output.contains(#""duplicates":0"#) } == 1, "\(outcomes)")
    #expect(try home.sluice(["journal", "verify"]).status == 0)
  }

  @Test func `two processes under one budget of the home never pass it together`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let first = try home.plan(csv(jobs: 6), under: JobFileText(name: "first").text)
    let lines = (7...12).map { "cus_\($0),1.00,in_\($0)" }
    let second = try home.plan(csv(lines), under: JobFileText(name: "second").text)
    try home.succeed(["budget", "set", "usd=5.00", "--per", "day"])

    let both = [try home.start(["run", first]), try home.start(["run", second])]
    let outcomes = try both.map { try $0.wait() }

    let reports = try [first, second].map { try home.report($0) }
    #expect(outcomes.map(\.status) == [11, 11], "\(outcomes)")
    #expect(try server.charged().count == 5)
    #expect(reports.map { $0.halt?.reason } == ["home_budget_exhausted", "home_budget_exhausted"])
    #expect(reports.reduce(0) { $0 + ($1.counts["charged"] ?? 0) } == 5)
    #expect(try home.sluice(["journal", "verify"]).status == 0)
  }

  @Test func `a cap-halted batch run in a loop, killed and run again moves nothing above its cap`()
    throws
  {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(csv(jobs: 4), under: JobFileText(cap: "2.00").text)
    try server.script(
      #"[{"fault": "drip", "seconds": 0.002, "match": "POST /v1/payment_intents"}]"#)
    let killed = try home.start(["run", batch])
    try waitUntil("the first charge is asked for") { try server.charges().count == 1 }
    killed.signal(9)
    #expect(try killed.wait().status == 128 + 9)

    for _ in 1...4 { #expect(try home.sluice(["run", batch]).status == 11) }

    #expect(try server.charged().count == 2)
    #expect(try home.report(batch).budgets == [.init(limit: 200, spent: 200, held: 0)])
    try expectAgreement(home, batch, server)
  }
}
