import Foundation
import Support

/// A process that one talks with in lines.
final class LineProcess {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var pending = Data()
  /// Every line that was heard.
  private(set) var heard: [String] = []

  /// Starts a program in a folder; its first word is its path.
  init(_ words: [String], in folder: String, environment: [String: String]) throws {
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    process.environment = environment
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    // One that says nothing is not waited for without an end.
    let number = process.processIdentifier
    DispatchQueue.global().asyncAfter(deadline: .now() + 300) { [weak process] in
      if process?.isRunning == true { Foundation.kill(number, SIGKILL) }
    }
  }

  deinit {
    if process.isRunning { process.terminate() }
    try? input.fileHandleForWriting.close()
    try? output.fileHandleForReading.close()
  }

  /// Says a line.
  func say(_ line: String) throws {
    try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
  }

  /// The next line.
  func hear() throws -> String {
    while true {
      if let feed = pending.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: pending[..<feed], as: UTF8.self)
        pending = Data(pending[(feed + 1)...])
        heard.append(line)
        return line
      }
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { throw TestServerError(message: "the process is gone") }
      pending += more
    }
  }

  /// Ends it as a crash would.
  func kill() {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Ends the input, and says how the process ended.
  func end() throws -> Int32 {
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
