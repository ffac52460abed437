import Foundation
import Support
import Testing

extension MachineTests {
  /// What a planner can do to processes of billing's.
  @Suite struct ProcessTests {
    let machine: Machine

    init() throws { machine = try Machine() }

    @Test(arguments: attempts)
    func `a planner neither reads nor touches the worker`(_ attempt: Attempt) throws {
      let worker = try busyWorker()
      defer { worker.signal(SIGCONT) }

      let outcome = try machine.run(attempt.words(about: worker.number), as: .agent)

      expectNothing(of: attempt, outcome)
      worker.signal(SIGCONT)
      let end = try worker.wait()
      #expect(end.status == 0, "\(end)")
      #expect(end.output.hasPrefix("30 charged 30.00 usd"), "\(end)")
    }

    @Test(arguments: attempts)
    func `nor a process that it has started through sudo`(_ attempt: Attempt) throws {
      let planner = try HeldPlanner()

      let outcome = try machine.run(attempt.words(about: planner.number()), as: .agent)

      expectNothing(of: attempt, outcome)
      #expect(try planner.end() == 0)
    }

    /// A worker with a key in its environment, stopped in the middle of its batch.
    private func busyWorker() throws -> RunningProcess {
      let lines = (1...30).map { "cus_\($0 == 1 ? "rate_limit" : "\($0)"),i\($0),1.00,usd" }
      let output = try Machine.sluice(
        "submit - --job \(Machine.jobFile) --quiet", input: Machine.plan(lines))
      let batch = String(output.dropLast())
      try Machine.approve(batch)
      let worker = try machine.start(
        [
          "env", "STRIPE_API_KEY=\(Machine.key)", Machine.program, "run", batch, "--home",
          Machine.home,
        ], as: .billing)
      try waitUntil("the worker has the batch") {
        try ProcessTable.holds(Machine.home + "/locks/\(batch).lock", user: .billing)
      }
      worker.signal(SIGSTOP)
      return worker
    }

    private func expectNothing(of attempt: Attempt, _ outcome: Outcome) {
      #expect(outcome.status == attempt.status, "\(outcome)")
      #expect(outcome.error.contains(denied) || outcome.error.contains(refused), "\(outcome)")
      #expect(!outcome.output.contains("STRIPE_API_KEY") && !outcome.output.contains("sluice.db"))
    }
  }
}

extension Attempt {
  /// The words, with the number of a process in the place of `{process}`.
  fileprivate func words(about process: Int32) -> [String] {
    words.map { $0.replacing("{process}", with: "\(process)") }
  }
}

private let attempts: [Attempt] =
  ["KILL", "STOP", "TERM"].map { signal in
    Attempt(
      testDescription: "SIG\(signal)", words: ["sh", "-c", "kill -\(signal) {process}"], status: 1)
  } + [
    Attempt(
      testDescription: "its environment", words: ["cat", "/proc/{process}/environ"], status: 1),
    Attempt(
      testDescription: "its memory",
      words: ["dd", "if=/proc/{process}/mem", "of=memory", "count=1"], status: 1),
    Attempt(testDescription: "its map", words: ["cat", "/proc/{process}/maps"], status: 1),
    Attempt(
      testDescription: "its open files", words: ["ls", "-l", "/proc/{process}/fd"], status: 2),
    Attempt(
      testDescription: "the database through its open files",
      words: ["sh", "-c", "cat /proc/{process}/fd/* >copy"], status: 1),
    Attempt(
      testDescription: "its folder", words: ["ls", "/proc/{process}/cwd/"], status: 2),
    Attempt(testDescription: "a tracer", words: ["strace", "-p", "{process}"], status: 1),
    Attempt(
      testDescription: "its limits",
      words: ["prlimit", "--pid", "{process}", "--core=unlimited"], status: 1),
    Attempt(
      testDescription: "its score for the kernel's killer",
      words: ["sh", "-c", "echo 1000 >/proc/{process}/oom_score_adj"], status: 2),
    Attempt(
      testDescription: "kill through sudo",
      words: ["sudo", "-n", "-u", User.billing.name, "kill", "-KILL", "{process}"], status: 1),
  ]
