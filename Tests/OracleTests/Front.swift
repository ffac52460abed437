import Foundation
import Support

/// The layer of `front.py` before a localstripe, alive as long as this object.
final class Front {
  /// The base URL.
  let url: String
  private let process = Process()
  private let lifeline = Pipe()
  private let output = Pipe()

  /// Starts it.
  init(before stripe: LocalStripe) throws {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("front.py").path
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-B", script, stripe.url]
    process.standardInput = lifeline
    process.standardOutput = output
    try process.run()
    var line = ""
    while !line.contains("\n") {
      let bytes = output.fileHandleForReading.availableData
      guard !bytes.isEmpty else { throw TestServerError(message: "front.py did not start") }
      line += String(decoding: bytes, as: UTF8.self)
    }
    url = "http://127.0.0.1:" + line.prefix { $0.isNumber }
  }

  deinit {
    try? lifeline.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}

/// What is to happen to the requests of a case, by their numbers.
struct Schedule: Encodable {
  /// The kinds of fault, as `front.py` knows them.
  static let faults = [
    "reset", "close", "noise", "late", "lost", "dropped", "garbage", "cut_length", "cut_open",
    "cut_head", "hang_up", "error", "error_after", "unavailable", "unavailable_after", "proxy",
    "rate_limit", "lock_timeout", "expired", "forbidden", "busy",
  ]
  /// The faults that end the asking process with SIGKILL.
  static let kills = ["kill_before", "kill_after", "kill_late", "kill_amid"]

  var faults: [String: String] = [:]
  /// The file that holds the number of the process to kill.
  let process: String
}

/// What has become of the requests of a case.
struct Progress: Decodable {
  let requests: Int
  /// Requests that are being executed, some of them after their connection is gone.
  let working: Int
  /// The faults that have happened, in order.
  let met: [String]
}
