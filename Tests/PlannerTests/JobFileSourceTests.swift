import Domain
import Planner
import System
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@Suite struct JobFileSourceTests {
  @Test(arguments: [
    ("jobs/a.json", "b.csv", "jobs/b.csv"), ("a.json", "b.csv", "b.csv"),
    ("jobs/a.json", "../examples/b.csv", "examples/b.csv"), ("/j/a.json", "../b.csv", "/b.csv"),
    ("jobs/a.json", "../../b.csv", "../b.csv"), ("a.json", "./x/../b.csv", "b.csv"),
    ("../a.json", "../b.csv", "../../b.csv"), ("jobs/a.json", "/x/../../b.csv", "/b.csv"),
  ])
  func `a source is relative to the job file's folder, by the shortest way`(
    path: String, file: String, resolved: String
  ) throws {
    #expect(try source(#"{"csv":"\#(file)"}"#, path: path) == .csv(resolved))
    #expect(try source(#"{"jsonl":"\#(file)"}"#, path: path) == .jsonLines(resolved))
  }

  @Test func `behind a link the way is the system's, not the shortest`() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Files.makeFolder(folder + "/real/jobs")
    try Files.create(folder + "/real/b.csv", [])
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/jobs", withDestinationPath: "real/jobs")

    let source = try source(#"{"csv":"../b.csv"}"#, path: folder + "/jobs/a.json")

    #expect(source == .csv(folder + "/jobs/../b.csv"))
  }

  @Test func `a command keeps its words and runs in the job file's folder`() throws {
    #expect(
      try source(#"{"command":["./export.sh","$(id)","two words"]}"#, path: "jobs/a.json")
        == .command(["./export.sh", "$(id)", "two words"], format: .csv, folder: "jobs"))
    #expect(
      try source(#"{"command":["export"],"format":"jsonl"}"#, path: "a.json")
        == .command(["export"], format: .jsonLines, folder: "."))
    #expect(
      try source(#"{"command":["export"],"format":"csv"}"#, path: "/a.json")
        == .command(["export"], format: .csv, folder: "/"))
  }

  @Test func `Stripe's overdue invoices go with paying them`() throws {
    for days in [0, 15, 3650] {
      let text = #","source":{"stripe":{"overdue_days":\#(days)}}"#

      #expect(try invoices(text).source == .stripe(overdueDays: days))
    }
    #expect(
      problems(#"{"stripe":{"overdue_days":15}}"#) == [
        "source.stripe: goes with invoices.pay only: after charges.create an invoice would stay "
          + "open and be collected twice"
      ])
  }

  @Test(arguments: [
    (#""a.csv""#, "source: must be an object, not a string"),
    ("{}", "source: needs exactly one of csv, jsonl, command, stripe, not none"),
    (
      #"{"csv":"a","jsonl":"b"}"#,
      "source: needs exactly one of csv, jsonl, command, stripe, not csv and jsonl"
    ),
    (#"{"csv":"a","cvs":"b"}"#, #"source.cvs: unknown key, did you mean "csv"?"#),
    (#"{"csv":""}"#, "source.csv: names no file"),
    (#"{"csv":["a"]}"#, "source.csv: must be a string, not an array"),
    (#"{"jsonl":"a\u0000"}"#, "source.jsonl: the path holds the control character U+0000"),
    (#"{"csv":"a","format":"csv"}"#, "source.format: goes with command only"),
    (#"{"command":[]}"#, "source.command: names no program"),
    (#"{"command":"ls"}"#, "source.command: must be an array, not a string"),
    (#"{"command":["ls",""]}"#, "source.command[1]: is empty"),
    (#"{"command":["ls",1]}"#, "source.command[1]: must be a string, not an integer"),
    (#"{"command":["ls","a\u0000b"]}"#, "source.command[1]: holds a NUL character"),
    (
      #"{"command":["ls","-k=rk_live_0123456789"]}"#,
      "source.command[1]: looks like it holds an API key or a card number, which must not be stored"
    ),
    (
      #"{"command":["ls"],"format":"xml"}"#,
      #"source.format: "xml" is no format: write csv or jsonl"#
    ),
    (#"{"command":["ls"],"format":1}"#, "source.format: must be a string, not an integer"),
  ])
  func `a wrong source is named by its path`(source: String, problem: String) {
    #expect(problems(source) == [problem])
  }

  @Test(arguments: [
    ("{}", "source.stripe.overdue_days: missing"),
    ("1", "source.stripe: must be an object, not an integer"),
    (
      #"{"overdue_days":-1}"#,
      "source.stripe.overdue_days: must be an integer from 0 to 3,650, not -1"
    ),
    (
      #"{"overdue_days":3651}"#,
      "source.stripe.overdue_days: must be an integer from 0 to 3,650, not 3651"
    ),
    (#"{"days":1}"#, "source.stripe.days: unknown key; known are overdue_days"),
  ])
  func `a wrong number of days is named`(stripe: String, problem: String) {
    let found = problems(of: { try invoices(#","source":{"stripe":\#(stripe)}"#) })

    #expect(found.first == problem || found.last == problem, "\(found)")
  }

  @Test func `a command's output is a plan, and its failure says why without its secrets`() throws {
    let jobFile = try jobFile(
      #","source":{"command":["/bin/sh","-c","cat /dev/null"],"format":"jsonl"}"#)
    let source = try #require(jobFile.source)
    let failing = JobSource.command(
      [
        "/bin/sh", "-c",
        "echo key sk_live_abcdefgh1234 >&2; echo 4242 4242 4242 4242 >&2; "
          + "echo no such table >&2; exit 2",
      ], format: .csv, folder: "/")

    #expect(source.format == .jsonLines)
    #expect(read(source, for: jobFile)?.details == ["/bin/sh:1:1: the file is empty"])
    #expect(
      read(failing, for: jobFile)
        == Fault(
          .badData, "the command /bin/sh ended with status 2",
          hint: "nothing is queued; the command must write the plan and end with 0",
          details: [
            "(a line that looks like it holds an API key or a card number, not shown)",
            "(a line that looks like it holds an API key or a card number, not shown)",
            "no such table",
          ]))
  }

  @Test func `a command that fails is told, even when what it wrote is no plan`() throws {
    func fault(_ script: String) throws -> Fault? {
      read(
        .command(["/bin/sh", "-c", script], format: .csv, folder: "/"), for: try jobFile())
    }

    #expect(
      try fault("echo usage: x; exit 2")?.message == "the command /bin/sh ended with status 2")
    #expect(try fault("echo usage: x")?.message == "/bin/sh: 4 problems")
    #expect(try fault("yes")?.message == "/bin/sh: 4 problems", "it does not wait for ever")
  }

  @Test func `a plan whose command fails at its end is refused whole`() throws {
    let script = "echo account,amount,currency,reference; echo cus_1,1.99,usd,r; exit 1"
    var seen = 0

    let fault = read(
      .command(["/bin/sh", "-c", script], format: .csv, folder: "/"), for: try jobFile()
    ) { seen += 1 }

    #expect(seen == 1)
    #expect(fault?.message == "the command /bin/sh ended with status 1")
  }
}

private func source(_ source: String, path: String) throws -> JobSource? {
  try JobFileReader.read(Array(jobFileText(#","source":\#(source)"#).utf8), path: path).source
}

private func problems(_ source: String) -> [String] {
  problems(of: { try jobFile(#","source":\#(source)"#) })
}

/// The problems of a job file without their places.
private func problems(of read: () throws -> JobFile) -> [String] {
  do {
    _ = try read()
    return []
  } catch {
    return ((error as? Fault)?.details ?? []).map { detail in
      detail.split(separator: ": ").dropFirst().joined(separator: ": ")
    }
  }
}

private func read(
  _ source: JobSource, for jobFile: JobFile, each: () -> Void = {}
) -> Fault? {
  do throws(Fault) {
    guard let input = try source.open() else { return nil }
    _ = try PlanReader.read(input, format: source.format, for: jobFile) { _ in
      each()
      return nil
    }
    return nil
  } catch {
    return error
  }
}
