import FoundationEssentials
import Support
import Testing

@Suite struct WireTests {
  @Test func `every charged job is exactly one request, made by the book`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(csv(jobs: 5))

    let outcome = try home.sluice(["run", batch])

    let requests = try server.charges()
    #expect(outcome.status == 0)
    #expect(requests.map(\.path) == Array(repeating: "/v1/payment_intents", count: 5))
    for request in requests {
      #expect(request.headers["authorization"] == "Bearer " + CommandHome.stripeKey)
      #expect(request.headers["stripe-version"] == "2026-10-28.endive")
      #expect(request.headers["content-type"] == "application/x-www-form-urlencoded")
      #expect(request.headers["user-agent"] == "sluice/0.1.0")
      #expect(request.headers["stripe-account"] == nil)
      let key = request.headers["idempotency-key"] ?? ""
      #expect((16...255).contains(key.utf8.count), "\(key)")
    }
    #expect(Set(requests.map { $0.headers["idempotency-key"] }).count == 5)
    #expect(try server.charged().map(\.job) == (1...5).map { "\(batch)#\($0)" })
    try expectAgreement(home, batch, server)
  }

  @Test func `the body of a payment intent is exactly this`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let plan = """
      account,amount,reference,description,payment_method,metadata.plan
      cus_1,19.99,in_1,Fees & more: 100 %,pm_card_visa,gold

      """
    let batch = try home.plan(plan)

    try home.succeed(["run", batch])

    #expect(
      try server.charges().map(\.body) == [
        "amount=1999&currency=usd&customer=cus_1&payment_method=pm_card_visa&confirm=true"
          + "&off_session=true&error_on_requires_action=true&payment_method_types%5B%5D=card"
          + "&description=Fees%20%26%20more%3A%20100%20%25&metadata%5Bplan%5D=gold"
          + "&metadata%5Bsluice_batch%5D=\(batch)&metadata%5Bsluice_job%5D=\(batch)%231"
      ])
  }

  @Test func `the body of a charge is exactly this`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let job = JobFileText(operation: "charges.create")
    let plan = "account,amount,reference,description\ncus_1,0.50,in_1,Zoë\n"
    let batch = try home.plan(plan, under: job.text)

    try home.succeed(["run", batch])

    let charges = try server.charges()
    #expect(charges.map(\.path) == ["/v1/charges"])
    #expect(
      charges.map(\.body) == [
        "amount=50&currency=usd&customer=cus_1&description=Zo%C3%AB"
          + "&metadata%5Bsluice_batch%5D=\(batch)&metadata%5Bsluice_job%5D=\(batch)%231"
      ])
  }

  @Test func `a connected account is named in every request`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server, account: "acct_1CommandTests")
    let batch = try home.plan(csv(jobs: 2))

    try home.succeed(["run", batch])

    let accounts = try server.requests().map { $0.headers["stripe-account"] }
    #expect(accounts.count >= 4)
    #expect(Set(accounts) == ["acct_1CommandTests"])
  }

  @Test(arguments: wireFaults)
  func `after a fault the same request is sent again, and the job is charged once`(
    _ fault: WireFault
  ) throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(csv(jobs: 3))
    try server.script(fault.script)

    let outcome = try home.sluice(["run", batch])

    let charges = try server.charges()
    let first = charges.filter { $0.body.hasSuffix("%231") }
    #expect(outcome.status == 0, "\(outcome)")
    #expect(first.count == fault.sends)
    #expect(charges.count == fault.sends + 2)
    #expect(Set(first.map(\.body)).count == 1)
    #expect(Set(charges.map { $0.headers["idempotency-key"] }).count == 3)
    try expectAgreement(home, batch, server)
  }

  @Test func `a job in doubt keeps its money until the next run asks again`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(csv(jobs: 2))
    let lost = #"{"fault": "close", "match": "POST"}"#
    let refused =
      #"{"fault": "answer", "status": 401, "match": "POST", "#
      + #""body": {"error": {"type": "invalid_request_error", "message": "Expired API Key"}}}"#
    try server.script("[\(lost), \(refused)]")

    let first = try home.sluice(["run", batch])
    let between = try home.report(batch)
    let second = try home.sluice(["run", batch])

    #expect(first.status == 13)
    #expect(between.halt == .init(reason: "credentials", number: 1))
    #expect(between.counts["in_doubt"] == 1)
    #expect(between.budgets == [.init(limit: 50_000, spent: 0, held: 100)])
    #expect(between.mistakes == [])
    #expect(second.status == 0)
    #expect(Set(try server.charges().map { $0.headers["idempotency-key"] }).count == 2)
    try expectAgreement(home, batch, server)
  }

  @Test func `declined, refused and unfinished charges agree with the server as well`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let accounts = [
      "cus_1", "cus_decline_insufficient_funds_2", "cus_action_3", "cus_processing_4",
      "cus_none_5", "cus_missing_6", "cus_7",
    ]
    let batch = try home.plan(csv(accounts.map { "\($0),1.00,in_\($0)" }))

    let outcome = try home.sluice(["run", batch])

    let report = try home.report(batch)
    #expect(outcome.status == 10)
    #expect(
      report.jobs.map(\.outcome) == [
        "charged", "declined", "declined", "processing", "skipped", "skipped", "charged",
      ])
    #expect(report.jobs[1].reason == "insufficient_funds")
    try expectAgreement(home, batch, server)
  }

  @Test func `no key is in any file, report or message`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(csv("cus_1,1.00,in_1", "cus_decline_expired_card_2,2.00,in_2"))
    try server.script(
      #"[{"fault": "close", "match": "POST"}, {"fault": "garbage", "match": "POST"}]"#)
    let sealKey = try String(contentsOfFile: home.path + "/seal.key", encoding: .utf8)
    let secret = String(sealKey.split(separator: ":")[1].dropLast())

    let outcomes = [
      try home.sluice(["run", batch]), try home.sluice(["report", batch]),
      try home.sluice(["report", batch, "--json"]),
      try home.sluice(["show", batch, "--jobs", "--json"]), try home.sluice(["keys", "list"]),
      try home.sluice(["journal", "export"]),
      try home.sluice(["run", batch], environment: ["STRIPE_API_KEY": "rk_live_0123456789"]),
    ]

    let said = outcomes.map { $0.output + $0.error }.joined()
    let stored = String(decoding: try home.bytes(of: "sluice.db"), as: UTF8.self)
    for text in [said, stored] {
      #expect(text.contains(batch))
      for key in [CommandHome.stripeKey, "rk_live_0123456789", secret] {
        #expect(!text.contains(key))
      }
    }
  }
}

/// Expects the report and the server to say the same of every charge.
func expectAgreement(_ home: CommandHome, _ batch: String, _ server: StripeServer) throws {
  let report = try home.report(batch)
  let ours = report.jobs("charged").map {
    "\(batch)#\($0.number) \($0.account) \($0.amount) \($0.object ?? "")"
  }
  let theirs = try server.charged().map { "\($0.job) \($0.customer) \($0.amount) \($0.id)" }
  #expect(report.mistakes == [])
  #expect(ours.sorted() == theirs.sorted())
}

/// What happens to the first request that moves money, and how often that job is sent in all.
struct WireFault: CustomTestStringConvertible {
  let script: String
  let sends: Int

  init(_ fault: String, sends: Int = 2) {
    script = "[{\(fault), \"match\": \"POST /v1/payment_intents\"}]"
    self.sends = sends
  }

  var testDescription: String { script }
}

private let wireFaults = [
  WireFault(#""fault": "close""#),
  WireFault(#""fault": "close", "execute": false"#),
  WireFault(#""fault": "close", "times": 3"#, sends: 4),
  WireFault(#""fault": "reset""#),
  WireFault(#""fault": "cut_body""#),
  WireFault(#""fault": "cut_open""#),
  WireFault(#""fault": "cut_headers""#),
  WireFault(#""fault": "garbage""#),
  WireFault(#""fault": "huge""#),
  WireFault(#""fault": "hang_up""#, sends: 1),
  WireFault(#""fault": "continue""#, sends: 1),
  WireFault(#""fault": "answer", "status": 503"#),
  WireFault(#""fault": "answer", "status": 503, "execute": true"#),
  WireFault(#""fault": "answer", "status": 409"#),
  WireFault(#""fault": "answer", "status": 500"#),
  WireFault(#""fault": "answer", "status": 500, "execute": true, "save": true"#),
  WireFault(
    #""fault": "answer", "status": 429, "body": {"error": {"type": "invalid_request_error", "#
      + #""code": "rate_limit", "message": "slow down"}}, "times": 2"#, sends: 3),
]
