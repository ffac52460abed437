import Foundation
import Support
import Testing

/// The clock, the key and its permissions, at a Stripe on loopback.
@Suite struct DoctorStripeTests {
  private static let needed = [
    "GET /v1/payment_intents", "POST /v1/payment_intents", "GET /v1/customers",
  ]

  /// A home whose key is in a file, and a job file that cron could run.
  private func home(_ server: StripeServer, key: String = CommandHome.stripeKey) throws
    -> CommandHome
  {
    let home = try CommandHome(testing: server)
    home.environment["STRIPE_API_KEY"] = nil
    home.environment["SLUICE_STRIPE_KEY_FILE"] = home.folder + "/stripe.key"
    try home.write(key, to: "stripe.key")
    try home.setMode(0o600, of: "../stripe.key")
    try home.write(csv(jobs: 1), to: "list.csv")
    try home.write(JobFileText(more: #", "source": {"csv": "list.csv"}"#).text, to: "job.json")
    return home
  }

  private func permit(_ prefixes: [String], at server: StripeServer) throws {
    let list = prefixes.map { "\"\($0)\"" }.joined(separator: ",")
    _ = try server.ask("/_permit", body: "[\(list)]")
  }

  @Test func `a key that may do just what is needed is in order, and nothing was made`() throws {
    let server = try StripeServer()
    let home = try home(server)
    try permit(Self.needed, at: server)

    let document = try home.doctor("--job", "job.json")

    #expect(document.exit == 0)
    #expect(document.messages("warning") == [])
    #expect(document.of("key").map(\.message) == ["a restricted key of test mode, as the home is"])
    #expect(document.of("clock").map(\.level) == ["ok"])
    #expect(document.of("permissions").map(\.level) == ["ok"])
    #expect(try server.objects().isEmpty)
  }

  @Test func `no question about a permission names anything that there could be`() throws {
    let server = try StripeServer()
    let home = try home(server)

    _ = try home.doctor("--job", "job.json")

    let posts = try server.requests().filter { $0.method == "POST" }
    #expect(posts.count == 9)
    for post in posts {
      #expect(post.path.hasSuffix("_sluice_permission_check"), "\(post.path)")
      #expect(post.body == "sluice_permission_check=1")
      #expect(!post.path.contains("payouts"))
    }
    #expect(try server.objects().isEmpty)
  }

  @Test func `each permission too many is a warning that names it`() throws {
    let server = try StripeServer()
    let home = try home(server)
    try permit(
      Self.needed + [
        "GET /v1/payouts", "POST /v1/customers", "POST /v1/refunds", "GET /v1/refunds",
      ],
      at: server)

    let document = try home.doctor("--job", "job.json")

    let more = "permissions: the key may do more than fees needs: "
    #expect(document.exit == 0)
    #expect(
      document.messages("warning").sorted() == [
        more + "Customers: write", more + "Payouts: read", more + "Refunds: write",
      ])
    #expect(
      document.of("permissions").compactMap(\.hint).contains {
        $0.hasSuffix("Customers: read")
      })
  }

  @Test func `each permission too few is a problem that names it`() throws {
    let server = try StripeServer()
    let home = try home(server)
    try permit(["GET /v1/payment_intents"], at: server)

    let document = try home.doctor("--job", "job.json")

    #expect(document.exit == 77)
    #expect(
      document.messages("problem") == [
        "permissions: the key lacks PaymentIntents: write, which fees needs",
        "permissions: the key lacks Customers: read, which fees needs",
      ])
  }

  @Test func `refunds go with charges, as in the dashboard`() throws {
    let server = try StripeServer()
    let home = try home(server)
    let jobFile = JobFileText(operation: "refunds.create").text
      .replacingOccurrences(of: "customers.retrieve", with: "charges.retrieve")
    try home.write(jobFile, to: "job.json")
    try permit(
      ["GET /v1/charges", "POST /v1/charges", "GET /v1/refunds", "POST /v1/refunds"], at: server)

    let found = try home.doctor("--job", "job.json").of("permissions")

    #expect(found.map(\.level) == ["ok"])
  }

  @Test(arguments: [-600, 600])
  func `a clock that is wrong is a problem`(_ offset: Int) throws {
    let server = try StripeServer()
    let home = try home(server)
    _ = try server.ask("/_clock", body: "{\"offset\": \(offset)}")

    let document = try home.doctor()

    #expect(document.exit == 78)
    #expect(document.messages("problem").count == 1)
    #expect(document.of("clock").first?.message.hasPrefix("the clock here says 2") == true)
    #expect(document.of("clock").first?.hint?.contains("nothing has to be lifted") == true)
  }

  @Test func `a key that is not taken, not private or of another mode is a problem`() throws {
    let server = try StripeServer()

    let unknown = try home(server, key: "rk_test_bad_0").doctor("--job", "job.json")
    let live = try home(server, key: "rk_live_0123").doctor()
    let open = try home(server)
    try open.setMode(0o644, of: "../stripe.key")
    let shared = try open.doctor()

    #expect(unknown.messages("problem") == ["key: Stripe does not take the key: it answers 401"])
    #expect(live.of("key").first?.message.contains("is not for test mode") == true)
    #expect(shared.of("key").first?.message.hasSuffix("holds a key and others may read it") == true)
    #expect([unknown, live, shared].allSatisfy { $0.exit == 78 })
  }

  @Test func `a key of the shell, or an unrestricted one, is a warning`() throws {
    let server = try StripeServer()
    let shell = try CommandHome(testing: server)
    let unrestricted = try home(server, key: "sk_test_0123")

    let byVariable = try shell.doctor()
    let whole = try unrestricted.doctor()

    #expect(byVariable.exit == 0)
    #expect(
      byVariable.messages("warning") == [
        "cron: no file is named that holds the key, and cron has no variable of your shell"
      ])
    #expect(whole.exit == 0)
    #expect(whole.messages("warning").first?.contains("an unrestricted key (sk_test_)") == true)
  }

  @Test func `a Stripe that does not answer is said to be unreachable`() throws {
    let server = try StripeServer()
    let home = try home(server)
    server.stop()

    let document = try home.doctor("--job", "job.json")

    #expect(document.exit == 69)
    #expect(document.messages("problem").count == 1)
  }
}
