import Foundation
import Support
import Testing

@Suite struct PreviewTests {
  private let home: CommandHome

  init() throws { home = try CommandHome() }

  /// The text of a preview without its digest.
  private func preview(_ batch: String, environment: [String: String] = [:]) throws -> String {
    let text = try home.succeed(["preview", batch], environment: environment)
    return text.components(separatedBy: "\ndigest ")[0]
  }

  private func onTerminal(
    _ words: [String], lines: Int, environment: [String: String]
  ) throws -> Outcome {
    let terminal = ["TERM": "xterm", "TERMINAL_LINES": "\(lines)"]
    return try home.sluice(
      words, environment: terminal.merging(environment) { $1 },
      under: ["python3", Repository.terminal, "\\n"])
  }

  // MARK: What is told

  @Test func `the preview tells what to look at, job by job, and by which rule`() throws {
    let earlier = try home.plan(
      csv(
        "cus_1,10.00,a1", "cus_1,12.00,a2", "cus_1,30.00,a3", "cus_2,5.00,b1",
        "cus_decline_lost_card,9.00,c1"))
    _ = try home.sluice(["run", earlier])
    let report = try home.succeed(["report", earlier, "--json"])
    let day = try #require(report.firstMatch(of: /"at":"(.{10})T/)).output.1
    let batch = try home.submit(
      csv(
        "cus_1,40.00,d1", "cus_2,5.00,b1", "cus_decline_lost_card,9.00,c1", "cus_3,2.00,d4",
        "cus_1,12.00,d5"),
      under: JobFileText(
        policy: #", "max_per_job": [{"amount": "39.99", "currency": "usd"}]"#
      ).text
    ).batch

    let text = try preview(batch)

    let told = text.components(separatedBy: "\nLook at\n").last ?? ""
    #expect(
      told == """
          Over the limit per job: 1 job, 40.00 usd
            The run halts at the first.
            #1  40.00 usd  cus_1  d1  line 2  limit 39.99 usd
          Skipped as duplicates: 1 job, 5.00 usd
            #2  5.00 usd  cus_2  b1  line 3  taken by \(earlier)#4
          Account charged in the last 7 days: 2 jobs, 52.00 usd
            By this home, in other batches.
            #1  40.00 usd  cus_1  d1  line 2  52.00 usd in 3 charges, last on \(day)
            #5  12.00 usd  cus_1  d5  line 6  52.00 usd in 3 charges, last on \(day)
          Reference declined before: 1 job, 9.00 usd
            #3  9.00 usd  cus_decline_lost_card  c1  line 4  lost_card on \(day), \(earlier)#5
          Far from the account's usual amount: 1 job, 40.00 usd
            More than 3 times, or less than 1/3 of, the median of what this home has
            charged the account in other batches in the last 365 days, where that is at
            least 3 charges; of two in the middle the lower.
            #1  40.00 usd  cus_1  d1  line 2  usually 12.00 usd, of 3 charges
          Account never charged before: 2 jobs, 11.00 usd
            By this home, in other batches.
            #3  9.00 usd  cus_decline_lost_card  c1  line 4
            #4  2.00 usd  cus_3                  d4  line 5

        Forecast, if every charge succeeds
          no job is charged;
          the batch stops at #1 (40.00 usd): it is over the limit per job; 4 are not
          reached

        Budgets
          budget      limit  spent  held    room
          batch usd  500.00   0.00  0.00  500.00

        """)
  }

  @Test func `five jobs of each kind are told, and how many more there are`() throws {
    let batch = try home.submit(csv(jobs: 1207)).batch

    let text = try preview(batch)

    #expect(text.contains("  Account never charged before: 1,207 jobs, 1,207.00 usd\n"))
    #expect(text.contains("    #5  1.00 usd  cus_5  in_5  line 6\n    and 1,202 more\n"))
    #expect(!text.contains("#6 "))
  }

  @Test(arguments: [("UTC", nil), ("XYZ-2", "02:00 XYZ"), ("ABC+3:30", "20:30 ABC")])
  func `the end of a budget's day is told by the clock on the wall`(
    zone: String, end: String?
  ) throws {
    try home.succeed(["budget", "set", "usd=100.00", "--per", "day"])
    let batch = try home.submit(csv(jobs: 1)).batch

    let text = try preview(batch, environment: ["TZ": zone])
    let json = try home.succeed(["preview", batch, "--json"], environment: ["TZ": zone])

    #expect(text.contains("  The UTC day ends at "))
    let local = text.components(separatedBy: "\n").first { $0.hasPrefix("  Here the day ends at ") }
    #expect(local.map { String($0.dropLast().suffix(end?.count ?? 0)) } == end)
    #expect(json.contains("T00:00:00+00:00") == (end == nil))
    #expect(json.contains("T02:00:00+02:00") == (zone == "XYZ-2"))
    #expect(json.contains("T20:30:00-03:30") == (zone == "ABC+3:30"))
  }

  @Test func `what planners and Stripe wrote reaches the terminal as text`() throws {
    let earlier = try home.plan(csv("cus_decline_lost_card,9.00,c1"))
    _ = try home.sluice(["run", earlier])
    let batch = try home.submit(csv("cus_decline_lost_card,9.00,c1", "cus_2,1.00,c2")).batch
    let escape = "char(27) || '[31m' || char(8238) || '<b>'"
    try home.tamper("UPDATE job SET decline_code = \(escape) WHERE state = 'declined'")
    try home.tamper("UPDATE job SET reference = \(escape) WHERE account = 'cus_2'")

    let text = try preview(batch)
    let json = try home.succeed(["preview", batch, "--json"])

    #expect(text.contains("\\u{1b}[31m\\u{202e}<b>  line 3"))
    #expect(text.contains("line 2  \\u{1b}[31m\\u{202e}<b> on 20"))
    for scalar in (text + json).unicodeScalars where scalar != "\n" {
      #expect(scalar.properties.generalCategory != .control)
    }
  }

  // MARK: HTML

  @Test func `the page tells the same, loads nothing, and makes no markup of what was written`()
    throws
  {
    let earlier = try home.plan(csv("cus_1,9.00,c1"))
    try home.succeed(["run", earlier])
    let batch = try home.submit(csv("cus_1,9.00,</td><script>alert(1)</script>"))

    try home.succeed(["preview", batch.batch, "--format", "html", "--output", "preview.html"])

    let page = try home.read("preview.html")
    #expect(page.hasPrefix("<!DOCTYPE html>\n"))
    #expect(page.hasSuffix("</body>\n</html>\n"))
    for words in [
      "<title>Sluice · \(batch.batch)</title>", "<code>\(batch.digest)</code>",
      "1 job up to #1 is charged, 9.00 usd; every job fits", "Account charged in the last 7 days",
      "<bdi>9.00 usd on 20", "&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;",
      "default-src 'none'", "script-src 'none'",
      "<code>sluice approve \(batch.batch)</code>",
    ] {
      #expect(page.contains(words), "\(words)")
    }
    for word in ["<script", "http:", "https:", " src=", "<link", " style="] {
      #expect(!page.contains(word), "\(word)")
    }
    #expect(try home.succeed(["preview", batch.batch, "--format", "html"]).contains("<main>"))
  }

  @Test func `a preview in an unknown format, or in two, is not written`() throws {
    let batch = try home.submit(csv(jobs: 1)).batch

    let unknown = try home.sluice(["preview", batch, "--format", "csv"])
    let two = try home.sluice(["preview", batch, "--format", "html", "--json"])
    let json = try home.succeed(["preview", batch, "--format", "json"])

    #expect(unknown.status == 64)
    #expect(unknown.error.contains("choose text, json or html"))
    #expect(two.status == 64)
    #expect(json.hasPrefix("{\"batch\":"))
  }

  // MARK: Pages

  @Test func `a number that no queued job has is refused before anything is shown`() throws {
    let plan = try home.submit(csv(jobs: 3))

    let preview = try home.sluice(["preview", plan.batch, "--except", "3,900"])
    let asked = try onTerminal(
      ["approve", plan.batch, "--except", "3,900"], lines: 99, environment: [:])

    let message = "#900 cannot be left out: \(plan.batch) has no queued job of that number"
    #expect(preview.status == 64)
    #expect(preview.output.isEmpty)
    #expect(preview.error.contains(message))
    #expect(asked.status == 64)
    #expect(asked.output.contains(message))
    #expect(!asked.output.contains("digest"))
  }

  @Test func `text longer than the terminal goes through the pager, and only that`() throws {
    let batch = try home.submit(csv(jobs: 9)).batch
    let pager = ["PAGER": "sed 's/^/| /'"]

    let long = try onTerminal(["preview", batch], lines: 10, environment: pager)
    let short = try onTerminal(["preview", batch], lines: 99, environment: pager)
    let json = try onTerminal(["preview", batch, "--json"], lines: 2, environment: pager)
    let piped = try home.sluice(["preview", batch], environment: pager)

    #expect(long.status == 0)
    #expect(long.output.contains("| Largest jobs\r\n"), "\(long)")
    for outcome in [short, json, piped] {
      #expect(outcome.status == 0)
      #expect(!outcome.output.contains("| "))
      #expect(outcome.output.contains(batch))
    }
  }

  @Test func `approve shows a long preview through the pager, then asks`() throws {
    let batch = try home.submit(csv(jobs: 9)).batch

    let outcome = try onTerminal(
      ["approve", batch], lines: 10, environment: ["PAGER": "sed 's/^/| /'"])

    #expect(outcome.output.contains("| Largest jobs\r\n"), "\(outcome)")
    #expect(outcome.output.contains("\r\nApprove exactly this plan? [y/N] "))
  }

  @Test(arguments: ["", "cat", "no-such-pager"])
  func `without a pager the text is shown all the same`(_ pager: String) throws {
    let batch = try home.submit(csv(jobs: 9)).batch
    let plain = try home.succeed(["preview", batch]).replacing("\n", with: "\r\n")

    let outcome = try onTerminal(["preview", batch], lines: 10, environment: ["PAGER": pager])

    #expect(outcome.status == 0)
    #expect(outcome.output.hasSuffix(plain), "\(outcome)")
  }

  @Test func `a pager that is left early, and the keys, are its own business`() throws {
    let batch = try home.submit(csv(jobs: 900)).batch

    let outcome = try onTerminal(
      ["preview", batch], lines: 10,
      environment: ["PAGER": "head -n 1; env", "STRIPE_API_KEY": "rk_test_1", "MINE": "kept"])

    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix("\(batch) is submitted\r\n"), "\(outcome)")
    #expect(outcome.output.contains("MINE=kept\r\n"))
    #expect(!outcome.output.contains("rk_test_1"))
  }

  @Test func `less is the pager where nobody has chosen one`() throws {
    let batch = try home.submit(csv(jobs: 9)).batch
    try home.write("#!/bin/sh\necho \"less $*\"\n", to: "less")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: home.folder + "/less")
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"

    let outcome = try onTerminal(
      ["preview", batch], lines: 10, environment: ["PATH": home.folder + ":" + path])

    #expect(outcome == Outcome(0, output: "less -FRX\r\n"))
  }
}
