import Domain
import JSON

/// One object of a job file, whose members are asked for by name; what is wrong goes to a list.
struct JobFileObject {
  let node: JSONNode
  /// Where it stands: "policy.caps[0]", or nothing for the whole file.
  private let path: String

  /// Checks that a node is an object of known and unrepeated keys, when there is a node at all.
  init?(_ node: JSONNode?, path: String, keys: [String]?, problems: inout ProblemList) {
    guard let node else { return nil }
    self.node = node
    self.path = path
    guard let members = node.members else {
      problems.add(node, path, "must be an object, not \(node.kind)")
      return nil
    }
    var seen: Set<String> = []
    for member in members {
      let place = JSONNode(line: member.line, column: member.column, content: .null)
      if !seen.insert(member.key).inserted {
        problems.add(place, name(member.key), "the key stands here twice")
      } else if let keys, !keys.contains(member.key) {
        problems.add(place, name(member.key), Self.unknown(member.key, among: keys))
      }
    }
  }

  private static func unknown(_ key: String, among keys: [String]) -> String {
    if let near = closest(to: key, among: keys) { return "unknown key, did you mean \"\(near)\"?" }
    return "unknown key; known are " + keys.joined(separator: ", ")
  }

  /// The path of one of its keys: "policy.caps".
  func name(_ key: String) -> String {
    path.isEmpty ? printable(key) : path + "." + printable(key)
  }

  /// The value of a key that must be there.
  func required(_ key: String, _ problems: inout ProblemList) -> JSONNode? {
    if let value = node[key] { return value }
    problems.add(node, name(key), "missing")
    return nil
  }

  func string(_ key: String, _ problems: inout ProblemList) -> String? {
    guard let value = node[key] else { return nil }
    return problems.string(value, name(key))
  }

  func bool(_ key: String, _ problems: inout ProblemList) -> Bool? {
    guard let value = node[key] else { return nil }
    if value.bool == nil {
      problems.add(value, name(key), "must be true or false, not \(value.kind)")
    }
    return value.bool
  }

  func count(
    _ key: String, in range: ClosedRange<Int> = 1...1_000_000, _ problems: inout ProblemList
  ) -> Int? {
    guard let value = node[key] else { return nil }
    guard let count = value.integer.map(Int.init), range.contains(count) else {
      let found = value.integer.map(String.init) ?? value.kind
      problems.add(
        value, name(key),
        "must be an integer from \(range.lowerBound) to \(groupedDigits(range.upperBound)), "
          + "not \(found)")
      return nil
    }
    return count
  }

  func duration(_ key: String, _ problems: inout ProblemList) -> Milliseconds? {
    guard let value = node[key], let text = problems.string(value, name(key)) else { return nil }
    if let duration = Milliseconds(duration: text) { return duration }
    problems.add(value, name(key), "\(quoted(text)) is no duration: write 90s, 15m, 1h or 7d")
    return nil
  }

  /// The elements of an array, each with its path.
  func elements(
    _ key: String, _ problems: inout ProblemList
  ) -> [(node: JSONNode, path: String)]? {
    guard let value = node[key] else { return nil }
    guard let elements = value.array else {
      problems.add(value, name(key), "must be an array, not \(value.kind)")
      return nil
    }
    return elements.enumerated().map { ($1, "\(name(key))[\($0)]") }
  }

  /// What a rule makes of the text of a key.
  func value<Value>(
    _ key: String, _ problems: inout ProblemList, _ rule: (String) throws(FieldProblem) -> Value
  ) -> Value? {
    guard let value = node[key], let text = problems.string(value, name(key)) else { return nil }
    return problems.value(value, name(key), text, rule)
  }
}

extension ProblemList {
  mutating func add(_ node: JSONNode, _ path: String, _ message: String) {
    add(line: node.line, column: node.column, path.isEmpty ? message : path + ": " + message)
  }

  /// The string of a node; any other kind is a problem.
  mutating func string(_ node: JSONNode, _ path: String) -> String? {
    if node.string == nil { add(node, path, "must be a string, not \(node.kind)") }
    return node.string
  }

  /// What a rule makes of a node's text; what it throws is a problem.
  mutating func value<Value>(
    _ node: JSONNode, _ path: String, _ text: String,
    _ rule: (String) throws(FieldProblem) -> Value
  ) -> Value? {
    do throws(FieldProblem) {
      return try rule(text)
    } catch {
      let holdsSecret = Secrets.holdsKey(text) || Secrets.holdsCardNumber(text)
      add(node, path, holdsSecret ? Secrets.refusal : error.message)
      return nil
    }
  }
}
