internal import JSON

/// The id of a request, as it is written: answers give back exactly that.
struct RPCID: Equatable {
  let text: String

  /// Where an id cannot be told.
  static let null = RPCID(text: "null")

  private init(text: String) { self.text = text }

  /// The id that a node holds; nil for what is no id.
  init?(_ node: JSONNode) {
    switch node.content {
    case .string(let text): self.text = JSONValue.string(text).text
    case .integer(let integer): text = String(integer)
    case .number(let number): text = number
    case .null, .bool, .array, .object: return nil
    }
  }
}

/// What is wrong with a request, beside whatever a tool says.
struct RPCError: Error, Equatable {
  let code: Int64
  let message: String
  var data: JSONValue?

  static func parse(_ message: String) -> RPCError { RPCError(code: -32700, message: message) }
  static func invalid(_ message: String) -> RPCError { RPCError(code: -32600, message: message) }
  static func noMethod(_ message: String) -> RPCError { RPCError(code: -32601, message: message) }
  static func parameters(_ message: String) -> RPCError { RPCError(code: -32602, message: message) }

  static let tooLong = invalid(
    "the line is longer than 1 MiB and was not read: send less at once, fewer jobs for example")
}

/// One line of JSON-RPC 2.0.
enum RPCMessage {
  case request(RPCID, method: String, parameters: JSONNode?)
  /// A notification, or an answer to something nobody asked: no word is said to it.
  case unanswered
  case wrong(RPCID, RPCError)

  /// Reads one line.
  init(_ bytes: [UInt8]) {
    do throws(JSONError) {
      self.init(try JSONReader.read(bytes))
    } catch {
      var outline = LineOutline()
      outline.take(bytes[...])
      self.init(
        unreadable: outline,
        .parse("this is no JSON: \(error.message) at column \(error.column)"))
    }
  }

  /// What is said to a line of this outline that cannot be read for this error: to a request that
  /// it is refused, to a notification nothing.
  init(unreadable outline: LineOutline, _ error: RPCError) {
    guard outline.isWhole, let node = try? JSONReader.read(outline.bytes) else {
      self = .wrong(.null, error)
      return
    }
    switch RPCMessage(node) {
    case .request(let id, _, _), .wrong(let id, _): self = .wrong(id, error)
    case .unanswered: self = .unanswered
    }
  }

  private init(_ node: JSONNode) {
    guard node.members != nil else {
      let what = node.array == nil ? "a message is an object" : "batches of messages are not served"
      self = .wrong(.null, .invalid("\(what): send one object a line"))
      return
    }
    guard let idNode = node["id"] else {
      let isKnown = ["method", "result", "error"].contains { node[$0] != nil }
      self = isKnown ? .unanswered : .wrong(.null, .invalid("a message has a method"))
      return
    }
    if node["method"] == nil, node["result"] != nil || node["error"] != nil {
      self = .unanswered
      return
    }
    guard let id = RPCID(idNode) else {
      self = .wrong(.null, .invalid("an id is a string or a number, not \(idNode.kind)"))
      return
    }
    guard node["jsonrpc"]?.string == "2.0" else {
      self = .wrong(id, .invalid("jsonrpc must be \"2.0\""))
      return
    }
    guard let method = node["method"]?.string else {
      self = .wrong(id, .invalid("the method must be a string"))
      return
    }
    // Some clients write null for a method that takes none.
    let given = node["params"]
    let parameters = given?.isNull == true ? nil : given
    guard parameters == nil || parameters?.members != nil else {
      self = .wrong(id, .parameters("params must be an object"))
      return
    }
    self = .request(id, method: method, parameters: parameters)
  }
}

extension RPCID {
  /// The line that answers a request.
  func answer(_ result: JSONValue) -> String {
    "{\"jsonrpc\":\"2.0\",\"id\":\(text),\"result\":\(result.text)}\n"
  }

  /// The line that refuses a request.
  func answer(_ error: RPCError) -> String {
    var members = [
      JSONMember(key: "code", value: .integer(error.code)),
      JSONMember(key: "message", value: .string(error.message)),
    ]
    if let data = error.data { members.append(JSONMember(key: "data", value: data)) }
    return "{\"jsonrpc\":\"2.0\",\"id\":\(text),\"error\":\(JSONValue.object(members).text)}\n"
  }
}
