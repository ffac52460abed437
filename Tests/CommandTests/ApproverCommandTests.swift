import Foundation
import Support
import Testing

/// People who are known by tokens, as in a container, where the kernel knows no login.
@Suite struct ApproverCommandTests {
  @Test func `two people with tokens submit and approve, and the report names both`() throws {
    let home = try CommandHome()
    let ana = try home.addApprover("ana")
    let ben = try home.addApprover("ben")
    try home.write(csv(jobs: 2), to: "plan.csv")
    try home.write(fourEyes, to: "job.json")
    let submitted = try home.succeed(
      ["submit", "plan.csv", "--job", "job.json", "--quiet"], environment: ana)
    let batch = submitted.trimmingCharacters(in: .newlines)
    let digest = try home.digest(of: batch)
    let approve = ["approve", batch, "--digest", digest]

    let alone = try home.sluice(approve, environment: ana)
    let nobody = try home.sluice(approve)
    let second = try home.sluice(approve + ["--note", "looked at it"], environment: ben)
    try home.succeed(["run", batch])
    let report = try home.succeed(["report", batch])

    #expect(alone.status == 77)
    #expect(alone.error.contains("ana submitted or amended this batch"))
    #expect(nobody.status == 77)
    #expect(second.status == 0)
    #expect(second.output.contains("is approved by ben until"))
    #expect(report.contains("approved by"))
    #expect(report.contains("ben: looked at it"))
    #expect(report.contains("ana"))
  }

  @Test func `a job file that requires two people waits for both`() throws {
    let home = try CommandHome()
    let ana = try home.addApprover("ana")
    let ben = try home.addApprover("ben")
    let job = JobFileText(more: ", \"approval\": {\"required\": 2}")
    let plan = try home.submit(csv(jobs: 2), under: job.text)
    let approve = ["approve", plan.batch, "--digest", plan.digest]

    let first = try home.sluice(approve, environment: ana)
    let early = try home.sluice(["run", plan.batch])
    let preview = try home.succeed(["preview", plan.batch])
    let again = try home.sluice(approve, environment: ana)
    let second = try home.sluice(approve, environment: ben)

    #expect(first.output.contains("One more person has to approve it"))
    #expect(early.status == 77)
    #expect(preview.contains("1 of 2 given, by ana"))
    #expect(again.status == 77)
    #expect(second.output.contains("Run it with: sluice run \(plan.batch)"))
    #expect(try home.sluice(["run", plan.batch]).status == 0)
  }

  @Test func `one approval of two is told as one of two, and none of an amended plan's`() throws {
    let home = try CommandHome()
    let ana = try home.addApprover("ana")
    let ben = try home.addApprover("ben")
    let cid = try home.addApprover("cid")
    try home.write(csv(jobs: 2), to: "plan.csv")
    try home.write(
      JobFileText(more: ", \"approval\": {\"required\": 2, \"four_eyes\": true}").text,
      to: "job.json")
    let batch = try home.succeed(
      ["submit", "plan.csv", "--job", "job.json", "--quiet"], environment: cid
    ).trimmingCharacters(in: .newlines)
    let approve = ["approve", batch, "--digest", try home.digest(of: batch)]
    try home.succeed(approve, environment: ana)
    let told = "1 of 2 given, by ana"

    #expect(try home.succeed(["report", batch]).contains("It waits for approval: \(told)."))
    #expect(try home.succeed(["show", batch]).contains("approvals   \(told)"))
    #expect(try home.succeed(["list"]).contains("submitted, 1 of 2"))
    for command in ["report", "preview"] {
      let page = try home.succeed([command, batch, "--format", "html"])
      #expect(page.contains(told))
    }
    let page = try home.succeed(["preview", batch, "--format", "html"])
    #expect(page.contains("another login than the submitter"))
    let document = try home.succeed(["report", batch, "--json"])
    #expect(document.contains("\"in_force\":true}],\"approvals_required\":2"))

    try home.succeed(approve, environment: ben)
    try home.succeed(["amend", batch, "--cap", "usd=700.00"], environment: cid)

    #expect(
      try home.succeed(["report", batch]).contains("approved by   ana (of an earlier plan)"))
    #expect(
      try home.succeed(["report", batch]).contains("It waits for approval: 0 of 2 given."))
    #expect(try home.succeed(["list"]).contains("submitted, 0 of 2"))
    let amended = try home.succeed(["report", batch, "--json"])
    #expect(amended.contains("\"approved_by\":[]"))
    #expect(amended.contains("\"in_force\":false"))
  }

  @Test func `a token file that others can read, that is empty or not there, is refused`() throws {
    let home = try CommandHome()
    let ben = try home.addApprover("ben")
    try home.setMode(0o644, of: "../ben.token")
    let open = try home.sluice(["unstop"], environment: ben)
    let missing = try home.sluice(
      ["unstop"], environment: ["SLUICE_APPROVER_TOKEN_FILE": home.folder + "/nobody.token"])
    try home.setMode(0o600, of: "../ben.token")
    try home.write("", to: "ben.token")
    let empty = try home.sluice(["unstop"], environment: ben)

    #expect(open.status == 78)
    #expect(open.error.contains("holds a token and others may read it"))
    #expect(missing.status == 78)
    #expect(empty.status == 78)
    #expect(empty.error.contains("ben.token is empty"))
  }

  @Test(arguments: [
    ["stop", "--reason", "wrong list"], ["list"], ["report", "fees"], ["preview", "fees"],
    ["approvers", "list"], ["approvers", "remove", "ana"], ["standing", "list"], ["keys", "list"],
    ["budget", "list"], ["journal", "verify"], ["journal", "head"],
  ])
  func `neither a brake nor a look waits for a token that is in order`(words: [String]) throws {
    let home = try CommandHome()
    _ = try home.addApprover("ana")
    var ben = try home.addApprover("ben")
    _ = try home.submit(csv(jobs: 1))
    try home.succeed(["approvers", "remove", "ben"])
    let removed = try home.sluice(words, environment: ben)
    ben["SLUICE_APPROVER_TOKEN_FILE"] = home.folder + "/nobody.token"
    let missing = try home.sluice(
      words.contains("remove") ? ["approvers", "list"] : words, environment: ben)

    #expect(removed.status == 0)
    #expect(removed.error.contains("warning: the token is no approver's of this home; "))
    #expect(missing.status == 0)
    #expect(missing.error.contains("nobody.token: no such token file; "))
  }

  @Test func `a standing approval is withdrawn and a key revoked whatever the token`() throws {
    let home = try CronHome(csv(jobs: 1))
    try home.cover()
    _ = try home.cron()
    let nobody = ["SLUICE_APPROVER_TOKEN_FILE": "/nobody.token"]
    let key = try home.commands.succeed(["keys", "list"]).matches(of: #/vk_id_\w+/#).first

    let withdrawn = try home.commands.sluice(
      ["standing", "withdraw", "standing-"], environment: nobody)
    let revoked = try home.commands.sluice(
      ["keys", "revoke", String(try #require(key).output)], environment: nobody)

    #expect(withdrawn.status == 0, "\(withdrawn)")
    #expect(revoked.status == 0, "\(revoked)")
  }

  @Test func `a token that its holder made is no second person's`() throws {
    let home = try CommandHome()
    let ana = try home.addApprover("ana")
    let eve = try home.addApprover("eve", as: ana)
    try home.write(csv(jobs: 1), to: "plan.csv")
    try home.write(fourEyes, to: "job.json")
    let submitted = try home.succeed(
      ["submit", "plan.csv", "--job", "job.json", "--quiet"], environment: ana)
    let batch = submitted.trimmingCharacters(in: .newlines)

    let outcome = try home.sluice(
      ["approve", batch, "--digest", try home.digest(of: batch)], environment: eve)

    #expect(outcome.status == 77)
    #expect(
      outcome.error == """
        sluice: the token of eve comes from ana, so the two may be one person
          ask somebody whose login or token is not from ana

        """)
    #expect(try home.states() == [batch: "submitted"])
  }

  @Test func `a removed approver decides nothing`() throws {
    let home = try CommandHome()
    let ben = try home.addApprover("ben")
    let plan = try home.submit(csv(jobs: 1))
    try home.succeed(["approvers", "remove", "ben"])

    let outcome = try home.sluice(
      ["approve", plan.batch, "--digest", plan.digest], environment: ben)

    #expect(outcome.status == 77)
    #expect(outcome.error.contains("the token is no approver's of this home"))
    #expect(try home.states() == [plan.batch: "submitted"])
  }

  @Test(arguments: ["", "two words", "a/b", "ben\u{1B}[2J", String(repeating: "x", count: 65)])
  func `a name is made of plain characters`(name: String) throws {
    let home = try CommandHome()

    let outcome = try home.sluice(["approvers", "add", name])

    #expect(outcome.status == 64)
    #expect(!outcome.error.contains("\u{1B}"))
  }

  @Test func `a standing approval needs the job file's digest where nobody can be asked`() throws {
    let home = try CommandHome()
    try home.write(JobFileText().text, to: "job.json")
    let words = [
      "standing", "approve", "job.json", "--total", "usd=50.00", "--per-job", "usd=5.00", "--jobs",
      "9", "--until", "2999-12-31",
    ]

    let unasked = try home.sluice(words)
    let wrong = try home.sluice(words + ["--digest", String(repeating: "0", count: 64)])
    let digest = try #require(wrong.error.split(separator: " ").last).trimmingCharacters(
      in: .newlines)
    let right = try home.sluice(words + ["--digest", digest])
    let listed = try home.succeed(["standing", "list"])

    #expect(unasked.status == 64)
    #expect(wrong.status == 77)
    #expect(right.status == 0)
    #expect(right.output.contains("covers of fees up to 9 jobs of up to 5.00 usd each, 50.00 usd"))
    #expect(right.output.contains("in all, until 3000-01-01T00:00:00Z"))
    #expect(listed.contains("in_force"))
    #expect(listed.contains("0.00 of 50.00 usd"))
  }

  @Test(arguments: [
    (["--jobs", "0"], "--jobs takes a number from 1 on"),
    (["--until", "2026-02-29"], "\"2026-02-29\" is no day"),
    (["--until", "2020-02-29"], "2020-02-29 is over"),
    (["--total", "usd=50"], "usd"),
    (["--per-job", "eur=5.00"], "--total and --per-job name different currencies"),
  ])
  func `limits that are none are refused`(changed: [String], message: String) throws {
    let home = try CommandHome()
    try home.write(JobFileText().text, to: "job.json")
    var limits = [
      "--total": "usd=50.00", "--per-job": "usd=5.00", "--jobs": "9", "--until": "2999-12-31",
    ]
    limits[changed[0]] = changed[1]
    let words = limits.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }

    let outcome = try home.sluice(["standing", "approve", "job.json"] + words)

    #expect(outcome.status == 64)
    #expect(outcome.error.contains(message))
  }

  private let fourEyes = JobFileText(more: ", \"approval\": {\"four_eyes\": true}").text
}

extension CommandHome {
  /// Registers a person, as another one, and returns the environment in which they act.
  func addApprover(
    _ name: String, as maker: [String: String] = [:]
  ) throws -> [String: String] {
    let token = try succeed(["approvers", "add", name, "--quiet"], environment: maker)
    try write(token, to: "\(name).token")
    try setMode(0o600, of: "../\(name).token")
    return ["SLUICE_APPROVER_TOKEN_FILE": folder + "/\(name).token"]
  }

  fileprivate func digest(of batch: String) throws -> String {
    struct Shown: Decodable { let digest: String }
    return try document(["preview", batch], as: Shown.self).digest
  }
}
