package import Domain
internal import JSON
package import Service
package import System

/// The planner's door: the Model Context Protocol over standard input and output.
///
/// One JSON object a line, in both eras of the protocol. Nothing is remembered between requests,
/// and the home is opened anew for each, so that a server that runs for days sees what others do.
package struct MCPServer {
  private let version: String
  private let tools: [Tool]
  private let open: () throws(Fault) -> PlannerDesk

  /// The server of a program of this version, for these job files; `open` opens the planner's desk.
  package init(
    version: String, jobFiles: [JobFile], open: @escaping () throws(Fault) -> PlannerDesk
  ) {
    self.version = version
    tools = Tool.all(jobFiles)
    self.open = open
  }

  /// Serves standard input on standard output until the input ends or nobody reads the output.
  package func serve() throws(Fault) {
    try serve(InputFile(path: "-")) { answer throws(SystemError) in
      try Terminal.write(answer, to: .output)
    }
  }

  /// Serves the lines of a file and gives each answer to `write`, until they end or nobody reads.
  package func serve(
    _ input: consuming InputFile, _ write: (String) throws(SystemError) -> Void
  ) throws(Fault) {
    var lines = LineReader(input)
    while true {
      let message: RPCMessage
      switch try lines.next() {
      case .end: return
      case .tooLong(let outline): message = RPCMessage(unreadable: outline, .tooLong)
      case .line(let line):
        guard !Self.isBlank(line) else { continue }
        message = RPCMessage(line)
      }
      guard let answer = answer(message) else { continue }
      do {
        try write(answer)
      } catch {
        if error.isBrokenPipe { return }
        throw Fault(.storage, "standard output cannot be written: \(error.message)")
      }
    }
  }

  private static func isBlank(_ line: [UInt8]) -> Bool {
    line.allSatisfy { [0x20, 0x09, 0x0D].contains($0) }
  }

  /// The line that answers a message; nil where nothing is to be said.
  private func answer(_ message: RPCMessage) -> String? {
    switch message {
    case .unanswered: return nil
    case .wrong(let id, let error): return id.answer(error)
    case .request(let id, let method, let parameters):
      do throws(RPCError) {
        return id.answer(try result(of: method, parameters))
      } catch {
        return id.answer(error)
      }
    }
  }

  private func result(
    of method: String, _ parameters: JSONNode?
  ) throws(RPCError) -> JSONValue {
    let era = try Era(parameters)
    switch (method, era) {
    case ("initialize", .handshake): return try initialized(parameters)
    case ("ping", .handshake): return [:]
    case ("server/discover", _): return discovered
    case ("tools/list", let era):
      guard parameters?["cursor"].map(Self.isFirstPage) ?? true else {
        throw .parameters("there is no further page of tools")
      }
      return complete([JSONMember(key: "tools", value: .array(tools.map(\.json)))], era, ttl: 0)
    case ("tools/call", let era): return complete(try called(parameters), era)
    default: throw .noMethod("there is no method \(quoted(method))")
    }
  }

  /// Some clients write null or an empty cursor for none.
  private static func isFirstPage(_ cursor: JSONNode) -> Bool {
    cursor.isNull || cursor.string == ""
  }

  private func initialized(_ parameters: JSONNode?) throws(RPCError) -> JSONValue {
    guard let wanted = parameters?["protocolVersion"]?.string else {
      throw .parameters("protocolVersion must be a string")
    }
    let versions = Era.handshakeVersions
    let version = versions.contains(wanted) ? wanted : versions[versions.count - 1]
    return [
      "protocolVersion": .string(version), "capabilities": Self.capabilities,
      "serverInfo": serverInfo, "instructions": .string(Self.instructions),
    ]
  }

  private var discovered: JSONValue {
    complete(
      [
        JSONMember(
          key: "supportedVersions", value: .array(Era.statelessVersions.map(JSONValue.string))),
        JSONMember(key: "capabilities", value: Self.capabilities),
        JSONMember(key: "instructions", value: .string(Self.instructions)),
      ], .stateless, ttl: 0)
  }

  /// What a result carries beside its own members.
  private func complete(_ members: [JSONMember], _ era: Era, ttl: Int64? = nil) -> JSONValue {
    switch era {
    case .handshake: return .object(members)
    case .stateless:
      var members = members
      members.append(JSONMember(key: "resultType", value: "complete"))
      if let ttl {
        members.append(JSONMember(key: "ttlMs", value: .integer(ttl)))
        members.append(JSONMember(key: "cacheScope", value: "private"))
      }
      members.append(
        JSONMember(
          key: "_meta", value: ["io.modelcontextprotocol/serverInfo": serverInfo]))
      return .object(members)
    }
  }

  private var serverInfo: JSONValue {
    ["name": "sluice", "title": "Sluice", "version": .string(version)]
  }

  private static let capabilities: JSONValue = ["tools": ["listChanged": false]]

  private static let instructions = """
    Sluice queues charges for a person to approve. Plan jobs with plan_charge or plan_batch, look \
    at them with preview, hand them over with submit; then a person approves and runs the batch. \
    Nothing here moves money. Amounts in answers are integers of minor units (cents). A cap that \
    is reached is final: stop, do not retry, do not try another way. Every call may be repeated \
    safely when its answer was lost.
    """
}

// Tools.
extension MCPServer {
  private func called(_ parameters: JSONNode?) throws(RPCError) -> [JSONMember] {
    guard let name = parameters?["name"]?.string else {
      throw .parameters("name must be the name of a tool")
    }
    guard let tool = tools.first(where: { $0.name == name }) else {
      let names = tools.map(\.name).joined(separator: ", ")
      throw .parameters("there is no tool \(quoted(name)), only \(names)")
    }
    // Some clients write null for a tool that takes no arguments.
    let given = parameters?["arguments"]
    let arguments = given?.isNull == true ? nil : given
    guard arguments == nil || arguments?.members != nil else {
      throw .parameters("arguments must be an object")
    }
    do throws(ArgumentProblem) {
      let arguments = try ToolArguments(arguments?.members ?? [], tool.parameters)
      do throws(Fault) {
        return try told(tool.call(arguments, try open()))
      } catch {
        return told(error)
      }
    } catch {
      return refused(sentence(error.message) + " Nothing was done; correct it and call again.")
    }
  }

  private func told(_ answer: PlannerAnswer<JSONValue>) -> [JSONMember] {
    switch answer {
    case .refused(let refusal):
      return refused(sentence(refusal.message) + " " + sentence(refusal.advice))
    case .given(let json):
      return [
        JSONMember(key: "content", value: [["type": "text", "text": .string(json.text)]]),
        JSONMember(key: "structuredContent", value: json),
        JSONMember(key: "isError", value: false),
      ]
    }
  }

  /// What failed is for the person who reads the log; a planner is told only what to do.
  private func told(_ fault: Fault) -> [JSONMember] {
    let more = fault.details + [fault.hint].compactMap(\.self)
    let lines = ["sluice: " + fault.message] + more.map { "  " + $0 }
    try? Terminal.write(lines.map { printable($0) + "\n" }.joined(), to: .error)
    switch fault.exit {
    case .busy:
      return refused(
        "The queue is busy. Call again in some seconds: a repeat changes nothing twice.")
    case .done, .someNotCharged, .haltedByCap, .halted, .needsPerson, .waiting, .usage, .badData,
      .notFound,
      .unreachable, .internalError, .storage, .notAllowed, .configuration:
      return refused(
        "The queue cannot be used now. Stop, and tell the person who runs Sluice to look at its "
          + "log. When they have mended it, call again: a repeat changes nothing twice.")
    }
  }

  private func refused(_ text: String) -> [JSONMember] {
    [
      JSONMember(key: "content", value: [["type": "text", "text": .string(text)]]),
      JSONMember(key: "isError", value: true),
    ]
  }

  /// The text as a sentence; a name at its start, like cus_5, stays as it is.
  private func sentence(_ text: String) -> String {
    let isName = text.prefix { $0 != " " }.contains("_")
    return (isName ? text.prefix(1) : text.prefix(1).uppercased()[...]) + text.dropFirst() + "."
  }
}
