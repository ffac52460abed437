import Foundation
import Support
import Testing

/// What the doctor says of a job file, and of the little that cron gives a job.
@Suite struct DoctorCronTests {
  @Test func `a billing run that needs nothing of the shell is in order`() throws {
    let home = try CronHome(csv(jobs: 1), more: #", "schedule_every": "1d""#)
    _ = try home.cron()

    let document = try home.commands.doctor("--job", "job.json")

    #expect(document.exit == 0)
    #expect(document.messages("warning") == [])
    #expect(document.of("source").map(\.message) == ["list.csv can be read"])
    #expect(document.of("schedule").first?.message.hasSuffix(" ago, due every 1d") == true)
  }

  @Test func `runs that never came or came late are told`() throws {
    let home = try CronHome(csv(jobs: 1), more: #", "schedule_every": "1s""#)

    let never = try home.commands.doctor("--job", "job.json").of("schedule").first
    _ = try home.cron()
    try waitUntil("it is late") {
      try home.commands.doctor("--job", "job.json").of("schedule").first?.level == "warning"
    }
    let late = try home.commands.doctor("--job", "job.json").of("schedule").first

    #expect(never?.message == "fees never ran, due every 1s")
    #expect(never?.level == "warning")
    #expect(late?.message.hasPrefix("fees last ran ") == true)
    #expect(late?.message.hasSuffix("s ago, due every 1s") == true)
  }

  @Test func `a home that cron would not find is a warning`() throws {
    let home = try CommandHome()

    let relative = try home.doctor("--home", "home").of("cron").first
    let byVariable = try home.doctor(environment: ["SLUICE_HOME": "home"]).of("cron").first
    let byState = try home.doctor(
      environment: ["SLUICE_HOME": "", "XDG_STATE_HOME": home.folder]
    ).of("cron").first
    let homeless = try home.doctor(environment: ["SLUICE_HOME": "", "HOME": ""]).of("cron").first

    #expect(relative?.message == "--home is not a whole path, and cron starts in another folder")
    #expect(relative?.hint == "write it as \(home.path)")
    #expect(byVariable?.message.hasPrefix("$SLUICE_HOME is not a whole path") == true)
    #expect(byState?.message == "the home is found by $XDG_STATE_HOME, which cron does not set")
    #expect(homeless?.message == "$HOME is not set, so the home is looked for where one stands")
    #expect([relative, byVariable, byState, homeless].allSatisfy { $0?.level == "warning" })
  }

  @Test(arguments: [
    (#"{"csv": "gone.csv"}"#, 66, "problem", "gone.csv: no such file or directory"),
    (#"{"command": ["./gone"]}"#, 66, "problem", "the command ./gone cannot be run: "),
    (#"{"command": ["sh", "-c", "touch ran"]}"#, 0, "ok", "the command /usr/bin/sh can be run"),
    (#"{"command": ["export-it"]}"#, 0, "warning", "export-it is found by your $PATH, and cron's"),
  ])
  func `a source is looked at and not run`(
    _ source: String, _ exit: Int32, _ level: String, _ message: String
  ) throws {
    let home = try CommandHome()
    try home.write(JobFileText(more: ", \"source\": \(source)").text, to: "job.json")
    try home.write("#!/bin/sh\ntouch ran\n", to: "export-it")
    try home.setMode(0o700, of: "../export-it")

    let document = try home.doctor(
      "--job", "job.json", environment: ["PATH": home.folder + ":/usr/bin:/bin"])

    let found = document.of("source").first
    #expect(document.exit == exit)
    #expect(found?.level == level)
    #expect(found?.message.contains(message) == true, "\(found?.message ?? "")")
    #expect(!FileManager.default.fileExists(atPath: home.folder + "/ran"))
  }

  @Test func `without a source there is nothing for cron to gather`() throws {
    let home = try CommandHome()
    try home.write(JobFileText().text, to: "job.json")

    let found = try home.doctor("--job", "job.json").of("source").first

    #expect(found?.level == "warning")
    #expect(found?.message.hasPrefix("fees names no source") == true)
  }

  @Test func `a webhook is named by its variable and never shown`() throws {
    let home = try CommandHome()
    let notify = #", "notify": {"webhook_env": "BILLING_HOOK"}"#
    try home.write(JobFileText(more: notify).text, to: "job.json")
    func webhook(_ address: String?) throws -> DoctorDocument.Finding? {
      let more = address.map { ["BILLING_HOOK": $0] } ?? [:]
      return try home.doctor("--job", "job.json", environment: more).of("webhook").first
    }

    let unset = try webhook(nil)
    let plain = try webhook("http://hooks.example/T0SECRET")
    let right = try webhook("https://hooks.example/T0SECRET")

    #expect(unset?.message == "nobody would be told: $BILLING_HOOK is not set")
    #expect(plain?.message.hasPrefix("nobody would be told: the URL in $BILLING_HOOK ") == true)
    #expect(right?.level == "ok")
    for found in [unset, plain, right] {
      #expect(found?.message.contains("T0SECRET") == false)
      #expect(found?.hint?.contains("T0SECRET") != true)
    }
  }

  @Test func `four eyes need to know who submits`() throws {
    let home = try CommandHome()
    let more = #", "approval": {"four_eyes": true}"#
    try home.write(JobFileText(more: more).text, to: "job.json")
    let ana = try home.addApprover("ana")
    func found(_ check: String, _ environment: [String: String] = [:]) throws
      -> DoctorDocument.Finding?
    {
      try home.doctor("--job", "job.json", environment: environment).of(check).first
    }

    let nobody = try found("four eyes")
    let known = try found("four eyes", ana)
    let token = try found("token", ana)
    try home.setMode(0o640, of: "../ana.token")
    let open = try home.doctor("--job", "job.json", environment: ana)
    let credential = try found(
      "token", ana.merging(["CREDENTIALS_DIRECTORY": home.folder]) { $1 })
    let gone = try found("token", ["SLUICE_APPROVER_TOKEN_FILE": home.folder + "/gone"])

    #expect(nobody?.level == (try hasLogin() ? "ok" : "warning"))
    #expect(known?.message == "who submits here is known by a token")
    #expect(token?.message == "$SLUICE_APPROVER_TOKEN_FILE names a file with the token of ana")
    #expect(open.exit == 78)
    #expect(open.of("token").first?.message.contains("others may read it") == true)
    #expect(credential?.level == "ok")
    #expect(gone?.level == "problem")
    #expect(
      try home.sluice(
        ["list"], environment: ana.merging(["CREDENTIALS_DIRECTORY": home.folder]) { $1 }
      ).status == 0)
  }

  /// Whether the kernel knows whose login these tests run in.
  private func hasLogin() throws -> Bool {
    let text = try String(contentsOfFile: "/proc/self/loginuid", encoding: .utf8)
    return text.trimmingCharacters(in: .whitespacesAndNewlines) != "4294967295"
  }

  @Test func `a job file with mistakes is a problem like any other`() throws {
    let home = try CommandHome()
    try home.write("{}", to: "job.json")

    #expect(try home.doctor("--job", "job.json").exit == 65)
    #expect(try home.doctor("--job", "gone.json").exit == 66)
  }
}
