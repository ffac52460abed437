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
  private let lines: LineProcess
  /// Kept, so that it stays as long as its server.
  private let home: AgentHome
  private var lastID = 0
  /// Every line that was heard.
  var heard: [String] { lines.heard }

  init(
    _ home: AgentHome, planner: String = "agent", jobFiles: [String] = ["fees.json"],
    as submitter: String? = nil
  ) throws {
    self.home = home
    if let submitter { try home.addApprover(submitter) }
    lines = try LineProcess(
      [Sluice.path, "mcp", "--planner", planner] + jobFiles.flatMap { ["--job", $0] },
      in: home.folder, environment: home.environment(of: submitter))
  }

  /// Says a line as it is.
  func say(_ line: String) throws { try lines.say(line) }

  /// The next line.
  func hear() throws -> String { try lines.hear() }

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
  func plan(
    _ number: Int, _ account: String? = nil, jobFile: String? = nil
  ) throws -> ToolAnswer {
    var arguments: [String: Any] = [
      "account": account ?? "cus_\(number)", "amount_minor": 199, "reference": "INV-\(number)",
    ]
    arguments["job_file"] = jobFile
    return try done("plan_charge", arguments)
  }

  /// Ends the server as a crash would.
  func kill() { lines.kill() }

  /// Ends the input, and says how the server ended.
  func end() throws -> Int32 { try lines.end() }
}
