import Foundation
import Support

/// The official client of the protocol in Python, which does as it is told by `client.py`.
final class OfficialClient {
  private let home: AgentHome
  private let lines: LineProcess

  init(_ home: AgentHome) throws {
    self.home = home
    lines = try LineProcess(
      [try Self.python(), Self.script("client.py")], in: home.folder,
      environment: Self.environment(home))
  }

  /// The Python that has the official client.
  static func python() throws -> String {
    let python = ProcessInfo.processInfo.environment["SLUICE_MCP"] ?? ""
    guard !python.isEmpty else {
      throw TestServerError(message: "SLUICE_MCP names no Python that has mcp: run Tests/run")
    }
    return python
  }

  /// A script beside these tests.
  static func script(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/" + name
  }

  /// What a script is given; it leaves no compiled files in the repository.
  static func environment(_ home: AgentHome) -> [String: String] {
    Sluice.environment(["HOME": home.folder, "PYTHONDONTWRITEBYTECODE": "1"])
  }

  /// Carries out an order, and returns what came of it.
  func order(_ order: [String: Any]) throws -> Any {
    let data = try JSONSerialization.data(withJSONObject: order)
    try lines.say(String(decoding: data, as: UTF8.self))
    return try JSONSerialization.jsonObject(
      with: Data(try lines.hear().utf8), options: .fragmentsAllowed)
  }

  /// Connects to a server that it starts; returns the version that they agree on.
  func open(
    _ server: Server, mode: String = "auto", as client: String = "agent"
  ) throws -> String {
    try order(["client": client, "open": mode, "server": server.parameters]) as? String ?? ""
  }

  /// The tools that a client is offered, each with sound schemas.
  func tools(_ client: String = "agent") throws -> [[String: Any]] {
    try order(["client": client, "list": true]) as? [[String: Any]] ?? []
  }

  /// Calls a tool.
  func call(
    _ tool: String, _ arguments: [String: Any] = [:], as client: String = "agent"
  ) throws -> ToolAnswer {
    ToolAnswer(try order(["client": client, "call": tool, "arguments": arguments]))
  }

  /// Calls a tool that has to do what is asked.
  func done(
    _ tool: String, _ arguments: [String: Any] = [:], as client: String = "agent"
  ) throws -> ToolAnswer {
    let answer = try call(tool, arguments, as: client)
    guard !answer.isError else { throw TestServerError(message: "\(tool): \(answer.text)") }
    return answer
  }

  /// Has a client make many calls at once.
  func calls(_ calls: [Call], as client: String) throws -> [ToolAnswer] {
    try Self.answers(order(["client": client, "calls": calls.map(\.words)]))
  }

  /// Has a client make many calls, and kills its server when so many are answered.
  func calls(
    _ calls: [Call], as client: String, killing server: Server, after answers: Int
  ) throws -> [ToolAnswer] {
    try Self.answers(
      order([
        "client": client, "calls": calls.map(\.words), "kill_after": answers,
        "process": server.numberFile,
      ]))
  }

  /// Has clients make their calls at the same time.
  func together(_ calls: [String: [Call]]) throws -> [String: [ToolAnswer]] {
    let names = calls.keys.sorted()
    let orders = names.map { ["client": $0, "calls": calls[$0, default: []].map(\.words)] }
    let told = try order(["together": orders]) as? [Any] ?? []
    return Dictionary(uniqueKeysWithValues: zip(names, told.map(Self.answers)))
  }

  /// Ends a client, and with it its server.
  func close(_ client: String = "agent") throws {
    _ = try order(["client": client, "close": true])
  }

  private static func answers(_ json: Any) -> [ToolAnswer] {
    (json as? [Any] ?? []).map(ToolAnswer.init)
  }
}

/// A tool and what it is called with.
struct Call {
  let tool: String
  let arguments: [String: Any]

  var words: [Any] { [tool, arguments] }

  /// The plan of a plain charge of 1.00.
  static func plan(_ number: Int) -> Call {
    Call(
      tool: "plan_charge",
      arguments: [
        "account": "cus_\(number)", "amount": "1.00", "reference": "in_\(number)",
      ])
  }
}

/// How a client starts a server.
struct Server {
  let command: String
  let arguments: [String]
  let home: AgentHome
  /// Where the server's number stands, for one that is to be killed.
  let numberFile: String

  /// A server of these words.
  init(_ command: String, _ arguments: [String], _ home: AgentHome) {
    self.command = command
    self.arguments = arguments
    self.home = home
    numberFile = home.folder + "/server-" + UUID().uuidString
  }

  /// A server of a home, for a planner and the job file `fees`.
  init(_ home: AgentHome, planner: String = "agent") {
    self.init(
      Sluice.path,
      [
        "mcp", "--home", home.folder + "/home", "--job", home.folder + "/fees.json", "--planner",
        planner,
      ], home)
  }

  /// What the official client starts it with: a shell leaves the number and becomes the server.
  var parameters: [String: Any] {
    [
      "command": "sh",
      "args": ["-c", "echo $$ >'\(numberFile)' && exec \"$0\" \"$@\"", command] + arguments,
      "cwd": home.folder,
    ]
  }
}

extension ToolAnswer {
  /// What `client.py` tells of an answer; an error of the protocol is an error as well.
  init(_ json: Any) {
    let json = json as? [String: Any] ?? [:]
    self.init(
      isError: json["isError"] as? Bool ?? true, text: json["text"] as? String ?? "",
      content: json["content"] as? [String: Any] ?? [:])
  }
}
