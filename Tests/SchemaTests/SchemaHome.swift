import Foundation
import Support

/// A home whose every command is run with --json, and what they printed.
final class SchemaHome {
  private let folder: String
  private(set) var printed: [Printed] = []
  private let webhook: WebhookServer

  init() throws {
    webhook = try WebhookServer()
    folder = FileManager.default.temporaryDirectory.path + "/sluice-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
  }

  /// Runs a command that has to end with a status; its document is what it printed, or its error
  /// where it printed nothing.
  @discardableResult
  func run(_ line: String, _ more: String..., status: Int32 = 0) throws -> [String: Any] {
    let words = line.split(separator: " ").map(String.init) + more
    let outcome = try RunningProcess(
      [Sluice.path] + words + ["--json"], in: folder,
      environment: Sluice.environment([
        "HOME": folder, "SLUICE_HOME": folder + "/home", "SLUICE_WEBHOOK": webhook.url,
      ])
    ).wait()
    guard outcome.status == status else { throw TestServerError(message: "\(line): \(outcome)") }
    let isError = outcome.output.isEmpty
    let text = isError ? outcome.error : outcome.output
    let lines = line == "journal export" ? text.split(separator: "\n").map(String.init) : [text]
    for document in lines {
      printed.append(Printed(schema: isError ? "error" : name(of: words), document: document))
    }
    let object = try? JSONSerialization.jsonObject(with: Data((lines.first ?? "").utf8))
    guard let object = object as? [String: Any] else {
      throw TestServerError(message: "\(line) printed no JSON: \(outcome)")
    }
    return object
  }

  /// Takes every notice that was posted to what was printed; returns what they tell of.
  func takeNotices() throws -> Set<String> {
    let notices = try webhook.posted()
    for notice in notices {
      let data = try JSONSerialization.data(withJSONObject: notice)
      printed.append(
        Printed(schema: "notice", document: String(decoding: data, as: UTF8.self)))
    }
    return Set(notices.compactMap { $0["event"] as? String })
  }

  /// The schema of a command line: "keys-list".
  private func name(of words: [String]) -> String {
    let isNoun = ["approvers", "budget", "journal", "keys", "standing"].contains(words[0])
    return words.prefix(isNoun ? 2 : 1).joined(separator: "-")
  }
}
