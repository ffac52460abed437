import Foundation
import Support
import Testing

/// What each door says to wrong input; nothing has changed after it.
@Suite struct DoorTests {
  @Test(
    arguments: [
      (
        ["budget", "set", "usd=1000", "--per", "day"], 64,
        "\"1000\" could mean 10.00 or 1000.00 usd"
      ),
      (["budget", "set", "usd", "--per", "day"], 64, "\"usd\" is no amount of money"),
      (["budget", "set", "xyz=1.00", "--per", "day"], 64, "unknown currency \"xyz\""),
      (["budget", "set", "usd=0.00", "--per", "day"], 64, "the amount must be more than zero"),
      (["budget", "set", "usd=-1.00", "--per", "day"], 64, "the amount must be more than zero"),
      (["budget", "set", "usd=1.00", "--per", "week"], 64, "there is no window \"week\""),
      (["budget", "set", "usd=1.00", "--per", "batch"], 64, "there is no window \"batch\""),
      (["budget", "set", "usd=1.00"], 64, "--per WINDOW is missing"),
      (["budget", "remove", "usd", "--per", "day"], 66, "the home has no budget per day in usd"),
      (["budget"], 64, "`sluice budget` says what is meant, but not what to do with it"),
      (["keys", "issue"], 64, "--job JOBFILE is missing"),
      (["keys", "issue", "--job", "none.json"], 66, "none.json: no such file"),
      (["resolve", "BATCH", "1"], 64, "say either --charged ID or --not-charged"),
      (
        ["resolve", "BATCH", "1", "--charged", "pi_1", "--not-charged"], 64,
        "say either --charged ID or --not-charged"
      ),
      (["resolve", "BATCH", "1", "--not-charged"], 64, "--not-charged needs --evidence TEXT"),
      (["resolve", "BATCH", "7", "--charged", "pi_1"], 64, "has no job \"7\""),
      (["resolve", "BATCH", "x", "--charged", "pi_1"], 64, "has no job \"x\""),
      (
        ["resolve", "BATCH", "1", "--charged", "pi_1"], 77, "is queued: there is nothing to resolve"
      ),
      (["resolve", "nothing", "1", "--charged", "pi_1"], 66, "there is no batch \"nothing\""),
      (["approve", "BATCH", "--except", "4-2"], 64, "\"4-2\" is no list of jobs"),
      (["approve", "BATCH", "--digest", "D", "--except", "4"], 64, "#4 cannot be left out"),
      (["preview", "BATCH", "--except", "one"], 64, "\"one\" is no list of jobs"),
      (["stop", "nothing"], 66, "there is no batch \"nothing\""),
      (["unstop", "nothing"], 66, "there is no batch \"nothing\""),
      (
        ["submit", "plan.csv", "--job", "job.json", "--cap", "usd=500.01"], 77,
        "the job file's cap is 500.00 usd; --cap can only lower it"
      ),
      (
        ["submit", "plan.csv", "--job", "job.json", "--cap", "eur=1.00"], 64,
        "the job file has no batch cap in eur"
      ),
      (
        ["submit", "plan.csv", "--job", "job.json", "--cap", "usd=1.00", "--cap", "usd=2.00"], 64,
        "--cap is given twice in usd"
      ),
      (["submit", "--job", "job.json"], 64, "names no source, so FILE is needed"),
      (["submit", "--job", "failing.json"], 65, "ended with status 3"),
      (["submit", "--job", "missing.json"], 65, "no such file"),
      (["submit", "bad.jsonl", "--job", "job.json"], 65, "bad.jsonl: 2 problems"),
    ] as [([String], Int32, String)])
  func `wrong input is told, with what to type, and changes nothing`(
    _ words: [String], _ status: Int32, _ message: String
  ) throws {
    let home = try CommandHome()
    let source = #"{"command": ["/bin/sh", "-c", "echo no database >&2; exit 3"]}"#
    let missing = #"{"command": ["./no-such-program"]}"#
    try home.write(JobFileText(more: ",\n \"source\": \(source)").text, to: "failing.json")
    try home.write(JobFileText(more: ",\n \"source\": \(missing)").text, to: "missing.json")
    try home.write(
      """
      {"account": "cus_1", "amount": 1.00, "reference": "in_1"}
      {"account": "cus_2", "amount": "1.00"}
      """, to: "bad.jsonl")
    let plan = try home.submit(csv(jobs: 3))
    let head = try home.succeed(["journal", "head"])

    let command = words.map { $0 == "BATCH" ? plan.batch : $0 == "D" ? plan.digest : $0 }
    let outcome = try home.sluice(command)
    let asJSON = try home.sluice(command + ["--json"])

    #expect(outcome.status == status, "\(outcome)")
    #expect(outcome.output.isEmpty)
    #expect(outcome.error.hasPrefix("sluice: "))
    #expect(outcome.error.contains(message), "\(outcome.error)")
    #expect(outcome.error.split(separator: "\n").count > 1, "nothing says what to type")
    #expect(asJSON.status == status)
    #expect(asJSON.error.hasPrefix("{\"error\":{\"code\":\""))
    #expect(try home.succeed(["journal", "head"]) == head)
    #expect(try home.states() == [plan.batch: "submitted"])
  }

  @Test func `a failing command's own words are told, and nothing is queued`() throws {
    let home = try CommandHome()
    let script = "echo account,amount,reference; echo cus_1,1.00,in_1; echo no database >&2; exit 3"
    let source = "{\"command\": [\"/bin/sh\", \"-c\", \"\(script)\"]}"
    try home.write(JobFileText(more: ",\n \"source\": \(source)").text, to: "job.json")

    let outcome = try home.sluice(["submit", "--job", "job.json"])

    #expect(outcome.status == 65)
    #expect(outcome.error.contains("no database"))
    #expect(try home.states().isEmpty)
  }

  @Test func `JSON Lines are taken from a file, from standard input and from a command`() throws {
    let home = try CommandHome()
    func line(_ number: Int) -> String {
      "{\"account\":\"cus_\(number)\",\"amount_minor\":\(number)00,\"reference\":\"in_\(number)\"}"
    }
    let source = "{\"command\": [\"cat\", \"3.jsonl\"], \"format\": \"jsonl\"}"
    try home.write(JobFileText(more: ",\n \"source\": \(source)").text, to: "job.json")
    for number in [1, 3] { try home.write(line(number) + "\n", to: "\(number).jsonl") }

    try home.succeed(["submit", "1.jsonl", "--job", "job.json"])
    let second = try home.sluice(["submit", "-", "--job", "job.json"], input: line(2))
    try home.succeed(["submit", "--job", "job.json"])

    #expect(second.status == 0, "\(second)")
    #expect(try home.states().count == 3)
  }

  @Test func `a slow pipe does not keep others from writing`() throws {
    let home = try CommandHome()
    try home.write(
      JobFileText(
        more: ",\n \"source\": {\"command\": [\"/bin/sh\", \"-c\", "
          + "\"echo account,amount,reference; touch begun; sleep 3; echo cus_1,1.00,in_1\"]}"
      ).text, to: "slow.json")

    let slow = try home.start(["submit", "--job", "slow.json"])
    try waitUntil("the command has begun") { (try? home.read("begun")) != nil }
    let before = Date()
    _ = try home.submit(csv(jobs: 1))
    let waited = Date().timeIntervalSince(before)
    let outcome = try slow.wait()

    #expect(waited < 2.5, "it waited \(waited) s for the pipe")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(try home.states().count == 2)
  }

  @Test func `a lower cap is what is approved and what halts the run`() throws {
    let home = try CommandHome()
    try home.write(JobFileText().text, to: "job.json")
    try home.write(csv(jobs: 3), to: "plan.csv")

    try home.succeed(["submit", "plan.csv", "--job", "job.json", "--cap", "usd=2.00"])
    let batch = try #require(try home.states().keys.first)
    try home.approve(batch)
    let outcome = try home.sluice(["run", batch])

    #expect(outcome.status == 11)
    #expect(try home.report(batch).counts["charged"] == 2)
  }

  @Test func `a batch's own cap goes on to the next batch, the home's budget ends the run`() throws
  {
    let home = try CommandHome()
    let capped = JobFileText(name: "a", cap: "1.00").text
    let first = try home.plan(csv("cus_1,1.00,a1", "cus_2,1.00,a2"), under: capped)
    let second = try home.plan(csv("cus_1,1.00,b1", "cus_2,1.00,b2"), under: JobFileText().text)
    let third = try home.plan(csv("cus_1,1.00,c1"), under: JobFileText().text)
    try home.succeed(["budget", "set", "usd=2.50", "--per", "month"])

    let outcome = try home.sluice(["run"])

    #expect(outcome.status == 11)
    #expect(try home.report(first).halt?.reason == "cap_exhausted")
    #expect(try home.report(second).halt?.reason == "home_budget_exhausted")
    #expect(try home.states()[third] == "approved")
  }

  @Test func `a vault key with a secret is shown once, and can be revoked`() throws {
    let home = try CommandHome()
    try home.write(JobFileText().text, to: "job.json")

    let issued = try home.sluice(["keys", "issue", "--job", "job.json"])
    let secret = try #require(issued.output.split(separator: "\n").first)
    let id = try #require(
      issued.output.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("vk_id_") })

    #expect(issued.status == 0)
    #expect(secret.hasPrefix("vk_") && secret.count == 35)
    for words in [["keys", "list"], ["keys", "show", String(id)], ["journal", "export"]] {
      let outcome = try home.succeed(words)
      #expect(!outcome.contains(secret))
      #expect(outcome.contains(id))
    }
    #expect(!String(decoding: try home.bytes(of: "sluice"), as: UTF8.self).contains(secret))
    let revoked = try home.succeed(["keys", "revoke", String(id)])
    #expect(revoked == "\(id) is revoked and admits nothing more.\n")
    #expect(try home.succeed(["keys", "show", String(id)]).contains("revoked"))
  }
}
