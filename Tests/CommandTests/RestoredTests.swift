import Foundation
import Support
import Testing

/// A home put back from a backup, whose queue holds what was charged since.
@Suite struct RestoredTests {
  private let server: StripeServer
  private let home: CommandHome

  init() throws {
    server = try StripeServer()
    home = try CommandHome(testing: server)
  }

  /// Copies the home, does something, and puts the copy back, with the newer `head` or its own.
  private func restore(keepingHead: Bool = true, after deed: () throws -> Void) throws {
    let files = FileManager.default
    let (path, backup, head) = (home.path, home.folder + "/backup", home.path + "/head")
    try files.copyItem(atPath: path, toPath: backup)
    try deed()
    let newest = try Data(contentsOf: URL(fileURLWithPath: head))
    try files.removeItem(atPath: path)
    try files.moveItem(atPath: backup, toPath: path)
    if keepingHead { try newest.write(to: URL(fileURLWithPath: head)) }
  }

  private func accept() throws {
    try home.succeed(["journal", "head", "--accept", "--reason", "backup of Monday restored"])
  }

  private func entries(_ event: String) throws -> Int {
    try home.succeed(["journal", "export"]).split(separator: "\n")
      .filter { $0.contains("\"event\":\"\(event)\"") }.count
  }

  @Test func `what was charged since the backup is found and not charged again`() throws {
    let batch = try home.plan(csv(jobs: 3))
    try restore { try home.succeed(["run", batch]) }

    let before = try home.sluice(["run", batch])
    let document = try home.doctor("--restored")
    let again = try home.doctor("--restored")
    let between = try home.sluice(["run", batch])
    try accept()
    let after = try home.sluice(["run", batch])

    #expect([before.status, between.status] == [74, 74])
    #expect(document.exit == 13)
    let queued = "restored: \(batch)#1, queued here, is at Stripe already: "
    #expect(document.messages("problem").first == queued + "pi_1 has succeeded (1.00 usd)")
    #expect(
      document.messages("problem").last
        == "restored: \(batch) is stopped: 3 jobs of it would be sent twice")
    #expect(document.messages("problem").count == 4)
    #expect(again.messages("problem") == document.messages("problem"))
    #expect(after.status == 12)
    #expect(after.error.contains("Stripe has #1 and 2 other jobs already"))
    #expect(try server.charged().count == 3)
    #expect(try server.charges().count == 3)
  }

  @Test func `the jobs that Stripe does not know can be charged without the others`() throws {
    let batch = try home.plan(csv(jobs: 3))
    try restore { try home.succeed(["run", batch, "--limit", "2"]) }

    let document = try home.doctor("--restored")
    try accept()
    try home.succeed(["amend", batch, "--cap", "usd=400.00"])
    let plan = try home.document(["preview", batch], as: Plan.self)
    try home.succeed(["approve", batch, "--digest", plan.digest, "--except", "1-2"])
    try home.succeed(["unstop", batch])
    let run = try home.sluice(["run", batch])

    #expect(document.findings.compactMap(\.hint).contains { $0.contains("--except 1-2 and") })
    #expect(
      document.messages("ok") == ["restored: Stripe shows nothing of 1 other queued job"])
    #expect(run.status == 0)
    #expect(try server.charged().map(\.customer).sorted() == ["cus_1", "cus_2", "cus_3"])
    try home.succeed(["journal", "verify"])
  }

  @Test(arguments: [true, false])
  func `when nothing is found the home goes on`(_ keepsHead: Bool) throws {
    let batch = try home.plan(csv(jobs: 2))
    try restore(keepingHead: keepsHead) {
      try home.succeed(["stop"])
      try home.succeed(["unstop"])
    }

    let document = try home.doctor("--restored")
    if keepsHead { try accept() }

    #expect(document.exit == 0)
    #expect(
      document.findings.map(\.message) == ["Stripe shows nothing of 2 queued jobs"])
    #expect(
      document.findings.first?.hint?.contains("sluice journal head --accept") == keepsHead)
    #expect(try entries("restored_checked") == 1)
    #expect(try home.sluice(["run", batch]).status == 0)
    #expect(try server.charged().count == 2)
    try home.succeed(["journal", "verify"])
  }

  @Test func `a declined or open intent of a job is found too, and left as it is`() throws {
    let batch = try home.plan(csv("cus_decline_lost_card_1,1.00,in_1", "cus_2,1.00,in_2"))
    try restore { _ = try home.sluice(["run", batch, "--limit", "1"]) }
    let posts = try server.requests().filter { $0.method == "POST" }.count

    let document = try home.doctor("--restored")

    #expect(document.exit == 13)
    #expect(document.messages("problem").first?.contains("pi_1 was declined or canceled") == true)
    #expect(try server.requests().filter { $0.method == "POST" }.count == posts)
  }

  @Test func `a Stripe that does not tell leaves nothing journaled and the home disputed`() throws {
    let batch = try home.plan(csv(jobs: 2))
    try restore { try home.succeed(["run", batch]) }
    try server.script(
      #"[{"fault": "answer", "status": 500, "times": 9, "match": "GET /v1/payment_intents"}]"#)

    let document = try home.doctor("--restored")

    #expect(document.exit == 69)
    #expect(document.messages("problem").count == 1)
    #expect(try entries("restored_checked") == 0)
    #expect(try home.sluice(["run", batch]).status == 74)
  }

  @Test func `a batch for another Stripe is not looked up here`() throws {
    _ = try home.plan(csv(jobs: 1))

    let document = try home.doctor(
      "--restored", environment: ["SLUICE_STRIPE_URL": "http://127.0.0.1:1"])

    #expect(document.exit == 78)
    #expect(try entries("restored_checked") == 0)
  }
}
