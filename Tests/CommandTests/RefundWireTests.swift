import Foundation
import Support
import Testing

/// Refunds made over HTTP by the built program.
@Suite struct RefundWireTests {
  private func submission(_ jobs: [String]) -> String {
    (["account,amount,currency,reference,charge"] + jobs).joined(separator: "\n") + "\n"
  }

  private let jobFile = """
    {"name": "refunds", "operation": "refunds.create",
     "policy": {
       "allowed_operations": ["refunds.create", "charges.retrieve", "payment_intents.retrieve"],
       "caps": [{"per": "batch", "amount": "500.00", "currency": "usd"}]}}

    """

  /// Charges so many accounts one dollar each, and returns what Stripe calls the charges.
  private func charged(
    _ count: Int, _ operation: String, _ home: CommandHome
  ) throws -> [String] {
    let batch = try home.plan(csv(jobs: count), under: JobFileText(operation: operation).text)
    try home.succeed(["run", batch])
    return try home.report(batch).jobs.compactMap(\.object)
  }

  private func refunds(_ server: StripeServer) throws -> [StripeServer.Request] {
    try server.requests().filter { $0.method == "POST" && $0.path == "/v1/refunds" }
  }

  @Test(arguments: [("charges.create", "charge"), ("payment_intents.create", "payment_intent")])
  func `the body of a refund is exactly this`(operation: String, name: String) throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let charge = try #require(try charged(1, operation, home).first)
    let batch = try home.plan(submission(["cus_1,0.40,usd,r1,\(charge)"]), under: jobFile)

    let outcome = try home.sluice(["run", batch])

    #expect(outcome.status == 0, "\(outcome)")
    #expect(
      try refunds(server).map(\.body) == [
        "\(name)=\(charge)&amount=40&metadata%5Bsluice_batch%5D=\(batch)"
          + "&metadata%5Bsluice_job%5D=\(batch)%231"
      ])
  }

  @Test(arguments: [
    #""fault": "close""#, #""fault": "close", "execute": false"#, #""fault": "cut_body""#,
    #""fault": "answer", "status": 503, "execute": true"#, #""fault": "answer", "status": 500"#,
  ])
  func `after a fault the same request is sent again, and the money goes back once`(
    fault: String
  ) throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let charges = try charged(2, "charges.create", home)
    let batch = try home.plan(
      submission(charges.indices.map { "cus_\($0 + 1),1.00,usd,r\($0),\(charges[$0])" }),
      under: jobFile)
    try server.script("[{\(fault), \"match\": \"POST /v1/refunds\"}]")

    let outcome = try home.sluice(["run", batch])

    let sent = try refunds(server)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(sent.count == 3)
    #expect(Set(sent.map { $0.headers["idempotency-key"] }).count == 2)
    #expect(try home.report(batch).money["charged"] == 200)
  }

  @Test func `a charge is not refunded above what it took, nor one that is not there`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let charge = try #require(try charged(1, "charges.create", home).first)
    let batch = try home.plan(
      submission([
        "cus_1,0.60,usd,r1,\(charge)", "cus_1,0.60,usd,r2,\(charge)",
        "cus_2,0.10,usd,r3,\(charge)", "cus_1,0.10,usd,r4,ch_none",
      ]), under: jobFile)

    let outcome = try home.sluice(["run", batch])

    #expect(outcome.status == 10, "\(outcome)")
    #expect(
      try home.report(batch).jobs.map(\.reason)
        == [nil, "charge_refunded", "charge_mismatch", "no_such_charge"])
    #expect(try refunds(server).count == 1)
  }

  @Test func `localstripe has exactly the refunds that the report lists`() throws {
    let stripe = try LocalStripe()
    let home = try CommandHome(mode: "test")
    home.environment = ["SLUICE_STRIPE_URL": stripe.url, "STRIPE_API_KEY": LocalStripe.key]
    let customers = try (1...8).map { _ in try stripe.makeCustomer(card: "pm_card_visa") }
    let charges = try customers.map { try stripe.charge($0, usdCents: 1000) }
    let lines = (1...16).map { number in
      let index = (number - 1) % 8
      return "\(customers[index]),\(number).00,usd,r\(number),\(charges[index])"
    }
    let batch = try home.plan(submission(lines), under: jobFile)

    try home.sluice(["run", batch])

    let report = try home.report(batch)
    let ours = report.jobs("charged").map {
      "\(batch)#\($0.number) \($0.amount) \($0.object ?? "")"
    }
    let theirs = try charges.flatMap(stripe.refunds).map {
      "\($0.metadata["sluice_job"] ?? "") \($0.amount) \($0.id)"
    }
    #expect(report.mistakes == [])
    #expect(ours.sorted() == theirs.sorted())
    // Of the second eight only the first still fits: its charge of 10.00 gave back 1.00.
    #expect(report.counts["charged"] == 9)
  }
}
