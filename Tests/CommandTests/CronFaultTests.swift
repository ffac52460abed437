import Foundation
import Support
import Testing

/// A billing run that cannot go on still says what it has done.
@Suite struct CronFaultTests {
  @Test func `what ends a billing run hides nothing of the batches before`() throws {
    let home = try CronHome(csv(jobs: 1))
    let first = try home.plan("cus_error_500,1.00,in_a")
    let second = try home.plan("cus_b,1.00,in_b")
    try home.commands.succeed(["stop", second, "--reason", "wrong list"])

    let outcome = try home.cron("--json")

    #expect(outcome.status == 13)
    #expect(outcome.output.contains("{\"batch\":\"\(first)\","))
    #expect(outcome.output.contains("\"exit\":13}\n"))
    #expect(outcome.error.contains("wrong list"))
  }

  @Test func `what ends a billing run before anything is done is its error`() throws {
    let home = try CronHome(csv(jobs: 1))
    let batch = try home.plan("cus_a,1.00,in_a")
    try home.commands.succeed(["stop", batch, "--reason", "wrong list"])

    let outcome = try home.cron("--json")

    #expect(outcome.status == 12)
    #expect(outcome.output.isEmpty)
    #expect(outcome.error.hasPrefix("{\"error\":"))
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
  /// Queues and approves one line under the job file; returns the batch.
  fileprivate func plan(_ line: String) throws -> String {
    try commands.write(csv(line), to: "plan.csv")
    let words = ["submit", "plan.csv", "--job", "job.json", "--quiet"]
    let batch = try commands.succeed(words).trimmingCharacters(in: .newlines)
    try commands.approve(batch)
    return batch
  }
}
