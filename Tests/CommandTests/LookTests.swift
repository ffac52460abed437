import Foundation
import Report
import Support
import Testing

@Suite struct LookTests {
  private let home: CommandHome

  init() throws { home = try CommandHome() }

  // MARK: CSV

  @Test func `the CSV report opens elsewhere, adds up, and holds no formula`() throws {
    let batch = try home.plan(
      csv(
        "cus_1,1.25,=1+1", "cus_2,2.00,\"\"\"@SUM(A1)\"", "cus_decline_lost_card,3.00,-5",
        "cus_3,4.00,\"a;\"\"=b\"", "cus_no_payment_method,5.00,  +1", "cus_4,500.00,last"))
    _ = try home.sluice(["run", batch])
    try home.succeed(["report", batch, "--format", "csv", "--output", "report.csv"])
    let json = try home.succeed(["report", batch, "--format", "json"])
    try home.write(json, to: "report.json")

    let outcome = try home.python(
      """
      import csv, json, re
      rows = list(csv.DictReader(open("report.csv", newline="", encoding="utf-8")))
      report = json.load(open("report.json"))
      assert len(rows) == len(report["jobs"]) == 6, rows
      for heading in report["counts"]:
          if heading == "submitted": continue
          mine = [row for row in rows if row["outcome"] == heading]
          assert len(mine) == report["counts"][heading], heading
          assert sum(int(row["amount_minor"]) for row in mine) == report["totals"][0][heading]
      for row, job in zip(rows, report["jobs"]):
          assert round(float(row["amount"]) * 100) == int(row["amount_minor"]) == job["amount"]
          for name in ("account", "outcome", "operation", "currency"):
              assert row[name] == job[name], row
          for name in ("reason", "object", "at", "invoice", "charge"):
              assert row[name] == (job[name] or ""), row
          assert row["reference"].removeprefix("'") == job["reference"], row
          for cell in row.values():
              assert not re.match(r'[\\s"`“]*[=+@\\-]', cell), cell
              assert not re.search(r"[\\x00-\\x1f\\x7f]", cell), cell
      text = open("report.csv", newline="").read()
      assert text.count("\\n") == text.count("\\r\\n") == 7
      """)

    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(try home.succeed(["report", batch, "--format", "csv"]).utf8.count > 500)
  }

  @Test func `a planner's label stands under its own heading in the list`() throws {
    try home.write(JobFileText().text, to: "job.json")
    try home.write(csv(jobs: 1), to: "plan.csv")
    try home.succeed(["submit", "plan.csv", "--job", "job.json", "--planner", "boss"])

    let lines = try home.succeed(["list"]).split(separator: "\n")

    #expect(lines[0].hasSuffix("  SUBMITTED   PLANNER"))
    #expect(lines[1].hasSuffix("  boss"))
  }

  @Test func `a report takes no device's place`() throws {
    let batch = try home.submit(csv(jobs: 1)).batch
    try FileManager.default.createSymbolicLink(
      atPath: home.folder + "/null", withDestinationPath: "/dev/null")

    for path in ["null", "."] {
      let outcome = try home.sluice(["report", batch, "--output", path])

      #expect(outcome.status == 64)
      #expect(outcome.error.hasPrefix("sluice: \(path) is a folder, a device or a pipe\n  name "))
    }
    #expect(!FileManager.default.fileExists(atPath: home.folder + "/null.new"))
  }

  @Test func `a format that does not exist is told what there is`() throws {
    let batch = try home.submit(csv(jobs: 1)).batch

    let outcome = try home.sluice(["report", batch, "--format", "pdf"])

    #expect(outcome.status == 64)
    #expect(outcome.error.contains("choose text, json, csv or html"))
    for format in ["csv", "html", "text"] {
      let both = try home.sluice(["report", batch, "--format", format, "--json"])
      #expect(both.status == 64)
      #expect(both.error.contains("--json and --format \(format) ask for two formats"))
    }
  }

  // MARK: Lists

  @Test func `batches are listed by state, at most so many`() throws {
    let first = try home.submit(csv("cus_1,1.00,a")).batch
    let second = try home.submit(csv("cus_1,1.00,b")).batch
    let third = try home.plan(csv("cus_1,1.00,c"))
    try home.succeed(["reject", first, "--reason", "no"])

    #expect(try listed(["--state", "rejected"]) == [first])
    #expect(try listed(["--state", "approved", "--state", "submitted"]) == [third, second])
    #expect(try listed(["--limit", "2"]) == [third, second])
    #expect(try listed(["--state", "halted"]) == [])
    let typo = try home.sluice(["list", "--state", "aproved"])
    #expect(typo.status == 64)
    #expect(typo.error.contains("did you mean approved? choose one of draft, submitted"))
    #expect(try home.sluice(["list", "--limit", "0"]).status == 64)
  }

  @Test func `a batch that does not add up is warned about, and the others are shown`() throws {
    let whole = try home.submit(csv("cus_1,1.00,a")).batch
    let broken = try home.submit(csv("cus_2,1.00,b", "cus_3,1.00,c")).batch
    try home.tamper("DELETE FROM job WHERE account = 'cus_3'")

    let outcome = try home.sluice(["list"])

    #expect(outcome.status == 0)
    #expect(outcome.error.contains("the report of \(broken) does not add up"))
    #expect(outcome.output.contains(whole))
    #expect(!outcome.output.contains(broken))
  }

  // MARK: Jobs

  @Test func `jobs are filtered by outcome, reason, account and number`() throws {
    let batch = try halted()

    #expect(try jobs(batch, []) == [1, 2, 3, 4, 5, 6, 7])
    #expect(try jobs(batch, ["--outcome", "charged"]) == [1, 4])
    #expect(try jobs(batch, ["--outcome", "skipped"]) == [3, 5, 6, 7])
    #expect(try jobs(batch, ["--outcome", "queued"]) == [])
    #expect(try jobs(batch, ["--outcome", "declined", "--outcome", "charged"]) == [1, 2, 4])
    #expect(try jobs(batch, ["--reason", "lost_card"]) == [2])
    #expect(try jobs(batch, ["--reason", "cap_exhausted"]) == [5, 6, 7])
    #expect(try jobs(batch, ["--reason", "no_payment_method"]) == [3])
    #expect(try jobs(batch, ["--account", "cus_1", "--account", "cus_6"]) == [1, 6])
    #expect(try jobs(batch, ["--number", "2,5-6"]) == [2, 5, 6])
    #expect(
      try jobs(batch, ["--number", "2-7", "--outcome", "skipped", "--limit", "2"]) == [3, 5])
    let typo = try home.sluice(["show", batch, "--outcome", "chraged"])
    #expect(typo.status == 64)
    #expect(typo.error.contains("did you mean charged? choose one of charged, declined"))
    #expect(try home.succeed(["show", batch, "--account", "cus_99"]).hasSuffix("like that.\n"))
  }

  @Test func `every reason of the report finds its jobs`() throws {
    let batch = try halted()
    let report = try home.report(batch)
    let reasons = Set(report.jobs.compactMap(\.reason))

    for reason in reasons {
      let expected = report.jobs.filter { $0.reason == reason }.map(\.number)
      #expect(try jobs(batch, ["--reason", reason]) == expected, "\(reason)")
    }
    #expect(reasons == ["lost_card", "no_payment_method", "cap_exhausted"])
  }

  @Test func `the text of a batch and its jobs is in columns`() throws {
    let batch = try halted()
    let text = try home.succeed(["show", batch, "--jobs"])

    let parts = text.components(separatedBy: "\n\n")
    #expect(parts.count == 2)
    #expect(
      parts.last == """
        JOB  LINE  ACCOUNT                REFERENCE    AMOUNT  OUTCOME      WHY
         #1     2  cus_1                  in_1       1.00 usd  charged      pi_sandbox_1
         #2     3  cus_decline_lost_card  in_2       1.00 usd  declined     lost_card
         #3     4  cus_no_payment_method  in_3       1.00 usd  skipped      no_payment_method
         #4     5  cus_4                  in_4       1.00 usd  charged      pi_sandbox_3
         #5     6  cus_5                  in_5       1.00 usd  skipped      cap_exhausted
         #6     7  cus_6                  in_6       1.00 usd  skipped      cap_exhausted
         #7     8  cus_7                  in_7       1.00 usd  skipped      cap_exhausted

        """)
    let lines = parts[0].split(separator: "\n")
    #expect(lines.count <= 24)
    #expect(lines.contains("  mode        sandbox: no money moves"))
    #expect(lines.contains("  halts after 10 declined, 3 rejected or 5 unreachable in a row"))
    #expect(lines.contains("  expiry      a vault key after 1h, an approval after 24h"))
  }

  @Test(arguments: [
    "r" + String(repeating: "\u{301}", count: 30), String(repeating: "漢字", count: 60),
    "\u{1B}[2J\u{1B}]0;x\u{7}", "\u{202E}شלום", String(repeating: "👍🏽", count: 40), "=1+1",
  ])
  func `whatever a planner wrote, every line fits and is harmless`(_ evil: String) throws {
    let batch = try home.plan(
      csv("cus_1,1.00,a", "cus_1,2.00,b", "cus_error_500,1.00,c", "cus_2,1.00,d"))
    _ = try home.sluice(["run", batch])
    let text = evil + String(repeating: "x", count: 150)
    try home.tamper(
      """
      UPDATE job SET account = '\(text)', reference = '\(text)' || number, message = '\(text)',
                     object = '\(text)', decline_code = iif(state = 'declined', '\(text)', NULL);
      UPDATE batch SET planner = '\(text)', source = '\(text)', submitted_by = '\(text)';
      UPDATE approval SET approver = '\(text)', note = '\(text)';
      """)

    for words in [
      ["list"], ["show", batch, "--jobs"], ["preview", batch], ["report", batch],
      ["preview", batch, "--except", "4"],
    ] {
      let outcome = try home.sluice(words)
      #expect(outcome.status == 0, "\(words): \(outcome.error)")
      for line in outcome.output.split(separator: "\n") {
        #expect(Layout.width(of: line) <= 100, "\(line)")
        #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E }, "\(line)")
      }
    }
  }

  // MARK: The preview

  @Test func `a preview leaves jobs out of its totals and says how many`() throws {
    let batch = try home.submit(csv(jobs: 5)).batch

    let text = try home.succeed(["preview", batch, "--except", "2,4-5"])

    #expect(text.contains("\n  to charge   2 jobs, 2.00 usd\n"))
    #expect(text.contains("\n  left out    3 jobs (2,4-5), to be skipped: excluded\n"))
    #expect(text.contains("  2 jobs up to #3 are charged, 2.00 usd; every job fits\n"))
    #expect(text.hasSuffix("sluice approve \(batch) --except 2,4-5\n"))
  }

  @Test func `a preview tells every budget, what is left of it and when its day ends`() throws {
    try home.succeed(["budget", "set", "usd=20.00", "--per", "day"])
    let batch = try home.submit(csv(jobs: 1)).batch

    let text = try home.succeed(["preview", batch])

    #expect(text.contains("\n  home per day usd   20.00   0.00  0.00   20.00\n"))
    #expect(text.contains("\n  The UTC day ends at 2"))
  }

  /// Seven jobs of 1.00, of which a cap of 2.00 lets two be charged.
  private func halted() throws -> String {
    let accounts = [
      "cus_1", "cus_decline_lost_card", "cus_no_payment_method", "cus_4", "cus_5", "cus_6",
      "cus_7",
    ]
    let lines = accounts.enumerated().map { "\($1),1.00,in_\($0 + 1)" }
    let batch = try home.plan(csv(lines), under: JobFileText(cap: "2.00").text)
    _ = try home.sluice(["run", batch])
    return batch
  }

  private func listed(_ more: [String]) throws -> [String] {
    try home.document(["list"] + more, as: BatchList.self).batches.map(\.batch)
  }

  private func jobs(_ batch: String, _ more: [String]) throws -> [Int] {
    try home.document(["show", batch, "--jobs"] + more, as: Shown.self).jobs.map(\.number)
  }
}

/// What `show --jobs` says of the jobs.
private struct Shown: Decodable {
  struct Job: Decodable {
    let number: Int
  }

  let jobs: [Job]
}

extension CommandHome {
  /// Runs a script in the folder.
  fileprivate func python(_ script: String) throws -> Outcome {
    try RunningProcess(
      ["python3", "-c", script], in: folder, environment: Sluice.environment([:])
    ).wait()
  }
}
