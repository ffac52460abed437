import Support
import Testing

/// What can go wrong on the way to Stripe, beyond the faults of one answer in `WireTests`.
@Suite struct NetworkFaultTests {
  @Test func `a connection that is reset before the request is asked again, and charged once`()
    throws
  {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(Self.plan)
    // The answer before ends its connection, so that the next one is made for the charge.
    let closing =
      #"{"fault": "answer", "status": 200, "headers": {"Connection": "close"}, "match": "GET"}"#
    try server.script(#"[\#(closing), {"fault": "reset_early"}]"#)

    let outcome = try home.sluice(["run", batch])

    #expect(outcome.status == 0, "\(outcome)")
    #expect(try server.charged().count == 2)
    try expectAgreement(home, batch, server)
  }

  @Test func `a certificate that nobody vouches for gets no request and no key`() throws {
    let server = try StripeServer(certificate: try TestCertificate(for: "IP:127.0.0.1"))
    let home = try CommandHome(testing: server)
    let batch = try home.plan(Self.plan)

    let outcome = try home.sluice(["run", batch])

    #expect(outcome.status == 69, "\(outcome)")
    #expect(try server.requests() == [])
    #expect(try home.states() == [batch: "approved"])
  }

  @Test func `a redirect is not followed, and the charge is asked for where it was`() throws {
    let server = try StripeServer()
    let elsewhere = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(Self.plan)
    try server.script(
      #"[{"fault": "redirect", "location": "\#(elsewhere.url)/v1/payment_intents", "#
        + #""match": "POST"}]"#)

    let halted = try home.sluice(["run", batch])
    let between = try home.report(batch)
    let rest = try home.sluice(["run", batch])

    #expect(halted.status == 13)
    #expect(between.counts["in_doubt"] == 1)
    #expect(between.mistakes == [])
    #expect(rest.status == 0, "\(rest)")
    #expect(try elsewhere.requests() == [])
    try expectAgreement(home, batch, server)
  }

  @Test func `connections that end after every answer cost no second charge`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(csv(jobs: 5))
    try server.script(#"[{"fault": "hang_up", "times": 100}]"#)

    let outcome = try home.sluice(["run", batch])

    let charges = try server.charges()
    #expect(outcome.status == 0, "\(outcome)")
    #expect(Set(charges.map { $0.headers["idempotency-key"] }).count == 5)
    #expect(try server.charged().count == 5)
    try expectAgreement(home, batch, server)
  }

  @Test func `a proxy in the environment is not asked`() throws {
    let server = try StripeServer()
    let proxy = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(Self.plan)
    let names = ["http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"]

    let outcome = try home.sluice(
      ["run", batch],
      environment: Dictionary(uniqueKeysWithValues: names.map { ($0, proxy.url) }))

    #expect(outcome.status == 0, "\(outcome)")
    #expect(try proxy.requests() == [])
    try expectAgreement(home, batch, server)
  }

  /// Two jobs for which nothing is read first.
  private static let plan =
    "account,amount,reference,payment_method\ncus_1,1.00,in_1,pm_card\ncus_2,1.00,in_2,pm_card\n"
}
