import Foundation
import Support
import Testing

/// A billing run that cannot go on still says what it has done.
@Suite struct CronFaultTests {
  @Test func `what ends a billing run hides nothing of the batches before`() throws {
    let home = try CronHome(csv(jobs: 1))
    let first = try home.plan("cus_error_500,1.00,in_a")
    try home.commands.remove("list.csv")

    let outcome = try home.cron("--json")

    #expect(outcome.status == 13)
    #expect(outcome.output.contains("{\"batch\":\"\(first)\","))
    #expect(outcome.output.contains("\"exit\":13}\n"))
    #expect(outcome.error.contains("list.csv"))
  }

  @Test func `what ends a billing run before anything is done is its error`() throws {
    let home = try CronHome(csv(jobs: 1))
    _ = try home.plan("cus_a,1.00,in_a")
    try home.commands.succeed(["stop", "--reason", "wrong list"])

    let outcome = try home.cron("--json")

    #expect(outcome.status == 12)
    #expect(outcome.output.isEmpty)
    #expect(outcome.error.hasPrefix("{\"error\":"))
  }

  @Test func `the stop of one batch holds up no other`() throws {
    let home = try CronHome(csv(jobs: 1))
    let first = try home.plan("cus_a,1.00,in_a")
    let second = try home.plan("cus_b,1.00,in_b")
    try home.commands.write(csv("cus_c,1.00,in_c"), to: "plan.csv")
    let third = try home.commands.succeed(
      ["submit", "plan.csv", "--job", "job.json", "--quiet"]
    ).trimmingCharacters(in: .newlines)
    try home.cover()
    for batch in [first, third] { try home.commands.succeed(["stop", batch, "--reason", "ask"]) }

    let night = try home.cron()

    #expect(night.status == 12)
    #expect(night.error.contains("\(first) is left out: \(first) does not run: stopped by "))
    #expect(night.error.contains("\(third) is left out: \(third) does not run: stopped by "))
    #expect(try home.commands.states()[first] == "approved")
    #expect(try home.commands.states()[third] == "submitted")
    #expect(try home.commands.report(second).counts["charged"] == 1)
    #expect(try home.commands.states().values.filter { $0 == "finished" }.count == 2)
  }

  @Test func `a run of every batch goes on past the stop of one`() throws {
    let home = try CommandHome()
    let first = try home.plan(csv("cus_a,1.00,in_a"))
    let second = try home.plan(csv("cus_b,1.00,in_b"))
    try home.succeed(["stop", first, "--reason", "ask"])

    let outcome = try home.sluice(["run"])

    #expect(outcome.status == 12)
    #expect(outcome.error.contains("\(first) is left out: \(first) does not run: stopped by "))
    #expect(try home.report(second).counts["charged"] == 1)
  }

  @Test func `under a stop nothing is approved beforehand, and once it is lifted it is`() throws {
    let home = try CronHome(csv(jobs: 2))
    try home.cover()
    try home.commands.succeed(["stop", "--reason", "wrong list"])

    let stopped = try home.cron()
    let used = try home.commands.succeed(["standing", "list"])
    try home.commands.succeed(["unstop"])
    let lifted = try home.cron()

    #expect(stopped.status == 14)
    #expect(stopped.output.contains("waits for approval (stopped by "))
    #expect(stopped.output.contains("wrong list)"))
    #expect(used.contains(" 0/1,000"))
    #expect(lifted.status == 0)
    #expect(lifted.output.contains("2 charged 2.00 usd"))
  }

  @Test func `after a halt that others would meet nothing more is gathered`() throws {
    let home = try CronHome(csv(jobs: 2))
    let batch = try home.plan("cus_a,1.00,in_a", "cus_b,1.00,in_b")
    try home.cover()
    try home.commands.succeed(["budget", "set", "usd=1.50", "--per", "day"])

    let night = try home.cron()

    #expect(night.status == 11)
    #expect(try home.commands.states() == [batch: "halted"])
  }

  @Test func `a billing run that fails is told, and counts for none of its schedule`() throws {
    let webhook = try WebhookServer()
    let home = try CronHome(
      csv(jobs: 1), more: #", "notify": {"webhook_env": "HOOK"}, "schedule_every": "1s""#)
    home.commands.environment["HOOK"] = webhook.url
    try home.cover()
    _ = try home.cron("-q")
    try home.commands.remove("list.csv")

    let failed = try home.cron("-q")
    Thread.sleep(forTimeInterval: 1.2)
    try home.list(csv(jobs: 1))
    let next = try home.cron("-q")
    let posted = try webhook.posted()

    #expect(failed.status == 66)
    #expect(next.status == 0)
    #expect(posted.map { $0["event"] as? String } == ["finished", "failed", "late"])
    #expect(posted[1]["exit"] as? Int == 66)
    #expect((posted[1]["text"] as? String)?.contains("fees failed (exit 66): ") == true)
  }

  @Test func `a batch that another process works on is left out, and the others go on`() throws {
    let home = try CronHome(csv(jobs: 1))
    let first = try home.plan("cus_a,1.00,in_a")
    let second = try home.plan("cus_b,1.00,in_b")
    let lock = home.commands.path + "/locks/\(first).lock"

    let outcome = try home.commands.sluice(["cron", "job.json"], under: ["flock", lock])

    #expect(outcome.status == 14)
    #expect(outcome.error.contains("\(first) is left out"))
    #expect(try home.commands.states()[first] == "approved")
    #expect(try home.commands.report(second).counts["charged"] == 1)
  }
}

extension CronHome {
  /// Queues and approves some lines under the job file; returns the batch.
  fileprivate func plan(_ lines: String...) throws -> String {
    try commands.write(csv(lines), to: "plan.csv")
    let words = ["submit", "plan.csv", "--job", "job.json", "--quiet"]
    let batch = try commands.succeed(words).trimmingCharacters(in: .newlines)
    try commands.approve(batch)
    return batch
  }
}
