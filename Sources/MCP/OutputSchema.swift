internal import Domain
internal import JSON
internal import Queue

/// The pieces that the schemas of answers are made of.
enum OutputSchema {
  static let text: JSONValue = ["type": "string"]
  static let optionalText: JSONValue = ["type": ["string", "null"]]
  static let flag: JSONValue = ["type": "boolean"]
  static let count: JSONValue = ["type": "integer", "minimum": 0]
  static let optionalCount: JSONValue = ["type": ["integer", "null"], "minimum": 0]

  static func list(_ items: JSONValue) -> JSONValue { ["type": "array", "items": items] }

  static func word(_ words: [String]) -> JSONValue {
    ["type": "string", "enum": .array(words.map(JSONValue.string))]
  }

  /// An object that has exactly these members.
  static func object(_ members: [(String, JSONValue)]) -> JSONValue {
    [
      "type": "object",
      "properties": .object(members.map { JSONMember(key: $0.0, value: $0.1) }),
      "required": .array(members.map { .string($0.0) }), "additionalProperties": false,
    ]
  }

  /// Amounts are integers of minor units.
  static let money = list(object([("currency", text), ("amount_minor", count)]))

  static let state = word(BatchState.allCases.map(\.rawValue))

  static let headings = object(Heading.allCases.map { ($0.rawValue, count) })
}

extension [Money] {
  /// The amounts as answers have them.
  var json: JSONValue {
    .array(
      map {
        [
          "currency": .string($0.currency.code), "amount_minor": .integer($0.minorUnits),
        ]
      })
  }
}
