import Foundation
import Support
import Testing

/// What a planner wrote is harmless in every output: nothing moves the cursor, hides or turns
/// around what stands there, is a formula or a tag to anyone, or fills the screen.
@Suite struct HostilePlanTests {
  /// Texts that the queue takes, each meant to do harm where it is shown.
  fileprivate static let texts = [
    "=HYPERLINK(\"http://x\",\"pay\")", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "'=1", " =1",
    "\u{FF1D}1+1", "<script>alert(1)</script><img src=x onerror=alert(1)>", "\"><b>",
    "a,b;c\u{A0}d",
    "\u{202E}99.991 \u{202C}usd", "0 need you\u{200B}\u{2066}\u{FEFF}", "e\u{E0001}\u{E0041}",
    String(repeating: "e\u{301}\u{302}\u{303}", count: 100), String(repeating: "😀", count: 400),
    "$(rm -rf ~) `id` %s %n \\u001b[2J \\x1b]0;x\\x07", "null", "'; DROP TABLE job; --",
  ]

  @Test func `a hostile plan harms no output`() throws {
    let home = try CommandHome()
    try home.write(JobFileText().text, to: "job.json")
    try home.write(Self.plan, to: "plan.jsonl")
    var outputs = Outputs(home)

    let submitted = try outputs.say(["submit", "plan.jsonl", "--job", "job.json", "--json"])
    let batch = try JSONDecoder().decode(Plan.self, from: Data(submitted.utf8)).batch
    try outputs.lookAt(batch)
    try outputs.watch(batch)
    try home.approve(batch)
    try outputs.lookAt(batch)
    try outputs.say(["run", batch, "--limit", "4"])
    try outputs.say(["run", batch, "--json"])
    try outputs.lookAt(batch)
    let second = try outputs.say(["submit", "plan.jsonl", "--job", "job.json"])
    let csv = try outputs.say(["report", batch, "--format", "csv"])

    #expect(second.contains("duplicate"))
    #expect(outputs.count > 110)
    #expect(outputs.findings == [])
    let rows = try Self.cells(of: csv, home)
    #expect(rows.count == Self.texts.count + 1)
    for cell in rows.flatMap(\.self) {
      let first = cell.unicodeScalars.first { !$0.properties.isWhitespace }
      #expect(!"=+@\u{FF1D}".unicodeScalars.contains(first ?? "x"), "\(cell)")
      #expect(first != "-" || cell == "-", "\(cell)")
    }
  }

  @Test func `a hostile plan harms no billing run, and nobody who is told of it`() throws {
    let webhook = try WebhookServer()
    let home = try CommandHome()
    home.environment["HOOK"] = webhook.url
    let more = #", "notify": {"webhook_env": "HOOK"}, "source": {"jsonl": "plan.jsonl"}"#
    try home.write(JobFileText(more: more).text, to: "job.json")
    try home.write(Self.plan, to: "plan.jsonl")
    var outputs = Outputs(home)

    try outputs.say(["cron", "job.json", "--log-format", "json"])
    let batch = try #require(try home.states().keys.first)
    try outputs.say(["cron", "job.json"])
    try home.approve(batch)
    try outputs.say(["cron", "job.json", "--log-format", "text"])

    let posted = try webhook.posted().compactMap { $0["text"] as? String }
    #expect(posted.count == 3)
    for text in posted { outputs.look(at: text, of: "webhook") }
    #expect(try home.report(batch).counts["charged"] == Int64(Self.texts.count))
    #expect(outputs.findings == [])
  }

  @Test(arguments: [
    "\u{1B}[2J\u{1B}]0;x\u{7}", "a\u{9B}31m", "a\rb", "a\u{8}\u{8}b", "a\u{2028}b", "\u{0}",
    String(repeating: "x", count: 70_000), "cus_\u{202E}1", "\u{1B}",
  ])
  func `a plan that is refused harms no message`(text: String) throws {
    let home = try CommandHome()
    var outputs = Outputs(home)
    try home.write(JobFileText().text, to: "job.json")
    let names = ["account", "amount", "reference", "description", "currency", "metadata.\(text)"]
    for name in names + [text] {
      let good = ["account": "cus_1", "amount": "1.00", "reference": "r"]
      let line = good.merging([name: text]) { $1 }
      let json = try JSONSerialization.data(withJSONObject: line, options: [.sortedKeys])
      try json.write(to: URL(fileURLWithPath: home.folder + "/plan.jsonl"))
      let header = line.keys.sorted().map(Self.csvCell).joined(separator: ",")
      let values = line.sorted { $0.key < $1.key }.map { Self.csvCell($0.value) }
      try home.write("\(header)\n\(values.joined(separator: ","))\n", to: "plan.csv")

      for plan in ["plan.jsonl", "plan.csv"] {
        try outputs.say(["submit", plan, "--job", "job.json"])
        try outputs.say(["submit", plan, "--job", "job.json", "--json"])
      }
    }
    let job = JobFileText(more: ", \"description\": \(Self.json(text))").text
    try home.write(job, to: "other.json")
    try outputs.say(["submit", "plan.csv", "--job", "other.json"])
    // No argument holds a NUL, and none is so long.
    if !text.contains("\0"), text.utf8.count < 1000 {
      for words in [
        ["submit", text, "--job", "job.json"], ["submit", "plan.csv", "--job", text], [text],
        ["report", text], ["list", "--\(text)"], ["submit", "plan.csv", "--planner", text],
        ["show", text, "--jobs"], ["keys", "show", text],
        ["list", "--state", text], ["submit", "plan.csv", "--job", "job.json", "--cap", text],
      ] {
        try outputs.say(words)
        try outputs.say(words + ["--json"])
      }
    }

    #expect(outputs.findings == [])
  }

  @Test func `a hostile agent harms no answer, and no output afterwards`() throws {
    let home = try CommandHome()
    try home.write(JobFileText().text, to: "job.json")
    var outputs = Outputs(home)
    let jobs = Self.lines.enumerated().map { place, line in
      #"{"jsonrpc":"2.0","id":\#(place),"method":"tools/call","params":{"name":"plan_charge","#
        + #""arguments":\#(line)}}"#
    }
    let draft = "draft-\u{1B}[2J\u{202E}"
    let more = ["preview", "submit", "status", "discard_draft", draft].map { tool in
      #"{"jsonrpc":"2.0","id":\#(Self.json(draft)),"method":"tools/call","params":{"name":"#
        + #"\#(Self.json(tool)),"arguments":{"draft":\#(Self.json(draft))}}}"#
    }
    let lists =
      #"{"jsonrpc":"2.0","id":"l","method":"tools/call","params":{"name":"list_batches"}}"#
    let answers = try outputs.say(
      ["mcp", "--job", "job.json", "--planner", "agent"],
      input: (jobs + more + [lists]).joined(separator: "\n"))

    #expect(answers.split(separator: "\n").count == jobs.count + more.count + 1)
    #expect(answers.contains("draft-"))
    #expect(outputs.findings == [])
  }

  private static var lines: [String] {
    texts.enumerated().map { place, text in
      let members = [
        "account": "cus_\(place)", "amount": "1.00", "reference": "r\(place)",
        "description": text, "reason": text,
      ]
      return "{" + members.map { "\"\($0)\":\(json($1))" }.joined(separator: ",")
        + ",\"metadata\":{\"note\":\(json(text))}}"
    }
  }

  private static var plan: String { lines.joined(separator: "\n") + "\n" }

  private static func json(_ text: String) -> String {
    let data = try? JSONSerialization.data(withJSONObject: [text])
    return String(String(decoding: data ?? Data(), as: UTF8.self).dropFirst().dropLast())
  }

  private static func csvCell(_ text: String) -> String {
    "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }

  /// The cells of a CSV file as another program reads them.
  private static func cells(of csv: String, _ home: CommandHome) throws -> [[String]] {
    try home.write(csv, to: "report.csv")
    let script = "import csv, json; print(json.dumps(list(csv.reader(open('report.csv')))))"
    let outcome = try RunningProcess(
      ["python3", "-c", script], in: home.folder, environment: Sluice.environment([:])
    ).wait()
    return try JSONDecoder().decode([[String]].self, from: Data(outcome.output.utf8))
  }
}

/// Everything that commands said, and what in it could harm who looks at it.
private struct Outputs {
  private let home: CommandHome
  private(set) var count = 0
  private(set) var findings: [String] = []

  init(_ home: CommandHome) { self.home = home }

  /// Runs a command and looks at both of its streams.
  @discardableResult
  mutating func say(_ words: [String], input: String? = nil) throws -> String {
    let outcome = try home.sluice(words, input: input)
    let command = words.map { $0.prefix(40) }.joined(separator: " ")
    if outcome.status >= 70, outcome.status != 74 + 3, outcome.status != 78 {
      findings.append("\(command): \(outcome)")
    }
    note(command, outcome)
    return outcome.output
  }

  /// Watches the batches under way until one of them is shown, then ends that with Ctrl-C.
  mutating func watch(_ batch: String) throws {
    for words in [["list", "--watch"], ["list", "--watch", "--json"]] {
      let watch = try home.start(words)
      try waitUntil("the batch is shown") { try watch.output().contains(batch) }
      watch.signal(SIGINT)
      let outcome = try watch.wait()
      note(words.joined(separator: " "), outcome)
    }
  }

  /// Looks at what a command said.
  mutating func note(_ command: String, _ outcome: Outcome) {
    look(at: outcome.output, of: "\(command): output")
    look(at: outcome.error, of: "\(command): error")
  }

  /// Looks at a text.
  mutating func look(at text: String, of name: String) {
    count += 1
    findings += Self.harm(in: text).map { "\(name): \($0)" }
  }

  /// Shows a batch in every way there is.
  mutating func lookAt(_ batch: String) throws {
    for words in [
      ["preview", batch], ["show", batch, "--jobs"], ["report", batch], ["list"],
      ["journal", "export"], ["journal", "verify"], ["keys", "list"],
    ] {
      try say(words)
      try say(words + ["--json"])
    }
    try say(["report", batch, "--format", "csv"])
    for words in [["preview", batch], ["report", batch]] {
      let page = try say(words + ["--format", "html"])
      findings += Self.tags.filter(page.contains).map { "\(words[0]): \($0) is no text" }
    }
  }

  /// What a browser would take for a tag, were it in a page as the planner wrote it.
  private static let tags = HostilePlanTests.texts.filter { $0.contains("<") || $0.contains(">") }

  private static func harm(in text: String) -> [String] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let longest = lines.map(\.utf8.count).max() ?? 0
    let bad = text.unicodeScalars.filter { scalar in
      switch scalar.properties.generalCategory {
      case .control: scalar != "\n" && scalar != "\r"
      case .format, .lineSeparator, .paragraphSeparator, .privateUse: true
      default: false
      }
    }
    let isFlooded = longest > 100_000
    return bad.map { "U+" + String($0.value, radix: 16) }
      + (isFlooded ? ["a line of \(longest) bytes"] : [])
  }
}
