/// Why bytes are no JSON, and where.
package struct JSONError: Error, Equatable, Sendable {
  /// Counted from 1.
  package let line: Int
  /// Counted from 1, in Unicode scalars.
  package let column: Int
  package let message: String
}

/// Reads one JSON value strictly by RFC 8259, keeping the place of everything.
///
/// It works on bytes and never traps: what it reads was written by planners and came over networks.
package struct JSONReader {
  let bytes: [UInt8]
  var position = 0
  private var line = 1
  private var lineStart = 0
  /// Bytes of the current line that continue a character, so that columns count characters.
  var continuationBytes = 0
  private var depthLeft: Int

  private init(_ bytes: [UInt8], maximumDepth: Int) {
    self.bytes = bytes
    self.depthLeft = maximumDepth
  }

  /// Reads bytes that must be exactly one value; arrays and objects nest at most `maximumDepth`.
  package static func read(
    _ bytes: [UInt8], maximumDepth: Int = 64
  ) throws(JSONError) -> JSONNode {
    var reader = JSONReader(bytes, maximumDepth: maximumDepth)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      throw reader.error("begins with a byte order mark; save it as UTF-8 without one")
    }
    reader.skipWhitespace()
    let node = try reader.value()
    reader.skipWhitespace()
    guard reader.current == nil else { throw reader.unexpected("the end after the value") }
    return node
  }

  private mutating func value() throws(JSONError) -> JSONNode {
    let place = (line: line, column: column)
    return JSONNode(line: place.line, column: place.column, content: try content())
  }

  private mutating func content() throws(JSONError) -> JSONNode.Content {
    switch current {
    case UInt8(ascii: "{"): .object(try nested(Self.members))
    case UInt8(ascii: "["): .array(try nested(Self.elements))
    case UInt8(ascii: "\""): .string(try string())
    case UInt8(ascii: "t"): try word("true", .bool(true))
    case UInt8(ascii: "f"): try word("false", .bool(false))
    case UInt8(ascii: "n"): try word("null", .null)
    case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): try number()
    default: throw unexpected("a value")
    }
  }

  /// Reads what an opening bracket begins, one level deeper.
  private mutating func nested<Part>(
    _ read: (inout JSONReader) throws(JSONError) -> Part
  ) throws(JSONError) -> Part {
    guard depthLeft > 0 else { throw error("arrays and objects nest too deep") }
    depthLeft -= 1
    position += 1
    let part = try read(&self)
    depthLeft += 1
    return part
  }

  private static func elements(_ reader: inout JSONReader) throws(JSONError) -> [JSONNode] {
    var elements: [JSONNode] = []
    reader.skipWhitespace()
    if reader.take(UInt8(ascii: "]")) { return elements }
    while true {
      reader.skipWhitespace()
      elements.append(try reader.value())
      reader.skipWhitespace()
      if reader.take(UInt8(ascii: "]")) { return elements }
      guard reader.take(UInt8(ascii: ",")) else { throw reader.unexpected("\",\" or \"]\"") }
    }
  }

  private static func members(_ reader: inout JSONReader) throws(JSONError) -> [JSONNodeMember] {
    var members: [JSONNodeMember] = []
    reader.skipWhitespace()
    if reader.take(UInt8(ascii: "}")) { return members }
    while true {
      reader.skipWhitespace()
      members.append(try reader.member())
      reader.skipWhitespace()
      if reader.take(UInt8(ascii: "}")) { return members }
      guard reader.take(UInt8(ascii: ",")) else { throw reader.unexpected("\",\" or \"}\"") }
    }
  }

  private mutating func member() throws(JSONError) -> JSONNodeMember {
    let place = (line: line, column: column)
    guard current == UInt8(ascii: "\"") else { throw unexpected("a key in double quotes") }
    let key = try string()
    skipWhitespace()
    guard take(UInt8(ascii: ":")) else { throw unexpected("\":\" after the key") }
    skipWhitespace()
    return JSONNodeMember(key: key, line: place.line, column: place.column, value: try value())
  }

  private mutating func word(
    _ word: String, _ content: JSONNode.Content
  ) throws(JSONError) -> JSONNode.Content {
    for byte in word.utf8 {
      guard take(byte) else { throw unexpected(word) }
    }
    return content
  }
}

extension JSONReader {
  /// The byte to be read next, or nil at the end.
  var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  var column: Int { position - lineStart - continuationBytes + 1 }

  /// Moves past the byte when it comes next.
  mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipWhitespace() {
    while let byte = current {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
      case UInt8(ascii: "\n"):
        position += 1
        line += 1
        lineStart = position
        continuationBytes = 0
      default: return
      }
    }
  }

  func error(_ message: String) -> JSONError {
    JSONError(line: line, column: column, message: message)
  }

  func unexpected(_ wanted: String) -> JSONError {
    error("expected \(wanted), found \(found)")
  }

  /// What comes next, in a form that is harmless on a terminal.
  private var found: String {
    switch current {
    case nil: "the end"
    case UInt8(ascii: "\""): "a double quote"
    case .some(let byte) where byte > 0x20 && byte < 0x7F: "\"\(Unicode.Scalar(byte))\""
    case .some(let byte): "the byte 0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
  }
}
