import Foundation
import Support
import Testing

/// Invoices paid over HTTP by the built program.
@Suite struct InvoiceWireTests {
  private let server: StripeServer
  private let home: CommandHome

  init() throws {
    server = try StripeServer()
    home = try CommandHome(testing: server)
  }

  private func invoices(_ count: Int, account: (Int) -> String = { "cus_\($0)" }) throws {
    let list = (1...count).map {
      #"{"id": "in_\#($0)", "customer": "\#(account($0))", "amount": 300}"#
    }
    try server.add(invoices: "[" + list.joined(separator: ", ") + "]")
  }

  private func jobFile(source: String = "") -> String {
    """
    {"name": "invoices", "operation": "invoices.pay"\(source),
     "policy": {"allowed_operations": ["invoices.pay", "invoices.retrieve"],
       "caps": [{"per": "batch", "amount": "900.00", "currency": "usd"}]}}

    """
  }

  private func plan(_ lines: String...) throws -> String {
    let header = "account,amount,currency,invoice,payment_method"
    return try home.plan(
      ([header] + lines).joined(separator: "\n") + "\n", under: jobFile())
  }

  private func payments() throws -> [StripeServer.Request] {
    try server.requests().filter { $0.method == "POST" }
  }

  /// The status of every invoice there is.
  private func statuses() throws -> [String: String] {
    struct Invoice: Decodable {
      let id: String
      let status: String
    }
    let all = try server.ask("/_objects").split(separator: 0x0A).map {
      try JSONDecoder().decode(Invoice.self, from: Data($0))
    }
    return Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0.status) })
  }

  @Test func `the paying of an invoice is exactly this`() throws {
    try invoices(2)
    let batch = try plan("cus_1,3.00,usd,in_1,", "cus_2,3.00,usd,in_2,pm_card")

    let outcome = try home.sluice(["run", batch])

    #expect(outcome.status == 0, "\(outcome)")
    #expect(try payments().map(\.path) == ["/v1/invoices/in_1/pay", "/v1/invoices/in_2/pay"])
    #expect(
      try payments().map(\.body) == ["off_session=true", "off_session=true&payment_method=pm_card"])
    #expect(Set(try payments().map { $0.headers["idempotency-key"] }).count == 2)
    #expect(try home.report(batch).jobs.map(\.object) == ["in_1", "in_2"])
    #expect(try statuses() == ["in_1": "paid", "in_2": "paid"])
  }

  @Test(arguments: [
    #""fault": "close""#, #""fault": "close", "execute": false"#, #""fault": "cut_body""#,
    #""fault": "answer", "status": 503"#, #""fault": "answer", "status": 500"#,
  ])
  func `after a fault the same request is sent again, and the invoice is paid once`(
    fault: String
  ) throws {
    try invoices(2)
    let batch = try plan("cus_1,3.00,usd,in_1,", "cus_2,3.00,usd,in_2,")
    try server.script("[{\(fault), \"match\": \"POST\"}]")

    let outcome = try home.sluice(["run", batch])

    let first = try payments().filter { $0.path.contains("in_1") }
    #expect(outcome.status == 0, "\(outcome)")
    #expect(first.count == 2)
    #expect(Set(first.map { $0.headers["idempotency-key"] }).count == 1)
    #expect(try home.report(batch).money["charged"] == 600)
  }

  @Test func `a decline and an invoice that is not as planned are not asked again`() throws {
    try invoices(3) { $0 == 1 ? "cus_decline_lost_card_1" : "cus_\($0)" }
    let batch = try plan(
      "cus_decline_lost_card_1,3.00,usd,in_1,", "cus_2,2.99,usd,in_2,",
      "cus_3,3.00,usd,in_4,")

    let outcome = try home.sluice(["run", batch])

    let report = try home.report(batch)
    #expect(outcome.status == 10, "\(outcome)")
    #expect(report.jobs.map(\.outcome) == ["declined", "skipped", "skipped"])
    #expect(report.jobs.map(\.reason) == ["lost_card", "invoice_changed", "no_such_invoice"])
    #expect(try payments().map(\.path) == ["/v1/invoices/in_1/pay"])
    #expect(Set(try statuses().values) == ["open"])
  }

  @Test func `a job file gathers every page of the overdue invoices`() throws {
    try invoices(130)
    try home.write(
      jobFile(source: #", "source": {"stripe": {"overdue_days": 15}}"#), to: "job.json")

    let batch = try home.document(["submit", "--job", "job.json"], as: Plan.self).batch
    try home.approve(batch)
    let outcome = try home.sluice(["run", batch])

    let lists = try server.requests().map(\.path).filter { $0.hasPrefix("/v1/invoices?") }
    #expect(lists.count == 2)
    #expect(lists.allSatisfy { $0.contains("status=open&due_date%5Blte%5D=") })
    #expect(outcome.status == 0, "\(outcome)")
    #expect(try home.report(batch).counts["charged"] == 130)
    #expect(Set(try statuses().values) == ["paid"])
  }

  @Test func `a page that cannot be read queues nothing`() throws {
    try invoices(130)
    try home.write(
      jobFile(source: #", "source": {"stripe": {"overdue_days": 15}}"#), to: "job.json")
    let page = #""match": "GET /v1/invoices""#
    try server.script(
      #"[{"fault": "none", \#(page)}, {"fault": "answer", "status": 500, \#(page)}]"#)

    let cut = try home.sluice(["submit", "--job", "job.json"])
    let refused = try home.sluice(
      ["submit", "--job", "job.json"], environment: ["STRIPE_API_KEY": "rk_test_weak_1"])

    #expect(cut.status == 69, "\(cut)")
    #expect(refused.status == 78, "\(refused)")
    #expect(refused.error.contains("Invoices: read"))
    #expect(try home.states().isEmpty)
  }
}
