import Foundation

/// What a trace of locks and writes says about who wrote what under which lock.
struct CheckpointDiscipline {
  private enum Held {
    case nothing, shared, alone
  }

  /// One process, seen from outside.
  private struct Process {
    var held = Held.nothing
    /// Whether a charge was made at the sandbox that is not settled yet.
    var isOwed = false
    /// Whether a checkpoint is over and nothing has been claimed since.
    var hasRested = false
  }

  /// Every breach, with the line of the trace.
  private(set) var broken: [String] = []
  private(set) var checkpoints = 0
  private(set) var commits = 0
  private var processes: [Substring: Process] = [:]
  /// Bytes that went into the log since it was emptied last, whoever wrote them.
  private var logged = 0

  /// Reads a trace that `strace -f -y -e trace=flock,pwrite64,ftruncate` has made.
  init(trace: String) throws {
    let text = try String(contentsOfFile: trace, encoding: .utf8)
    var unfinished: [Substring: String] = [:]
    for line in text.split(separator: "\n") {
      let process = line.prefix { $0.isNumber }
      var call = String(line.dropFirst(process.count).drop { $0 == " " })
      if call.hasSuffix("<unfinished ...>") {
        unfinished[process] = String(call.dropLast("<unfinished ...>".count))
        continue
      }
      if call.hasPrefix("<... "), let start = unfinished.removeValue(forKey: process) {
        call = start + call.drop { $0 != ">" }.dropFirst()
      }
      take(call, of: process)
    }
  }

  private mutating func take(_ call: String, of process: Substring) {
    var state = processes[process] ?? Process()
    if call.hasPrefix("flock("), call.contains("/write.lock>") {
      lock(call, &state)
    } else if call.hasPrefix("pwrite64("), call.contains("/sluice.db-wal>") {
      if state.held != .shared { broken.append("written to the log without the lock: \(call)") }
      logged += Self.length(of: call)
      commits += 1
      (state.isOwed, state.hasRested) = (false, false)
    } else if call.hasPrefix("pwrite64("), call.contains("/sluice.db>") {
      if state.held != .alone { broken.append("written to the database: \(call)") }
    } else if call.hasPrefix("ftruncate("), call.contains("/sluice.db-wal>") {
      if state.held != .alone { broken.append("the log was cut: \(call)") }
      (logged, state.hasRested) = (0, true)
      checkpoints += 1
    } else if call.hasPrefix("pwrite64("), call.contains("/sandbox.db-wal>") {
      if state.hasRested { broken.append("charged without a claim after a checkpoint: \(call)") }
      if state.held != .nothing { broken.append("charged while writing: \(call)") }
      state.isOwed = true
    }
    processes[process] = state
  }

  private mutating func lock(_ call: String, _ state: inout Process) {
    guard call.hasSuffix("= 0") else {
      if !call.contains("LOCK_NB") { broken.append("waited for the lock: \(call)") }
      return
    }
    if call.contains("LOCK_UN") {
      state.held = .nothing
    } else if call.contains("LOCK_SH") {
      state.held = .shared
    } else {
      state.held = .alone
      if !call.contains("LOCK_NB") { broken.append("waited to be alone: \(call)") }
      if logged < 16 << 20 { broken.append("\(logged) bytes are no large log: \(call)") }
      if state.isOwed { broken.append("rested before an answer was written: \(call)") }
    }
  }

  /// How many bytes a call has written.
  private static func length(of call: String) -> Int {
    Int(call.reversed().prefix { $0.isNumber }.reversed().map(String.init).joined()) ?? 0
  }
}
