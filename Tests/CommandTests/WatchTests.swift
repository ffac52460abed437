import Foundation
import Support
import Testing

@Suite struct WatchTests {
  /// A home of one batch that waits for an answer, and the process that waits.
  private struct Slow {
    let server: StripeServer
    let home: CommandHome
    let batch: String
    let run: RunningProcess

    init() throws {
      server = try StripeServer()
      home = try CommandHome(testing: server)
      batch = try home.plan(csv(jobs: 3))
      try server.script(
        #"[{"fault": "silence", "seconds": 30, "match": "POST", "execute": true}]"#)
      run = try home.start(["run", batch])
      try waitUntil("the first request is sent") { [server] in try server.charges().count == 1 }
    }
  }

  @Test func `who looks on sees which process works on a batch, and how far it is`() throws {
    let slow = try Slow()
    let waiting = try slow.home.submit(csv("cus_9,9.00,in_9")).batch

    let list = try slow.home.document(["list"], as: WatchedList.self)
    let watch = try slow.home.watch([]) { $0.contains(slow.batch) }
    slow.run.signal(SIGKILL)
    _ = try slow.run.wait()
    let after = try slow.home.document(["list"], as: WatchedList.self)

    let lines = watch.output.split(separator: "\n")
    #expect(watch.status == 0)
    #expect(
      lines.first?.split(separator: " ") == ["BATCH", "STATE", "CHARGED", "MOVED", "WORKER"])
    #expect(
      lines[1].split(separator: " ").joined(separator: " ")
        == "\(waiting) submitted 0/1 0.00 of 500.00 usd -")
    #expect(
      lines[2].split(separator: " ").joined(separator: " ")
        == "\(slow.batch) running 0/3 0.00 of 500.00 usd process \(slow.run.number)")
    #expect(list.batches.map(\.worker) == [nil, Int(slow.run.number)])
    #expect(list.batches[1].moved == [.init(currency: "usd", amount: 0, cap: 50_000)])
    #expect(after.batches.map(\.worker) == [nil, nil])
  }

  @Test func `each change is one document on a line, and what is at its end is gone`() throws {
    let home = try CommandHome()
    let batch = try home.submit(csv(jobs: 2)).batch
    let watch = try home.startWatch(["--json"])
    try waitUntil("the batch is shown") { try watch.output().contains("submitted") }

    try home.approve(batch)
    try waitUntil("its approval is shown") { try watch.output().contains("approved") }
    try home.succeed(["run", batch, "--quiet"])
    try waitUntil("its end is shown") { try watch.output().contains("{\"batches\":[]}\n") }
    watch.signal(SIGINT)
    let outcome = try watch.wait()

    let documents = try outcome.output.split(separator: "\n").map {
      try JSONDecoder().decode(WatchedList.self, from: Data($0.utf8))
    }
    #expect(outcome.status == 0)
    #expect(outcome.error == "")
    #expect(documents.first?.batches.map(\.state) == ["submitted"])
    #expect(documents.last?.batches.map(\.state) == [])
    #expect((3...4).contains(documents.count))
  }

  @Test func `tables follow each other, apart by an empty line, in the states asked for`() throws {
    let home = try CommandHome()
    let first = try home.plan(csv(jobs: 1))
    try home.succeed(["run", first, "--quiet"])
    let watch = try home.startWatch(["--state", "finished"])
    try waitUntil("the first is shown") { try watch.output().contains(first) }

    let second = try home.plan(csv("cus_2,2.00,b"))
    try home.succeed(["run", second, "--quiet"])
    try waitUntil("the second is shown") { try watch.output().contains(second) }
    watch.signal(SIGTERM)
    let outcome = try watch.wait()

    let tables = outcome.output.components(separatedBy: "\n\n")
    #expect(outcome.status == 0)
    #expect(tables.count == 2)
    #expect(tables[0].hasSuffix("sandbox: no money moves"))
    #expect(tables[1].contains("1/1  2.00 of 500.00 usd  -"), "\(outcome)")
  }

  @Test func `on a terminal each look takes the place of the one before, until Ctrl-C`() throws {
    let home = try CommandHome()
    let batches = try (1...30).map { try home.submit(csv("cus_1,1.00,in_\($0)")).batch }

    let outcome = try home.sluice(
      ["list", "--watch"], environment: ["TERM": "xterm"],
      under: [
        "python3", Repository.terminal, "--columns", "60", "--after", "lines more", "\\x03",
      ])

    let lines = outcome.output.split(separator: "\r\n")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.hasPrefix("\u{1B}[H\u{1B}[2JBATCH"))
    #expect(lines.allSatisfy { $0.count <= 60 + 7 })
    #expect(lines.contains("... and 10 lines more"))
    #expect(lines[1].contains(batches[29]))
    #expect(!outcome.output.contains(batches[0]))
  }

  @Test func `a batch that does not add up is named on the screen`() throws {
    let home = try CommandHome()
    let batch = try home.submit(csv(jobs: 2)).batch
    try home.tamper("DELETE FROM job WHERE number = 2")

    let outcome = try home.watch([]) { $0.contains(batch) }

    #expect(outcome.error == "")
    #expect(outcome.output.hasPrefix("No batch to watch now.\nthe report of \(batch) does not add"))
  }

  #if os(Linux)
    @Test func `what has not changed is not printed again`() throws {
      let home = try CommandHome()
      let batch = try home.submit(csv(jobs: 1)).batch
      let watch = try home.startWatch(["--json"])
      try waitUntil("the batch is shown") { try watch.output().contains(batch) }
      let before = try sleeps(of: watch)

      try waitUntil("it has looked again") { try sleeps(of: watch) > before + 3 }
      watch.signal(SIGINT)
      let outcome = try watch.wait()

      #expect(outcome.output.split(separator: "\n").count == 1)
    }

    /// How often a process has waited for something: between two looks once at least.
    private func sleeps(of process: RunningProcess) throws -> Int {
      let path = "/proc/\(process.number)/status"
      let status = try String(contentsOfFile: path, encoding: .utf8)
      let line = status.split(separator: "\n").first { $0.hasPrefix("voluntary") }
      return try #require(Int(line?.split(separator: "\t").last ?? ""))
    }
  #endif

  @Test func `looking on neither writes nor keeps anybody from writing`() throws {
    let home = try CommandHome()
    let batch = try home.plan(csv(jobs: 200))
    let watches = try (1...2).map { _ in try home.startWatch(["--json"]) }
    try waitUntil("all look on") { try watches.allSatisfy { try $0.output().contains(batch) } }

    let run = try home.sluice(["run", batch, "--quiet"])
    let head = try home.succeed(["journal", "head"])
    try waitUntil("all have seen the end") {
      try watches.allSatisfy { try $0.output().hasSuffix("{\"batches\":[]}\n") }
    }
    watches.forEach { $0.signal(SIGINT) }

    #expect(run == Outcome(0))
    for watch in watches { #expect(try watch.wait().status == 0) }
    #expect(try home.succeed(["journal", "head"]) == head)
    #expect(try home.report(batch).counts["charged"] == 200)
  }

  @Test func `a reader that goes away ends it`() throws {
    let home = try CommandHome()
    let batch = try home.submit(csv(jobs: 1)).batch
    let watch = try RunningProcess(
      ["sh", "-c", "\"$0\" list --watch --json | head -n 1", Sluice.path], in: home.folder,
      environment: Sluice.environment(["HOME": home.folder, "SLUICE_HOME": home.path]))
    try waitUntil("it is shown") { try watch.output().contains(batch) }

    try home.approve(batch)

    #expect(try watch.wait(seconds: 20).status == 0)
  }

  @Test func `quiet, a list is the names alone`() throws {
    let home = try CommandHome()
    let first = try home.submit(csv("cus_1,1.00,a")).batch
    let second = try home.submit(csv("cus_1,1.00,b")).batch

    #expect(try home.succeed(["list", "--quiet"]) == "\(second)\n\(first)\n")
    #expect(try home.succeed(["list", "-q", "--limit", "1"]) == "\(second)\n")
    #expect(try home.succeed(["list", "-q", "--state", "halted"]) == "")
  }
}

/// What `list` says that who looks on needs.
private struct WatchedList: Decodable {
  struct Amount: Decodable, Equatable {
    let currency: String
    let amount: Int64
    let cap: Int64?
  }

  struct Entry: Decodable {
    let state: String
    let moved: [Amount]
    let worker: Int?
  }

  let batches: [Entry]
}

extension CommandHome {
  fileprivate func startWatch(_ words: [String]) throws -> RunningProcess {
    try start(["list", "--watch"] + words)
  }

  /// Looks on until the output is as wanted, then ends it with Ctrl-C.
  fileprivate func watch(
    _ words: [String], until isSo: (String) -> Bool
  ) throws -> Outcome {
    let watch = try startWatch(words)
    try waitUntil("it is shown") { isSo(try watch.output()) }
    watch.signal(SIGINT)
    return try watch.wait()
  }
}
