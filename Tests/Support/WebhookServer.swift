import Foundation

/// A webhook on loopback, alive as long as this object.
package final class WebhookServer {
  /// Where to post to; its path stands for the secret that such an address is.
  package let url: String
  private let kept: String
  private let process = Process()
  private let lifeline = Pipe()

  /// Starts one that answers every post with a status.
  package init(answering status: Int = 200) throws {
    kept = FileManager.default.temporaryDirectory.path + "/sluice-webhook-" + UUID().uuidString
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("webhook_server.py").path
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", script, kept, String(status)]
    process.standardInput = lifeline
    process.standardOutput = output
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    let port = line.prefix { $0.isNumber }
    guard !port.isEmpty else { throw TestServerError(message: "the webhook did not start") }
    url = "http://127.0.0.1:\(port)/services/T0/B0/path_secret"
  }

  deinit {
    try? lifeline.fileHandleForWriting.close()
    process.waitUntilExit()
    try? FileManager.default.removeItem(atPath: kept)
  }

  /// What was posted so far, oldest first.
  package func posted() throws -> [[String: Any]] {
    guard let data = FileManager.default.contents(atPath: kept) else { return [] }
    return try data.split(separator: UInt8(ascii: "\n")).map {
      try JSONSerialization.jsonObject(with: $0) as? [String: Any] ?? [:]
    }
  }
}
