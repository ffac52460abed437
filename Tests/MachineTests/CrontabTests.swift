import Foundation
import Support
import Testing

extension MachineTests {
  /// What a real cron makes of the line that people copy.
  @Suite struct CrontabTests {
    let machine: Machine

    init() throws { machine = try Machine() }

    @Test func `cron charges what is covered in silence, and mails what waits`() throws {
      let covered = try DueList("covered", ["cus_c1,c1,1.00,usd", "cus_c2,c2,2.00,usd"])
      let uncovered = try DueList("uncovered", ["cus_u1,u1,4.00,usd"])
      try covered.cover()
      let line = try Self.line()
      let silent = line.replacing("overdue.json", with: "covered.json")
      let mailed = line.replacing("overdue.json", with: "uncovered.json") + " || echo \"exit $?\""
      let crontab = try Self.crontab().replacing(line, with: silent + "\n" + mailed)

      let cron = try CronDaemon(crontab)
      try waitUntil("cron has mailed", seconds: 120) { try !cron.mails().isEmpty }
      try waitUntil("the covered list has run", seconds: 60) {
        try covered.batch()?.state == "finished"
      }
      try waitUntil("cron's jobs have ended", seconds: 60) { try cron.isIdle() }

      let mails = try cron.mails()
      let waiting = try #require(try uncovered.batch())
      #expect(waiting.state == "submitted")
      for mail in mails {
        #expect(mail.head.contains("\nTo: \(User.billing.name)@example.com\n"), "\(mail.head)")
        #expect(
          mail.text == "\(waiting.id) waits for approval: 1 job, 4.00 usd. Look at it with "
            + "`sluice preview \(waiting.id)`. (sandbox: no money moves)\nexit 14\n",
          "\(mail.head)")
      }
      let report = try Machine.document("report \(covered.batch()?.id ?? "")")
      #expect((report["counts"] as? [String: Int])?["charged"] == 2)
      #expect(report["submitted_by"] as? String == User.billing.name)
    }

    /// The shipped crontab for this machine, every minute.
    private static func crontab() throws -> String {
      Installation.renamed(try Repository.text("jobs/sluice.crontab"))
        .replacing("\n17 3 * * *", with: "\n* * * * *")
    }

    /// Its only line that runs something.
    private static func line() throws -> String {
      let lines = try crontab().split(separator: "\n").filter { $0.hasPrefix("* * * * *  ") }
      #expect(lines.count == 1)
      return String(try #require(lines.first))
    }
  }
}
