import Foundation
import Support
import Testing

@Suite struct CredentialTests {
  private static let nowhere = "http://127.0.0.1:1"
  private static let restricted = "make a restricted key (rk_live_) in the Stripe dashboard"

  @Test(arguments: [
    (
      "test", "rk_live_0123456789",
      "the key in $STRIPE_API_KEY (rk_live_) is not for test mode, which this home is in",
      "use a key that begins with rk_test_, or another home"
    ),
    (
      "live", "rk_test_0123456789",
      "the key in $STRIPE_API_KEY (rk_test_) is not for live mode, which this home is in",
      "use a key that begins with rk_live_, or another home"
    ),
    (
      "live", "sk_test_0123456789",
      "the key in $STRIPE_API_KEY (sk_test_) is not for live mode, which this home is in",
      "use a key that begins with rk_live_, or another home"
    ),
    (
      "test", "sk_live_0123456789",
      "$STRIPE_API_KEY holds an unrestricted live key (sk_live_), which Sluice never uses",
      restricted
    ),
    (
      "live", "sk_live_0123456789",
      "$STRIPE_API_KEY holds an unrestricted live key (sk_live_), which Sluice never uses",
      restricted
    ),
    (
      "test", "pk_test_0123456789", "$STRIPE_API_KEY holds a pk_test_ key, which cannot charge",
      "use a restricted key (rk_)"
    ),
    (
      "test", "", "there is no Stripe key",
      "name a file with --stripe-key-file or $SLUICE_STRIPE_KEY_FILE, or set $STRIPE_API_KEY"
    ),
  ])
  func `a key that does not fit the home is refused and not shown`(
    _ mode: String, _ key: String, _ message: String, _ hint: String
  ) throws {
    let home = try CommandHome(mode: mode)
    home.environment = ["STRIPE_API_KEY": key]
    if mode == "test" { home.environment["SLUICE_STRIPE_URL"] = Self.nowhere }
    let job = JobFileText(more: ", \"approval\": {\"four_eyes\": false}")
    let batch = try home.plan(csv(jobs: 1), under: job.text)

    let outcome = try home.sluice(["run", batch])

    #expect(outcome == Outcome(78, error: "sluice: \(message)\n  \(hint)\n"))
    #expect(try home.states() == [batch: "approved"])
  }

  @Test func `a key file that others can read is refused`() throws {
    let home = try CommandHome(mode: "test")
    home.environment = ["SLUICE_STRIPE_URL": Self.nowhere]
    let batch = try home.plan(csv(jobs: 1))
    try home.write(CommandHome.stripeKey + "\n", to: "stripe.key")
    try home.setMode(0o644, of: "../stripe.key")

    let byOption = try home.sluice(["run", batch, "--stripe-key-file", "stripe.key"])
    let byVariable = try home.sluice(
      ["run", batch], environment: ["SLUICE_STRIPE_KEY_FILE": "stripe.key"])

    let refused = Outcome(
      78, error: "sluice: stripe.key holds a key and others may read it\n  chmod 600 stripe.key\n")
    #expect(byOption == refused)
    #expect(byVariable == refused)
  }

  @Test func `a key comes from a file, a service's credentials or the environment`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    home.environment["STRIPE_API_KEY"] = nil
    let batch = try home.plan(csv(jobs: 4))
    try FileManager.default.createDirectory(
      atPath: home.folder + "/credentials", withIntermediateDirectories: true)
    for (name, key) in [
      ("option", "rk_test_option"), ("variable", "rk_test_variable"),
      ("credentials/stripe-key", "rk_test_service"),
    ] {
      try home.write(key + "\n", to: name)
      try home.setMode(0o600, of: "../" + name)
    }
    let run = ["run", batch, "--limit", "1", "--quiet"]

    var environment = ["STRIPE_API_KEY": "rk_test_environment"]
    try home.succeed(run, environment: environment)
    environment["CREDENTIALS_DIRECTORY"] = home.folder + "/credentials"
    try home.succeed(run, environment: environment)
    environment["SLUICE_STRIPE_KEY_FILE"] = "variable"
    try home.succeed(run, environment: environment)
    try home.succeed(run + ["--stripe-key-file", "option"], environment: environment)

    #expect(
      try server.charges().map { $0.headers["authorization"] ?? "" }
        == ["environment", "service", "variable", "option"].map { "Bearer rk_test_" + $0 })
  }

  @Test func `an unrestricted test key is taken with a warning`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(csv(jobs: 1))

    let outcome = try home.sluice(
      ["run", batch, "--quiet"], environment: ["STRIPE_API_KEY": "sk_test_0123456789"])

    #expect(
      outcome
        == Outcome(
          0,
          error: "sluice: warning: $STRIPE_API_KEY holds an unrestricted key (sk_test_); "
            + "a restricted one (rk_test_) limits what can go wrong\n"))
  }

  @Test(arguments: [
    ("http://example.com", "may only be http on this machine, such as http://127.0.0.1:8420"),
    (
      "http://127.0.0.1.example.com",
      "may only be http on this machine, such as http://127.0.0.1:8420"
    ),
    ("ftp://127.0.0.1", "must be https"),
    ("api.stripe.com", "is no URL of the form https://host[:port][/path]"),
  ])
  func `a key is not sent over the network in the clear`(
    _ url: String, _ problem: String
  ) throws {
    let home = try CommandHome(mode: "test")
    home.environment = ["STRIPE_API_KEY": CommandHome.stripeKey]
    let batch = try home.plan(csv(jobs: 1))

    let outcome = try home.sluice(["run", batch, "--stripe-url", url])

    #expect(
      outcome
        == Outcome(
          78,
          error: """
            sluice: "\(url)" \(problem)
              check --stripe-url and $SLUICE_STRIPE_URL; Stripe itself is https://api.stripe.com

            """))
  }

  @Test func `a live home talks to Stripe and to nobody else`() throws {
    let home = try CommandHome(mode: "live")
    home.environment = ["STRIPE_API_KEY": "rk_live_0123456789"]
    let job = JobFileText(more: ", \"approval\": {\"four_eyes\": false}")
    let batch = try home.plan(csv(jobs: 1), under: job.text)

    let outcome = try home.sluice(["run", batch, "--stripe-url", "https://127.0.0.1"])

    #expect(outcome.status == 78)
    #expect(
      outcome.error.hasPrefix(
        "sluice: a live home talks to https://api.stripe.com only, not to \"https://127.0.0.1\"\n"))
  }

  @Test func `a batch is sent to the Stripe it was approved for and to no other`() throws {
    let approved = try StripeServer()
    let other = try StripeServer()
    let home = try CommandHome(testing: approved)
    let batch = try home.plan(csv(jobs: 2))

    let run = try home.sluice(["run", batch, "--stripe-url", other.url])
    let settle = try home.sluice(["settle", batch, "--stripe-url", other.url])

    let refused = Outcome(
      78,
      error: """
        sluice: \(batch) is for the Stripe at \(approved.url), not the one at \(other.url)
          name \(approved.url) with --stripe-url or $SLUICE_STRIPE_URL

        """)
    #expect([run, settle] == [refused, refused])
    #expect(try other.requests() == [])
    #expect(try home.states() == [batch: "approved"])
  }

  @Test func `an unreachable Stripe changes nothing`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(csv(jobs: 2))
    server.stop()

    let outcome = try home.sluice(["run", batch])

    #expect(outcome.status == 69)
    #expect(outcome.output == "")
    #expect(outcome.error.hasPrefix("sluice: Stripe cannot be reached: "))
    #expect(outcome.error.hasSuffix("\n  nothing was sent; run the command again later\n"))
    #expect(try home.states() == [batch: "approved"])
  }

  @Test(arguments: [("rk_test_bad_key", "it answers 401")])
  func `a key that Stripe does not take changes nothing`(
    _ key: String, _ reason: String
  ) throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(csv(jobs: 2))

    let outcome = try home.sluice(["run", batch], environment: ["STRIPE_API_KEY": key])

    #expect(
      outcome
        == Outcome(
          78,
          error: """
            sluice: Stripe does not take the key: \(reason)
              check the restricted key and its permissions

            """))
    #expect(try home.states() == [batch: "approved"])
  }

  @Test func `a key without the permission halts at the first job with nothing charged`() throws {
    let server = try StripeServer()
    let home = try CommandHome(testing: server)
    let batch = try home.plan(csv(jobs: 2))

    let outcome = try home.sluice(
      ["run", batch], environment: ["STRIPE_API_KEY": "rk_test_weak_key"])

    let report = try home.report(batch)
    #expect(outcome.status == 12)
    #expect(report.halt == .init(reason: "credentials", number: 1))
    #expect(report.mistakes == [])
    #expect(try server.objects().isEmpty)
    #expect(try home.sluice(["run", batch]).status == 0)
    #expect(try server.charged().count == 2)
  }
}
