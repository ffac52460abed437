import Foundation
import Support
import Testing

/// When the log is moved into the database: SQLite before 3.51.3 can corrupt the file when two
/// checkpoints in a row race another process's commit.
@Suite struct CheckpointTests {
  private let home: ProgramHome

  init() throws { home = try .quick() }

  /// Two approved batches of jobs so large that a few hundred of them fill the log.
  private func batches() throws -> [String] {
    let header = (1...30).map { ",metadata.note\($0)" }.joined()
    let cells = String(repeating: "," + String(repeating: "x", count: 480), count: 30)
    return try ["a", "b"].map { name in
      try home.plan(
        plan(Array(repeating: 100, count: 250), of: name, more: (header, cells)),
        under: jobFile(name, cap: 250), as: name)
    }
  }

  private var log: String { home.path + "/sluice.db-wal" }

  private func size(of path: String) throws -> Int {
    try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
  }

  @Test func `a checkpoint is made alone, between charges, and only of a large log`() throws {
    let batches = try batches()
    let trace = home.folder + "/trace"
    let two = #""$0" run "$1" -q & first=$!; "$0" run "$2" -q && wait "$first""#

    let outcome = try RunningProcess(
      [
        "strace", "-f", "--seccomp-bpf", "-y", "-s", "0", "-o", trace, "-e",
        "trace=flock,pwrite64,ftruncate", "sh", "-c", two, Sluice.path,
      ] + batches, in: home.folder,
      environment: Sluice.environment(["SLUICE_HOME": home.path])
    ).wait(seconds: 1200)

    #expect(outcome == Outcome(0))
    let discipline = try CheckpointDiscipline(trace: trace)
    #expect(discipline.broken == [])
    #expect(discipline.checkpoints >= 2)
    #expect(discipline.commits > 500)
    #expect(try home.damage() == [])
  }

  @Test func `who holds the lock with others keeps every checkpoint away`() throws {
    let batch = try batches()[0]
    let before = try Data(contentsOf: URL(fileURLWithPath: home.path + "/sluice.db"))

    let outcome = try home.sluice(
      ["run", batch, "--quiet"], under: ["flock", "--shared", home.path + "/write.lock"])

    #expect(outcome == Outcome(0))
    #expect(try Data(contentsOf: URL(fileURLWithPath: home.path + "/sluice.db")) == before)
    #expect(try size(of: log) > 16 << 20)
    #expect(try home.damage() == [])
  }

  @Test func `no command but a run makes one, not even the last to leave`() throws {
    let batch = try batches()[0]
    let before = try Data(contentsOf: URL(fileURLWithPath: home.path + "/sluice.db"))
    let length = try size(of: log)

    for words in [["stop"], ["unstop"], ["report", batch], ["amend", batch, "--cap", "usd=9.00"]] {
      try home.succeed(words)
    }

    #expect(try Data(contentsOf: URL(fileURLWithPath: home.path + "/sluice.db")) == before)
    #expect(try size(of: log) > length)
  }
}
