import Foundation
import SQLite
import Support
import Synchronization
import Testing

/// A long run beside everybody else.
@Suite struct LongRunTests {
  private static let jobs =
    ProcessInfo.processInfo.environment["SLUICE_CONCURRENCY_JOBS"].flatMap { Int($0) } ?? 10_000

  /// How often each thing is done while the batch is drained.
  private static let acts: [(act: Others.Act, times: Int)] = [
    (.submit, 8), (.approve, 6), (.runOther, 2), (.reject, 1), (.cancel, 1), (.stopBatch, 2),
    (.unstopBatch, 1), (.stopLong, 2), (.stopAll, 2), (.revoke, 2), (.budget, 3),
    (.amendOther, 1), (.amendLong, 2), (.checkpoint, 2), (.verify, 2), (.report, 3), (.preview, 2),
    (.list, 3), (.jobs, 2),
  ]

  private let home: ProgramHome
  private let batch: String
  private let others: Others

  init() throws {
    home = try .quick()
    batch = try home.plan(
      plan(Array(repeating: 100, count: Self.jobs), of: "long"),
      under: jobFile("long", cap: Self.jobs), as: "long")
    others = Others(home, beside: batch)
    for event in ["submitted", "approved"] { others.note(event) }
  }

  @Test func `beside everybody else each job is charged once, and nothing said is lost`() throws {
    others.perform(.budget)
    let isOver = Mutex(false)
    let threads = try startOthers { isOver.withLock { $0 } }

    let drained = Result { try drain() }
    isOver.withLock { $0 = true }
    threads.wait()
    try drained.get()
    try lift()

    let record = others.record
    print("beside \(Self.jobs) jobs: \(record.acts) acts, \(record.entries.sorted { $0 < $1 })")
    #expect(record.mistakes == [])
    #expect(record.acts == 1 + Self.acts.reduce(0) { $0 + $1.times })
    #expect(record.checkpoints == 2)
    try expectStates()
    try expectEntries()
    try runOthers()
    try expectCharges()
    try expectBrakes()
    #expect(try home.damage() == [])
  }

  // MARK: The run

  /// Runs the batch to its end, lifting every stop and approving every amendment.
  private func drain() throws {
    for _ in 1...60 {
      let run = try home.start(["run", batch, "--quiet"])
      others.watch(run.number)
      let outcome = try run.wait(seconds: 1200)
      switch outcome.status {
      case 0: return others.note("finished")
      case 12: try lift()
      case 77:
        let preview = try home.succeed(["preview", batch, "--json"])
        let digest = try JSONDecoder().decode(Submitted.self, from: Data(preview.utf8)).digest
        // Another amendment may come in between: then the next round approves that one.
        let approval = try home.sluice(["approve", batch, "--digest", digest])
        if approval.status == 0 { others.note("approved") }
      default: throw TestServerError(message: "\(outcome)")
      }
    }
    throw TestServerError(message: "\(batch) does not come to its end")
  }

  /// Lifts a stop of everything and one of the long batch, if there are any.
  private func lift() throws {
    for what in [[], [batch]] {
      let said = try home.succeed(["unstop"] + what + ["--json"])
      if said.contains(#""changed":true"#) { others.note("unstopped") }
    }
  }

  /// Starts two threads of others, whose acts are spread over most of the run: all are done before
  /// it ends.
  private func startOthers(until isOver: @escaping @Sendable () -> Bool) throws -> DispatchGroup {
    var random = SeededRandom(seed: .random(in: 1...999_999))
    let acts = Self.acts.flatMap { Array(repeating: $0.act, count: $0.times) }
      .shuffled(using: &random)
    let (others, home, first) = (others, home, try Self.journalEnd(of: home))
    let step = 2 * Self.jobs * 2 / 3 / (acts.count + 2)
    let group = DispatchGroup()
    for half in 0..<2 {
      group.enter()
      Thread.detachNewThread {
        for (place, act) in acts.enumerated() where place % 2 == half {
          let due = first + Int64(step * (place + 1))
          while !isOver(), (try? Self.journalEnd(of: home)) ?? due < due {
            Thread.sleep(forTimeInterval: 0.02)
          }
          if !isOver() { others.perform(act) }
        }
        group.leave()
      }
    }
    return group
  }

  /// Runs what the others had approved; what is stopped does not begin.
  private func runOthers() throws {
    let record = others.record
    for (batch, state) in record.states where ["approved", "halted"].contains(state) {
      let outcome = try home.sluice(["run", batch, "--quiet"])
      #expect(outcome.status == (record.stopped.contains(batch) ? 12 : 0), "\(outcome)")
    }
  }

  // MARK: What has to be so

  private func expectStates() throws {
    struct List: Decodable {
      struct Batch: Decodable {
        let batch: String
        let state: String
      }
      let batches: [Batch]
    }
    let list = try JSONDecoder().decode(
      List.self, from: Data(try home.succeed(["list", "--json"]).utf8))
    let states = Dictionary(uniqueKeysWithValues: list.batches.map { ($0.batch, $0.state) })

    #expect(states == others.record.states.merging([batch: "finished"]) { $1 })
  }

  /// Expects the journal to have every acknowledged act, and no other.
  private func expectEntries() throws {
    var entries: [String: Int] = [:]
    try forEachEntry { entry in entries[entry.event, default: 0] += 1 }
    for (event, times) in others.record.entries {
      #expect(entries[event] == times, "\(event)")
    }
  }

  /// Expects every budget, the report and the sandbox to say the same, exactly.
  private func expectCharges() throws {
    let ledger = try home.ledger()
    let record = others.record
    let drained = record.states.filter {
      ["approved", "halted", "finished"].contains($0.value) && !record.stopped.contains($0.key)
    }
    let reports = try ([batch] + drained.keys).map(home.report)
    let names = reports.flatMap { report in report.jobs.map { "\(report.batch)#\($0.number)" } }

    #expect(Set(ledger.charges.keys) == Set(names))
    #expect(Set(ledger.charges.values) == [1])
    #expect(ledger.total == Int64(Self.jobs * 100 + drained.count * 600))
    #expect(reports.flatMap(\.mistakes) == [])
    #expect(reports.allSatisfy { $0.counts["charged"] == $0.counts["submitted"] })
    let budgets = reports.flatMap(\.budgets).filter { $0.scope == "home" }
    #expect(Set(budgets.map(\.spent)) == [ledger.total])
    #expect(Set(budgets.map(\.held)) == [0])
  }

  /// Expects no claim or re-send of anything that was stopped, by itself or with everything, and
  /// none under a key that was revoked.
  private func expectBrakes() throws {
    var stops: Set<String> = []
    var stopped: Set<String> = []
    var revoked: Set<String> = []
    var claims = 0
    try forEachEntry { entry in
      switch entry.event {
      case "stopped":
        stops.insert(entry.subject)
        stopped.insert(entry.subject)
      case "unstopped": stops.remove(entry.subject)
      case "key_revoked": revoked.insert(entry.subject)
      case "claimed", "resent":
        claims += 1
        let own = "stop of " + entry.subject.prefix { $0 != "#" }
        let isStopped = stops.contains { $0 == own || $0.hasPrefix("stop of home_") }
        if isStopped || revoked.contains(entry.key) { Issue.record("sent: \(entry)") }
      default: break
      }
    }
    #expect(claims >= Self.jobs)
    #expect(stopped.contains("stop of \(batch)"))
    #expect(stopped.contains { $0.hasPrefix("stop of home_") })
    #expect(revoked.count == others.record.revoked.count)
  }

  // MARK: The journal, read directly

  private struct Entry {
    let event: String
    let subject: String
    /// The vault key of a claim.
    let key: String
  }

  private func forEachEntry(_ body: (Entry) -> Void) throws {
    let database = try Database(
      path: home.path + "/sluice.db", .existing, busyTimeoutMilliseconds: 5000)
    try database.forEach(
      """
      SELECT event, subject, ifnull(body ->> '$.key', '') AS key
      FROM   journal
      ORDER  BY sequence
      """
    ) { row in
      body(Entry(event: row.text("event"), subject: row.text("subject"), key: row.text("key")))
      return true
    }
  }

  private static func journalEnd(of home: ProgramHome) throws -> Int64 {
    let database = try Database(
      path: home.path + "/sluice.db", .existing, busyTimeoutMilliseconds: 5000)
    var end: Int64 = 0
    try database.forEach("SELECT max(sequence) AS last FROM journal") { row in
      end = row.integer("last")
      return true
    }
    return end
  }
}
