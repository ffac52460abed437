internal import Domain
internal import JSON
internal import Service

/// Why the arguments of a tool cannot be taken: one sentence without its full stop.
struct ArgumentProblem: Error, Equatable {
  let message: String
}

/// What an argument of a tool may be.
enum ArgumentKind: Equatable, Sendable {
  case text
  case integer
  /// An object whose values are texts.
  case texts
  /// An array of objects, each one job.
  case jobs
}

/// One argument of a tool.
struct Parameter: Equatable, Sendable {
  let name: String
  let kind: ArgumentKind
  let description: String
  var isRequired = false
  /// The only texts it may be, when there is a choice.
  var choices: [String] = []

  /// The most characters of a text.
  var most = 1000
}

/// The arguments of one call, each known and of its kind.
struct ToolArguments {
  private var values: [String: JSONNode] = [:]

  init(_ members: [JSONNodeMember], _ parameters: [Parameter]) throws(ArgumentProblem) {
    for member in members {
      guard let parameter = parameters.first(where: { $0.name == member.key }) else {
        let names = parameters.map(\.name).joined(separator: ", ")
        let known = names.isEmpty ? "there are none" : "known are \(names)"
        throw ArgumentProblem(message: "there is no argument \(quoted(member.key)): \(known)")
      }
      if values[member.key] != nil {
        throw ArgumentProblem(message: "the argument \(member.key) is given twice")
      }
      if member.value.isNull, !parameter.isRequired { continue }
      try Self.check(member.value, parameter)
      values[member.key] = member.value
    }
    for parameter in parameters where parameter.isRequired && values[parameter.name] == nil {
      throw ArgumentProblem(message: "the argument \(parameter.name) is missing")
    }
  }

  func text(_ name: String) -> String? { values[name]?.string }

  func integer(_ name: String) -> Int64? { values[name]?.integer }

  /// The charge that the arguments propose.
  var charge: ProposedCharge {
    var charge = ProposedCharge()
    charge.account = text("account")
    charge.amount = text("amount")
    charge.amountMinor = integer("amount_minor")
    charge.currency = text("currency")
    charge.reference = text("reference")
    charge.description = text("description")
    charge.reason = text("reason")
    charge.invoice = text("invoice")
    charge.charge = text("charge")
    charge.metadata = (values["metadata"]?.members ?? []).map {
      MetadataEntry(key: $0.key, value: $0.value.string ?? "")
    }
    return charge
  }

  /// The charges of an array of jobs.
  func charges(_ name: String) throws(ArgumentProblem) -> [ProposedCharge] {
    var charges: [ProposedCharge] = []
    for (place, node) in (values[name]?.array ?? []).enumerated() {
      do throws(ArgumentProblem) {
        charges.append(try ToolArguments(node.members ?? [], Parameter.charge).charge)
      } catch {
        throw ArgumentProblem(message: "job \(place + 1): \(error.message)")
      }
    }
    return charges
  }

  private static func check(_ value: JSONNode, _ parameter: Parameter) throws(ArgumentProblem) {
    let name = "the argument \(parameter.name)"
    switch parameter.kind {
    case .text:
      guard let text = value.string else {
        let hint = parameter.name == "amount" ? " like \"19.99\", or give amount_minor" : ""
        throw ArgumentProblem(message: "\(name) must be a string\(hint), not \(value.kind)")
      }
      guard text.unicodeScalars.count <= parameter.most else {
        throw ArgumentProblem(message: "\(name) is longer than \(parameter.most) characters")
      }
      guard parameter.choices.isEmpty || parameter.choices.contains(text) else {
        let choices = parameter.choices.joined(separator: ", ")
        throw ArgumentProblem(message: "\(name) must be one of \(choices), not \(quoted(text))")
      }
    case .integer:
      if case .number(let text) = value.content, text.allSatisfy({ $0.isNumber || $0 == "-" }) {
        throw ArgumentProblem(message: "\(name) is out of range")
      }
      guard value.integer != nil else {
        throw ArgumentProblem(message: "\(name) must be an integer, not \(value.kind)")
      }
    case .texts:
      guard let members = value.members, members.allSatisfy({ $0.value.string != nil }) else {
        throw ArgumentProblem(message: "\(name) must be an object whose values are strings")
      }
      guard Set(members.map(\.key)).count == members.count else {
        throw ArgumentProblem(message: "\(name) has a key twice")
      }
    case .jobs:
      guard let jobs = value.array, jobs.allSatisfy({ $0.members != nil }) else {
        throw ArgumentProblem(message: "\(name) must be an array of objects")
      }
    }
  }
}

extension Parameter {
  /// The JSON Schema of the argument.
  var schema: JSONValue {
    var members: [JSONMember] = []
    switch kind {
    case .text:
      members.append(JSONMember(key: "type", value: "string"))
      members.append(JSONMember(key: "maxLength", value: .integer(Int64(most))))
      if !choices.isEmpty {
        members.append(JSONMember(key: "enum", value: .array(choices.map(JSONValue.string))))
      }
    case .integer:
      members.append(JSONMember(key: "type", value: "integer"))
      members.append(JSONMember(key: "minimum", value: 1))
    case .texts:
      members.append(JSONMember(key: "type", value: "object"))
      members.append(
        JSONMember(key: "additionalProperties", value: ["type": "string", "maxLength": 500]))
    case .jobs:
      members.append(JSONMember(key: "type", value: "array"))
      members.append(JSONMember(key: "minItems", value: 1))
      members.append(JSONMember(key: "items", value: Self.schema(of: Self.charge)))
    }
    members.append(JSONMember(key: "description", value: .string(description)))
    return .object(members)
  }

  /// The JSON Schema of an object of these arguments.
  static func schema(of parameters: [Parameter]) -> JSONValue {
    let required = parameters.filter(\.isRequired).map { JSONValue.string($0.name) }
    return [
      "type": "object",
      "properties": .object(parameters.map { JSONMember(key: $0.name, value: $0.schema) }),
      "required": .array(required), "additionalProperties": false,
    ]
  }
}
