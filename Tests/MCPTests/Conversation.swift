import Foundation
import Support

/// What a tool answered.
struct ToolAnswer {
  let isError: Bool
  let text: String
  /// Empty where it is an error.
  let content: [String: Any]

  func string(_ key: String) -> String { content[key] as? String ?? "" }
  func integer(_ key: String) -> Int { content[key] as? Int ?? -1 }
}

/// A server that is running, and what was said so far.
final class Conversation {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var pending = Data()
  private var lastID = 0
  /// Every line that was heard.
  private(set) var heard: [String] = []

  init(
    _ home: AgentHome, planner: String = "agent", jobFiles: [String] = ["fees.json"]
  ) throws {
    process.executableURL = URL(fileURLWithPath: Sluice.path)
    process.arguments = ["mcp", "--planner", planner] + jobFiles.flatMap { ["--job", $0] }
    process.environment = home.environment
    process.currentDirectoryURL = URL(fileURLWithPath: home.folder)
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    // A server that says nothing is not waited for without an end.
    let number = process.processIdentifier
    DispatchQueue.global().asyncAfter(deadline: .now() + 120) { [weak process] in
      if process?.isRunning == true { Foundation.kill(number, SIGKILL) }
    }
  }

  deinit {
    if process.isRunning { process.terminate() }
    try? input.fileHandleForWriting.close()
    try? output.fileHandleForReading.close()
  }

  /// Says a line as it is.
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
      guard !more.isEmpty else { throw TestServerError(message: "the server is gone") }
      pending += more
    }
  }

  /// Asks for something and returns the whole answer.
  func ask(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
    lastID += 1
    let request: [String: Any] = [
      "jsonrpc": "2.0", "id": lastID, "method": method, "params": parameters,
    ]
    let text = try JSONSerialization.data(withJSONObject: request)
    try say(String(decoding: text, as: UTF8.self))
    let answer = try JSONSerialization.jsonObject(with: Data(try hear().utf8)) as? [String: Any]
    guard let answer, answer["id"] as? Int == lastID else {
      throw TestServerError(message: "an answer to something else: \(heard.last ?? "")")
    }
    return answer
  }

  /// Calls a tool.
  func call(_ tool: String, _ arguments: [String: Any] = [:]) throws -> ToolAnswer {
    let answer = try ask("tools/call", ["name": tool, "arguments": arguments])
    guard let result = answer["result"] as? [String: Any],
      let content = result["content"] as? [[String: Any]], let text = content.first?["text"]
    else { throw TestServerError(message: "\(tool): \(answer)") }
    return ToolAnswer(
      isError: result["isError"] as? Bool ?? false, text: text as? String ?? "",
      content: result["structuredContent"] as? [String: Any] ?? [:])
  }

  /// Calls a tool that has to do what is asked.
  func done(_ tool: String, _ arguments: [String: Any] = [:]) throws -> ToolAnswer {
    let answer = try call(tool, arguments)
    guard !answer.isError else { throw TestServerError(message: "\(tool): \(answer.text)") }
    return answer
  }

  /// Plans a plain charge of 1.99.
  func plan(_ number: Int, _ account: String? = nil) throws -> ToolAnswer {
    try done(
      "plan_charge",
      [
        "account": account ?? "cus_\(number)", "amount_minor": 199, "reference": "in_\(number)",
      ])
  }

  /// Ends the server as a crash would.
  func kill() {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Ends the input, and says how the server ended.
  func end() throws -> Int32 {
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
