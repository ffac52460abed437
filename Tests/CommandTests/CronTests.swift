import Foundation
import Support
import Testing

/// Billing runs that nobody watches, night after night.
@Suite struct CronTests {
  @Test func `a covered list is charged, and the same list the next night charges nobody`() throws {
    let home = try CronHome(csv(jobs: 3))
    try home.cover()

    let first = try home.cron()
    let second = try home.cron()

    #expect(first.status == 0)
    #expect(first.output.contains("is approved under standing-"))
    #expect(first.output.contains("3 charged 3.00 usd"))
    #expect(second.status == 0)
    #expect(second.output == "Nothing is due that is not queued or charged already.\n")
    #expect(try home.commands.states().count == 1)
  }

  @Test func `quiet, it prints nothing while nobody is needed`() throws {
    let home = try CronHome(csv(jobs: 3))
    try home.cover()

    #expect(try home.cron("-q") == Outcome(0))
    #expect(try home.cron("-q") == Outcome(0))
  }

  @Test func `what nothing covers waits, night after night, and nothing more is queued`() throws {
    let home = try CronHome(csv(jobs: 3))

    let first = try home.cron("-q")
    try home.list(csv(jobs: 5))
    let second = try home.cron("-q")
    let states = try home.commands.states()

    let batch = try #require(states.keys.first)
    #expect(states == [batch: "submitted"])
    #expect(first.status == 14)
    #expect(
      first.output == "\(batch) waits for approval: 3 jobs, 3.00 usd. "
        + "Look at it with `sluice preview \(batch)`. (sandbox: no money moves)\n")
    #expect(second == first)
  }

  @Test func `once a person approves, the next night drains it and goes on`() throws {
    let home = try CronHome(csv(jobs: 3))
    _ = try home.cron()
    let batch = try #require(try home.commands.states().keys.first)
    try home.commands.approve(batch)
    try home.list(csv(jobs: 4))

    let next = try home.cron()

    #expect(next.status == 14)
    #expect(try home.commands.report(batch).counts["charged"] == 3)
    #expect(try home.commands.states().values.sorted() == ["finished", "submitted"])
  }

  @Test func `a list of nothing but duplicates holds up no night`() throws {
    let home = try CronHome(csv(jobs: 3))
    try home.cover()
    _ = try home.cron()
    try home.commands.succeed(["submit", "list.csv", "--job", "job.json"])
    try home.list(csv(jobs: 4))

    let next = try home.cron("-q")

    #expect(next == Outcome(0))
    #expect(try home.commands.states().values.sorted() == ["finished", "finished", "submitted"])
  }

  @Test func `a batch that waits with nothing but a job in doubt is not passed over`() throws {
    let home = try CronHome(
      csv("cus_lost_answer_1,1.00,in_1"), more: #", "approval": {"expires_in": "2s"}"#)
    try home.cover()
    let run = try home.commands.start(["cron", "job.json"])
    try waitUntil("the job is in doubt") {
      try home.commands.succeed(["list", "--json"]).contains("\"running\"")
        && home.commands.succeed(["journal", "export"]).contains("in_doubt")
    }
    run.signal(SIGTERM)
    _ = try run.wait()
    let batch = try #require(try home.commands.states().keys.first)
    let before = try home.commands.report(batch).counts["in_doubt"]
    Thread.sleep(forTimeInterval: 2.1)

    let next = try home.cron("-q")

    #expect(before == 1)
    #expect(next == Outcome(0))
    #expect(try home.commands.report(batch).counts["charged"] == 1)
  }

  @Test func `a run that a halt ended is no run that was missed`() throws {
    let home = try CronHome(csv(jobs: 3), more: #", "schedule_every": "1h""#)
    try home.cover()
    try home.commands.succeed(["budget", "set", "usd=2.00", "--per", "day"])

    let halted = try home.cron("-q")

    #expect(halted.status == 11)
    #expect(try home.commands.succeed(["journal", "export"]).contains("cron_ended"))
  }

  @Test func `a declined card waits for a person the next night`() throws {
    let home = try CronHome(csv("cus_1,1.00,in_1", "cus_decline_lost_card_2,1.00,in_2"))
    try home.cover()

    let first = try home.cron("-q")
    let second = try home.cron("-q")

    #expect(first == Outcome(10))
    #expect(second.status == 14)
    #expect(second.output.contains("was declined before, and a person decides about that"))
  }

  @Test func `a batch that its cap halted is told of every night until a person decides`() throws {
    let home = try CronHome(csv(jobs: 5), cap: "3.00")
    try home.cover()

    let first = try home.cron("-q")
    let second = try home.cron("-q")
    let batch = try #require(try home.commands.states().keys.first)
    try home.commands.succeed(["cancel", batch])
    let third = try home.cron("-q")

    #expect(first.status == 11)
    #expect(first.output.contains("3 charged 3.00 usd"))
    #expect(second.status == 11)
    #expect(second.output.contains("sluice amend \(batch)"))
    #expect(third.status == 14)
    #expect(
      third.output.contains(
        "job #4 and 1 other was left out, given up or found not charged before"))
  }

  @Test func `a night with nothing due is in order`() throws {
    let home = try CronHome("account,amount,reference\n")

    #expect(try home.cron("-q") == Outcome(0))
    #expect(try home.commands.states().isEmpty)
  }

  @Test func `an empty file is a broken export, not a night with nothing due`() throws {
    let home = try CronHome("")

    #expect(try home.cron("-q").status == 65)
  }

  @Test func `a list with a mistake queues nothing`() throws {
    let home = try CronHome(csv("cus_1,1.00,in_1", "cus_2,1.000,in_2"))
    try home.cover()

    let outcome = try home.cron("-q")

    #expect(outcome.status == 65)
    #expect(outcome.error.contains("list.csv:3:7"))
    #expect(try home.commands.states().isEmpty)
  }

  @Test func `never two at once, and the second says who is at it`() throws {
    let home = try CronHome("")
    try home.commands.write(
      home.jobFile(source: #"{"command": ["sh", "-c", "sleep 30"], "format": "csv"}"#),
      to: "job.json")
    let first = try home.commands.start(["cron", "job.json"])
    try home.waitForStart()

    let second = try home.cron("-q")
    first.signal(SIGTERM)
    _ = try first.wait()

    #expect(second.status == 75)
    #expect(second.error.contains("process \(first.number) is doing the billing run fees"))
  }

  @Test func `a run that starts late says so, and one in time does not`() throws {
    let home = try CronHome(csv(jobs: 1), more: #", "schedule_every": "1s""#)
    try home.cover()

    let first = try home.cron("-q")
    Thread.sleep(forTimeInterval: 1.6)
    let late = try home.cron("-q")
    let document = try home.commands.sluice(["cron", "job.json", "--json"])

    #expect(first == Outcome(0))
    #expect(late.status == 0)
    #expect(
      late.output.hasPrefix(
        "The billing run fees is late: none has come to its end since the one of 2"))
    #expect(late.output.hasSuffix("and it is due every 1s.\n"))
    #expect(document.output.contains("\"batches\":[]"))
  }

  @Test func `a job file without a source is no billing run`() throws {
    let home = try CronHome("")
    try home.commands.write(JobFileText().text, to: "job.json")

    let outcome = try home.cron()

    #expect(outcome.status == 64)
    #expect(outcome.error.contains("names no source, so there is nothing to gather"))
  }

  @Test func `a batch whose worker was killed goes on`() throws {
    let home = try CronHome(csv(jobs: 3))
    _ = try home.cron()
    let batch = try #require(try home.commands.states().keys.first)
    try home.commands.approve(batch)
    try home.commands.succeed(["run", batch, "--limit", "1"])

    let next = try home.cron("-q")

    #expect(next == Outcome(0))
    #expect(try home.commands.report(batch).counts["charged"] == 3)
  }
}

/// A home with a job file that lists what is due.
final class CronHome {
  let commands: CommandHome
  private let cap: String
  private let more: String

  init(_ list: String, cap: String = "500.00", more: String = "") throws {
    commands = try CommandHome()
    self.cap = cap
    self.more = more
    try self.list(list)
    try commands.write(jobFile(source: #"{"csv": "list.csv"}"#), to: "job.json")
  }

  /// Writes what is due.
  func list(_ text: String) throws { try commands.write(text, to: "list.csv") }

  func jobFile(source: String) -> String {
    JobFileText(cap: cap, more: ", \"source\": \(source)\(more)").text
  }

  /// Does one billing run.
  func cron(_ more: String..., environment: [String: String] = [:]) throws -> Outcome {
    try commands.sluice(["cron", "job.json"] + more, environment: environment)
  }

  /// Approves beforehand whatever the job file plans.
  func cover() throws {
    let words = [
      "standing", "approve", "job.json", "--total", "usd=1000.00", "--per-job", "usd=99.00",
      "--jobs", "1000", "--until", "2999-12-31",
    ]
    let asked = try commands.sluice(words + ["--digest", "0"])
    let digest = asked.error.split(separator: " ").last ?? ""
    try commands.succeed(words + ["--digest", digest.trimmingCharacters(in: .newlines)])
  }

  /// Waits until a billing run has journaled its start.
  func waitForStart() throws {
    try waitUntil("a billing run has started") {
      try commands.succeed(["journal", "export"]).contains("cron_started")
    }
  }
}
