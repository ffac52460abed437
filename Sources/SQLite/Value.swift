/// What a parameter is bound to.
package enum Value: Equatable, Sendable {
  case null
  case integer(Int64)
  case text(String)
  case blob([UInt8])

  /// The text, or null when there is none.
  package static func optional(_ text: String?) -> Value { text.map(Value.text) ?? .null }

  /// The integer, or null when there is none.
  package static func optional(_ integer: Int64?) -> Value { integer.map(Value.integer) ?? .null }

  /// A Swift integer.
  package static func integer(_ integer: Int) -> Value { .integer(Int64(integer)) }
}

/// Named parameters with their values, in any order: `[":batch": .text(id)]`.
package typealias Parameters = KeyValuePairs<String, Value>
