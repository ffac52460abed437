import Foundation
import Support
import Testing

/// People are told where they are, and what cannot be told never stops or repeats a charge.
@Suite struct WebhookTests {
  @Test func `a batch that waits, and how its run ends, are posted`() throws {
    let webhook = try WebhookServer()
    let home = try notifyingHome(webhook.url)

    let batch = try home.submit(csv(jobs: 2), under: job()).batch
    try home.approve(batch)
    try home.succeed(["run", batch])
    let posted = try webhook.posted()

    #expect(posted.map { $0["event"] as? String } == ["waiting", "finished"])
    #expect(posted.map { $0["batch"] as? String } == [batch, batch])
    #expect(
      posted.last?["text"] as? String == "\(batch) is finished. 2 of 2 jobs charged, 2.00 usd. "
        + "See `sluice report \(batch)`. (sandbox: no money moves)")
    #expect((posted.last?["counts"] as? [String: Int])?["charged"] == 2)
    #expect(posted.last?["mode"] as? String == "sandbox")
  }

  @Test(arguments: [
    ("cus_1", "3.00", "0.50", "halted", Int32(11)),
    ("cus_error_500", "3.00", "9.00", "needs_person", 13),
  ])
  func `a halt, and a job that needs a person, are posted`(
    account: String, amount: String, cap: String, event: String, status: Int32
  ) throws {
    let webhook = try WebhookServer()
    let home = try notifyingHome(webhook.url)
    let batch = try home.submit(csv("\(account),\(amount),in_1"), under: job(cap: cap)).batch
    try home.approve(batch)

    let outcome = try home.sluice(["run", batch])

    #expect(outcome.status == status)
    #expect(try webhook.posted().map { $0["event"] as? String } == ["waiting", event])
  }

  @Test func `a list of nothing but duplicates waits for nobody`() throws {
    let webhook = try WebhookServer()
    let home = try notifyingHome(webhook.url)
    try home.succeed(try submitWords(home))

    try home.succeed(try submitWords(home))

    #expect(try webhook.posted().count == 1)
  }

  @Test func `a billing run posts each thing once`() throws {
    let webhook = try WebhookServer()
    let home = try CronHome(
      csv(jobs: 2), more: #", "notify": {"webhook_env": "HOOK"}, "schedule_every": "1s""#)
    home.commands.environment["HOOK"] = webhook.url

    _ = try home.cron("-q")
    let batch = try #require(try home.commands.states().keys.first)
    try home.commands.approve(batch)
    Thread.sleep(forTimeInterval: 1.6)
    _ = try home.cron("-q")

    #expect(
      try webhook.posted().map { $0["event"] as? String } == ["waiting", "late", "finished"])
  }

  @Test(arguments: [nil, "", "http://example.com/hook", "http://127.0.0.1:1/hook", "not a url"])
  func `what cannot be told is said and journaled, and changes nothing`(address: String?) throws {
    let home = try CommandHome()
    home.environment["HOOK"] = address

    let submitted = try home.sluice(try submitWords(home))
    let batch = try #require(try home.states().keys.first)
    try home.approve(batch)
    let run = try home.sluice(["run", batch])

    #expect(submitted.status == 0)
    #expect(submitted.error.contains("nobody was told of \(batch)"))
    #expect(run.status == 0)
    #expect(run.output.contains("2 charged 2.00 usd"))
    #expect(try home.succeed(["journal", "export"]).contains("notify_failed"))
    #expect(try home.sluice(["journal", "verify"]).status == 0)
  }

  @Test func `a webhook that refuses is told of, and its address is in nothing that is said`()
    throws
  {
    let webhook = try WebhookServer(answering: 500)
    let home = try notifyingHome(webhook.url)

    let outcome = try home.sluice(try submitWords(home))

    #expect(outcome.status == 0)
    #expect(outcome.error.contains("the webhook answers 500"))
    #expect(try webhook.posted().count == 1)
    let said = outcome.output + outcome.error + (try home.succeed(["journal", "export"]))
    #expect(!said.contains("path_secret"))
  }

  @Test(arguments: [
    (#"{"webhook_env": "https://hooks.example/x"}"#, "names the variable of the environment"),
    (#"{"webhook": "X"}"#, "unknown key"), (#""X""#, "must be an object"),
  ])
  func `a job file names a variable, never an address`(notify: String, message: String) throws {
    let home = try CommandHome()
    try home.write(JobFileText(more: ", \"notify\": \(notify)").text, to: "job.json")
    try home.write(csv(jobs: 1), to: "plan.csv")

    let outcome = try home.sluice(["submit", "plan.csv", "--job", "job.json"])

    #expect(outcome.status == 65)
    #expect(outcome.error.contains(message))
  }

  private func job(cap: String = "500.00") -> String {
    JobFileText(cap: cap, more: #", "notify": {"webhook_env": "HOOK"}"#).text
  }

  private func notifyingHome(_ url: String) throws -> CommandHome {
    let home = try CommandHome()
    home.environment["HOOK"] = url
    return home
  }

  private func submitWords(_ home: CommandHome) throws -> [String] {
    try home.write(csv(jobs: 2), to: "plan.csv")
    try home.write(job(), to: "job.json")
    return ["submit", "plan.csv", "--job", "job.json"]
  }
}
