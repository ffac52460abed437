import Foundation
import Support

/// A copy of examples/semantic-kernel, where `python` has Semantic Kernel and a home is ready.
final class KernelExample {
  let clone: Clone
  /// Where the homes and the chats are.
  let place: String
  private let home: String

  init(home name: String = "home") throws {
    let python = ProcessInfo.processInfo.environment["SLUICE_SEMANTIC_KERNEL"] ?? ""
    guard !python.isEmpty else {
      throw TestServerError(
        message: "SLUICE_SEMANTIC_KERNEL names no Python that has semantic-kernel: run Tests/run")
    }
    clone = try Clone()
    _ = try clone.makeProgram("python", "exec '\(python)' \"$@\"")
    _ = try clone.makeProgram("sluice", "exec '\(Sluice.path)' \"$@\"")
    place = clone.folder + "/.build-semantic-kernel"
    home = place + "/" + name
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
    _ = try run("sluice init")
  }

  /// The steps of the example's manual.
  static func steps() throws -> [ManualStep] {
    let manual = Clone.repository + "/examples/semantic-kernel/README.md"
    return ManualStep.all(in: try String(contentsOfFile: manual, encoding: .utf8))
  }

  /// Runs commands of a shell in the example's folder; `under` is what comes before the shell.
  func run(
    _ script: String, under words: [String] = [], environment: [String: String] = [:]
  ) throws -> Outcome {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let usual = [
      "PATH": clone.folder + ":" + path, "SLUICE_HOME": home, "PYTHONDONTWRITEBYTECODE": "1",
    ]
    return try clone.start(
      words + ["bash", "-c", "cd examples/semantic-kernel && { " + script + "\n}"],
      environment: usual.merging(environment) { $1 }
    ).wait(seconds: 900)
  }

  /// Types commands of the manual one after the other, and says what each printed.
  func type(_ steps: some Collection<ManualStep>, under words: [String] = []) throws -> [String] {
    let lines = try steps.map { "printf '\\036'\n" + (try typed($0.command)) }
    let outcome = try run(lines.joined(separator: "\n"), under: words)
    return outcome.output.split(separator: "\u{1E}", omittingEmptySubsequences: false).dropFirst()
      .map(String.init)
  }

  /// A person approves on a terminal; without one the digest is needed.
  private func typed(_ command: String) throws -> String {
    guard command.hasPrefix("sluice approve ") else { return command }
    let preview = try run("sluice preview \(command.dropFirst("sluice approve ".count)) --json")
    return command + " --digest \(try json(preview.output)["digest"] as? String ?? "")"
  }

  /// What the sandbox's Stripe has charged; nil as long as it was asked nothing.
  func ledger() throws -> SandboxLedger? {
    let path = home + "/sandbox.db"
    return FileManager.default.fileExists(atPath: path) ? try SandboxLedger(path: path) : nil
  }

  /// All that functions returned to the model in a chat that was kept.
  func results(inChat name: String) throws -> [String] {
    let text = try String(contentsOfFile: place + "/" + name + ".json", encoding: .utf8)
    let messages = try json(text)["messages"] as? [[String: Any]] ?? []
    return messages.flatMap { $0["items"] as? [[String: Any]] ?? [] }
      .filter { $0["content_type"] as? String == "function_result" }
      .compactMap { $0["result"] as? String }
  }
}

/// An object of JSON.
func json(_ text: String) throws -> [String: Any] {
  try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
}
