import Foundation
import Support
import Synchronization

/// The built program, run as people and scripts run it: words, an environment, two streams.
enum Sluice {
  /// The program next to the tests that were built with it.
  static let path: String = {
    #if os(macOS)
      let folder = Bundle(for: Anchor.self).bundleURL.deletingLastPathComponent()
    #else
      let words = CommandLine.arguments
      let bundle = words.first { $0.hasSuffix(".xctest") } ?? words[0]
      let folder = URL(fileURLWithPath: bundle).deletingLastPathComponent()
    #endif
    return folder.appendingPathComponent("sluice").path
  }()

  #if os(macOS)
    private final class Anchor {}
  #endif

  /// What every process here is given, and nothing else.
  static func environment(_ more: [String: String]) -> [String: String] {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return ["PATH": path].merging(more) { $1 }
  }

  /// The words before a command line that take root's power over file modes away.
  static let withoutPowers: [String] =
    geteuid() == 0 ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] : []
}

/// How a process ended, and all that it said.
struct Outcome: Equatable {
  /// The exit status; 128 and the signal's number for a process that was killed.
  let status: Int32
  let output: String
  let error: String

  init(_ status: Int32, output: String = "", error: String = "") {
    self.status = status
    self.output = output
    self.error = error
  }
}

/// A process that was started and may still be running.
final class RunningProcess {
  private let process = Process()
  private let folder: String
  private let ended = DispatchSemaphore(value: 0)

  /// Starts a program found in the path, or named by its own path, in a folder of its own making.
  init(
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
    process.standardInput = try FileHandle(forReadingFrom: file("input"))
    process.standardOutput = try FileHandle(forWritingTo: file("output"))
    process.standardError = try FileHandle(forWritingTo: file("error"))
    process.terminationHandler = { [ended] _ in ended.signal() }
    try process.run()
  }

  deinit {
    if process.isRunning { signal(SIGKILL) }
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Sends a signal.
  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Waits for the end, for so many seconds, and says how it came.
  func wait(seconds: Int = 60) throws -> Outcome {
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

/// Waits until something is so; throws when it is not after ten seconds.
func waitUntil(_ what: String, _ isSo: () throws -> Bool) throws {
  for _ in 0..<1000 {
    if try isSo() { return }
    Thread.sleep(forTimeInterval: 0.01)
  }
  throw TestServerError(message: "waited in vain until \(what)")
}
