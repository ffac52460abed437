import Foundation

/// How a process ended, and all that it said.
package struct Outcome: Equatable {
  /// The exit status; 128 and the signal's number for a process that was killed.
  package let status: Int32
  package let output: String
  package let error: String

  package init(_ status: Int32, output: String = "", error: String = "") {
    self.status = status
    self.output = output
    self.error = error
  }
}

/// A process that was started and may still be running.
package final class RunningProcess {
  private let process = Process()
  private let folder: String
  private let ended = DispatchSemaphore(value: 0)

  /// Starts a program found in the path, or named by its own path, in a folder of its own making.
  package init(
    _ words: [String], in folder: String, environment: [String: String], input: String? = nil
  ) throws {
    self.folder = folder + "/process-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: self.folder, withIntermediateDirectories: true)
    for name in ["output", "error"] { try Data().write(to: file(name)) }
    try Data((input ?? "").utf8).write(to: file("input"))
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.environment = environment
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let streams = [
      try FileHandle(forReadingFrom: file("input")), try FileHandle(forWritingTo: file("output")),
      try FileHandle(forWritingTo: file("error")),
    ]
    process.standardInput = streams[0]
    process.standardOutput = streams[1]
    process.standardError = streams[2]
    process.terminationHandler = { [ended] _ in ended.signal() }
    try process.run()
    // Foundation would keep them open, and with 1,300 open files `Process.run` may crash.
    for stream in streams { try stream.close() }
  }

  deinit {
    if process.isRunning { signal(SIGKILL) }
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// What the kernel knows the process by.
  package var number: Int32 { process.processIdentifier }

  /// Whether it has not ended yet.
  package var isRunning: Bool { process.isRunning }

  /// What it has written to standard output so far.
  package func output() throws -> String { try text("output") }

  /// Sends a signal.
  package func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Waits for the end, for so many seconds, and says how it came.
  package func wait(seconds: Int = 60) throws -> Outcome {
    guard ended.wait(timeout: .now() + .seconds(seconds)) == .success else {
      signal(SIGKILL)
      throw TestServerError(message: "still running after \(seconds) s")
    }
    let status = process.terminationStatus
    return Outcome(
      process.terminationReason == .exit ? status : 128 + status,
      output: try text("output"), error: try text("error"))
  }

  private func file(_ name: String) -> URL { URL(fileURLWithPath: folder + "/" + name) }

  private func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: file(name)), as: UTF8.self)
  }
}

/// Waits until something is so; throws when it is not after so many seconds.
package func waitUntil(
  _ what: String, seconds: Int = 10, _ isSo: () throws -> Bool
) throws {
  for _ in 0..<(seconds * 100) {
    if try isSo() { return }
    Thread.sleep(forTimeInterval: 0.01)
  }
  throw TestServerError(message: "waited in vain until \(what)")
}
