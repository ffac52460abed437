import Foundation
import Support
import Testing

/// No secret is written down, shown or handed on, whatever a whole run does.
@Suite struct SecretTests {
  @Test func `no secret is in any file, output, argument or environment of a whole run`() throws {
    let run = try WholeRun()
    try run.plan()
    try run.runUnderWatch()
    try run.lookAtEverything()
    try run.makeMistakes()
    try run.planAsAgent()
    try run.billAndNotify()

    #expect(run.seen.count > 60)
    for (command, said) in run.seen {
      #expect(run.search.found(in: said) == [], "\(command)")
    }
    let own: Set = ["home/seal.key", "stripe.key"]
    #expect(try run.search.found(below: run.home.folder, except: own) == [])
    for request in try run.server.requests() {
      let words = "\(request.method) \(request.path)\n\(request.body)"
      #expect(run.search.found(in: Data(words.utf8)) == [])
      #expect(
        request.headers.filter { !run.search.found(in: Data($0.value.utf8)).isEmpty }
          .keys.sorted() == ["authorization"])
    }
    #expect(try run.server.charges().count == 6)
    let posted = try run.webhook.posted().map { try JSONSerialization.data(withJSONObject: $0) }
    #expect(posted.count > 2)
    for body in posted { #expect(run.search.found(in: body) == []) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: run.home.folder + "/tmp") == [])
  }

  @Test func `the search finds each secret, in each form, wherever it is put`() throws {
    let run = try WholeRun()
    try run.plan()
    let places: [(String, String)] = [
      (run.stripeKey, "the Stripe key"), (String(run.stripeKey.dropFirst(8)), "the Stripe key"),
      (run.vaultKey, "the vault key"), (run.sealKey, "the seal key"),
      (Data(run.stripeKey.utf8).base64EncodedString(), "the Stripe key"),
      (Data("key=\(run.vaultKey);".utf8).base64EncodedString(), "the vault key"),
      (run.sealKey.uppercased(), "the seal key"),
      (String(run.stripeKey.reversed()), "the Stripe key"),
    ]

    #expect(try run.search.found(below: run.home.path, except: ["seal.key"]) == [])
    for (text, name) in places {
      try run.home.tamper("UPDATE batch SET source = 'x \(text) y'")
      let found = try run.search.found(below: run.home.path, except: ["seal.key"])
      #expect(found.contains { $0.hasPrefix("sluice.db") && $0.contains(name) }, "\(text)")
      #expect(!run.search.found(in: Data("a \(text) b".utf8)).isEmpty)
    }
    try run.home.write("log: \(run.stripeKey)", to: "tmp/log")
    #expect(
      try run.search.found(below: run.home.folder, except: [])
        .contains("tmp/log: the Stripe key"))
    #expect(try !run.search.found(below: run.home.path, except: []).isEmpty)
  }
}

/// A home in test mode whose secrets are known, and everything that its commands said.
private final class WholeRun {
  let server: StripeServer
  let webhook: WebhookServer
  let home: CommandHome
  let stripeKey = "rk_test_51SecretsOfAWholeRun4711"
  private(set) var vaultKey = ""
  private(set) var sealKey = ""
  private(set) var search = SecretSearch()
  /// What each command said, on both streams, and what the kernel showed of it.
  private(set) var seen: [(command: String, said: Data)] = []
  private var batch = ""

  init() throws {
    server = try StripeServer()
    webhook = try WebhookServer()
    home = try CommandHome(testing: server)
    try FileManager.default.createDirectory(
      atPath: home.folder + "/tmp", withIntermediateDirectories: true)
    try home.write(stripeKey + "\n", to: "stripe.key")
    try home.setMode(0o600, of: "../stripe.key")
    home.environment = [
      "SLUICE_STRIPE_URL": server.url, "SLUICE_STRIPE_KEY_FILE": home.folder + "/stripe.key",
      "TMPDIR": home.folder + "/tmp",
    ]
    try home.write(JobFileText().text, to: "policy.json")
    vaultKey = String(
      try home.succeed(["keys", "issue", "--job", "policy.json"]).prefix { !$0.isNewline })
    sealKey =
      try home.read("home/seal.key").split(separator: ":").last.map {
        String($0.prefix(64))
      } ?? ""
    search.add("the Stripe key", text: stripeKey)
    search.add("the vault key", text: vaultKey)
    search.add("the seal key", text: sealKey)
    search.add("the seal key's bytes", Self.bytes(hex: sealKey))
    search.add("the webhook's address", Data("T0/B0/path_secret".utf8))
  }

  private static func bytes(hex: String) -> Data {
    let digits = hex.compactMap(\.hexDigitValue)
    return Data(
      stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
  }

  /// Runs a command, whatever it says.
  @discardableResult
  func say(
    _ words: String..., environment: [String: String] = [:], input: String? = nil
  ) throws -> Outcome {
    let outcome = try home.sluice(words, environment: environment, input: input)
    note(words.joined(separator: " "), outcome.output + outcome.error)
    return outcome
  }

  private func note(_ what: String, _ text: String) { seen.append((what, Data(text.utf8))) }

  /// Plans three jobs by a command that shows all that it can see.
  func plan() throws {
    try home.write(
      """
      #!/bin/sh
      env
      tr '\\0' '\\n' < /proc/self/environ; tr '\\0' '\\n' < /proc/$PPID/cmdline
      cat /proc/self/limits; ls -l /proc/self/fd
      """, to: "look.sh")
    try home.write(
      "#!/bin/sh\n./look.sh > child.seen 2>&1\nenv >&2\n"
        + "printf 'account,amount,reference\\n'\n"
        + "for n in 1 2 3; do echo cus_$n,1.00,in_$n; done\n", to: "export.sh")
    for name in ["look.sh", "export.sh"] { try home.setMode(0o755, of: "../" + name) }
    let source = ",\n \"source\": {\"command\": [\"./export.sh\"]}"
    try home.write(JobFileText(more: source).text, to: "job.json")
    let environment = ["STRIPE_API_KEY": stripeKey]
    let outcome = try say("submit", "--job", "job.json", "--json", environment: environment)
    batch = try JSONDecoder().decode(Plan.self, from: Data(outcome.output.utf8)).batch
    guard try home.read("child.seen").contains("PATH=") else {
      throw TestServerError(message: "the command saw nothing")
    }
    try home.approve(batch)
  }

  /// Runs the batch; in the middle of a request the kernel is asked what it knows of the process.
  func runUnderWatch() throws {
    try server.script(#"[{"fault": "drip", "seconds": 0.01, "match": "POST /v1/payment"}]"#)
    let run = try home.start(["run", batch])
    try waitUntil("a request is in flight") { try server.charges().count == 1 }
    for file in ["cmdline", "environ", "status", "maps"] {
      let path = "/proc/\(run.number)/\(file)"
      seen.append((path, FileManager.default.contents(atPath: path) ?? Data()))
    }
    let limits = try String(contentsOfFile: "/proc/\(run.number)/limits", encoding: .utf8)
    let core = limits.split(separator: "\n").first { $0.contains("core file") }
    note("limits", limits)
    let outcome = try run.wait()
    note("run", outcome.output + outcome.error)
    guard outcome.status == 0, core?.split(separator: " ").contains("1") == true else {
      throw TestServerError(message: "\(outcome) \(core ?? "no limit of core files")")
    }
  }

  func lookAtEverything() throws {
    for format in ["text", "json", "csv", "html"] {
      try say("report", batch, "--format", format)
      try say("report", batch, "--format", format, "--output", "report.\(format)")
    }
    for format in ["text", "json", "html"] { try say("preview", batch, "--format", format) }
    for json in [[], ["--json"]] {
      for words in [
        ["list"], ["show", batch], ["show", batch, "--jobs"], ["keys", "list"], ["budget", "list"],
        ["settle"], ["journal", "verify"], ["journal", "export"], ["journal", "head"], ["stop"],
        ["unstop"], ["version"], ["run", batch], ["standing", "list"], ["approvers", "list"],
        ["doctor"], ["doctor", "--job", "job.json"], ["doctor", "--restored"],
      ] {
        let outcome = try home.sluice(words + json)
        note((words + json).joined(separator: " "), outcome.output + outcome.error)
      }
    }
    let list = try home.succeed(["keys", "list"])
    for key in list.split(whereSeparator: \.isWhitespace) where key.hasPrefix("vk_id_") {
      try say("keys", "show", String(key))
    }
    try say("journal", "rekey")
    try say("help")
  }

  /// Keys in every wrong place, and a Stripe that repeats the key it was sent.
  func makeMistakes() throws {
    try say("run", batch, "--stripe-key", stripeKey)
    try say("run", stripeKey)
    try say("keys", "show", vaultKey)
    try say("cancel", batch, "--reason", "key \(vaultKey)")
    try say("run", batch, "--stripe-key-file", "job.json")
    try say("submit", "plan.csv", "--job", "job.json", "--planner", stripeKey)
    try home.write(csv("cus_9,1.00,\(stripeKey)", "\(vaultKey),1.00,in_9"), to: "bad.csv")
    try say("submit", "bad.csv", "--job", "policy.json")
    try FileManager.default.removeItem(atPath: home.folder + "/bad.csv")
    let next = try home.submit(csv("cus_8,1.00,in_8")).batch
    try home.approve(next)
    try refuseRepeatingTheKey()
    try say("run", next)
    try say("show", next, "--jobs", "--json")
    try say("report", next)
  }

  private func refuseRepeatingTheKey() throws {
    let error =
      #"{\"error\": {\"type\": \"card_error\", \"code\": \"card_declined\", "#
      + #"\"message\": \"the key \#(stripeKey) is known\"}}"#
    try server.script(
      #"[{"fault": "answer", "status": 402, "match": "POST /v1/payment", "body": "\#(error)"}]"#)
  }

  /// Billing runs with logs of both kinds, of which people are told: one waits, one charges, and in
  /// one Stripe repeats the key it was sent.
  func billAndNotify() throws {
    let more = ", \"notify\": {\"webhook_env\": \"HOOK\"}, \"source\": {\"csv\": \"due.csv\"}"
    home.environment["HOOK"] = webhook.url
    try home.write(JobFileText(name: "nightly", more: more).text, to: "nightly.json")
    try home.write(csv("cus_5,1.00,in_5"), to: "due.csv")
    let waiting = try say("cron", "nightly.json", "--log-format", "text")
    try cover()
    let batch = try home.states().first { $0.value == "submitted" }?.key ?? ""
    try home.approve(batch)
    let charging = try say("cron", "nightly.json", "--log-format", "json")
    try home.write(csv("cus_6,1.00,in_6"), to: "due.csv")
    try refuseRepeatingTheKey()
    let failing = try say("cron", "nightly.json", "--log-format", "json")
    try say("cron", "nightly.json", "--stripe-key-file", stripeKey)
    guard waiting.status == 14, charging.status == 0, failing.status == 10,
      charging.error.contains("settled"), failing.error.contains("declined")
    else { throw TestServerError(message: "\(waiting) \(charging) \(failing)") }
  }

  /// Approves beforehand what the nightly runs plan, by the digest that a refusal names.
  private func cover() throws {
    let words = [
      "standing", "approve", "nightly.json", "--total", "usd=9.00", "--per-job", "usd=1.00",
      "--jobs", "9", "--until", "2999-12-31", "--digest",
    ]
    let refused = try home.sluice(words + ["0"])
    let digest = refused.error.split(whereSeparator: \.isWhitespace).last ?? ""
    let covered = try home.sluice(words + [String(digest)])
    note("standing approve", refused.output + refused.error + covered.output + covered.error)
  }

  func planAsAgent() throws {
    let calls = [
      #""method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}"#,
      #""method":"tools/list""#,
      #""method":"tools/call","params":{"name":"list_batches","arguments":{}}"#,
      #""method":"tools/call","params":{"name":"plan_charge","arguments":"#
        + #"{"account":"\#(stripeKey)","amount":"1.00","reference":"\#(vaultKey)"}}"#,
    ]
    let lines = calls.enumerated().map { #"{"jsonrpc":"2.0","id":\#($0 + 1),\#($1)}"# }
    let outcome = try say(
      "mcp", "--job", "policy.json", "--planner", "agent", input: lines.joined(separator: "\n"))
    guard outcome.output.split(separator: "\n").count == 4 else {
      throw TestServerError(message: "\(outcome)")
    }
  }
}
