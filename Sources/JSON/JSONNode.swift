/// A JSON value that was read, with the place where it begins.
package struct JSONNode: Equatable, Sendable {
  /// Counted from 1.
  package let line: Int
  /// Counted from 1, in Unicode scalars.
  package let column: Int
  package let content: Content

  /// A node at a place.
  package init(line: Int, column: Int, content: Content) {
    self.line = line
    self.column = column
    self.content = content
  }

  /// What kinds of value there are.
  package enum Content: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// Any number that is no Int64, as it is written: "1.5", "1e3", "99999999999999999999".
    case number(String)
    case string(String)
    case array([JSONNode])
    /// Every member in its order, those of a repeated key included.
    case object([JSONNodeMember])
  }
}

/// One key of an object that was read, with the place of the key.
package struct JSONNodeMember: Equatable, Sendable {
  package let key: String
  package let line: Int
  package let column: Int
  package let value: JSONNode

  /// A member whose key stands at a place.
  package init(key: String, line: Int, column: Int, value: JSONNode) {
    self.key = key
    self.line = line
    self.column = column
    self.value = value
  }
}

extension JSONNode {
  /// The value of a key, the first one when the key is repeated; nil for anything but an object.
  package subscript(key: String) -> JSONNode? {
    members?.first { $0.key == key }?.value
  }

  /// Whether it is null.
  package var isNull: Bool { content == .null }

  /// The string, or nil for any other kind.
  package var string: String? {
    if case .string(let value) = content { value } else { nil }
  }

  /// The integer, or nil for any other kind.
  package var integer: Int64? {
    if case .integer(let value) = content { value } else { nil }
  }

  /// The boolean, or nil for any other kind.
  package var bool: Bool? {
    if case .bool(let value) = content { value } else { nil }
  }

  /// The elements, or nil for any other kind.
  package var array: [JSONNode]? {
    if case .array(let elements) = content { elements } else { nil }
  }

  /// The members in their order, or nil for any other kind.
  package var members: [JSONNodeMember]? {
    if case .object(let members) = content { members } else { nil }
  }

  /// What kind of value it is, for messages: "a string", "an integer".
  package var kind: String {
    switch content {
    case .null: "null"
    case .bool: "a boolean"
    case .integer: "an integer"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
