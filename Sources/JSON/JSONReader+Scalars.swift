extension JSONReader {
  /// Reads a number; anything but an Int64 is kept as it is written.
  mutating func number() throws(JSONError) -> JSONNode.Content {
    let start = position
    _ = take(UInt8(ascii: "-"))
    if take(UInt8(ascii: "0")) {
      if isDigit(current) { throw error("a number has no leading zero") }
    } else {
      try digits()
    }
    var isInteger = true
    if take(UInt8(ascii: ".")) {
      isInteger = false
      try digits()
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isInteger = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let integer = Int64(text) { return .integer(integer) }
    return .number(text)
  }

  private mutating func digits() throws(JSONError) {
    guard isDigit(current) else { throw unexpected("a digit") }
    while isDigit(current) { position += 1 }
  }

  private func isDigit(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    return byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  /// Reads a string, from its opening quote to its closing one.
  mutating func string() throws(JSONError) -> String {
    position += 1
    let start = position
    let before = continuationBytes
    skipPlainBytes()
    guard current != UInt8(ascii: "\"") else {
      let text = try decoded(bytes[start..<position], from: start, before)
      position += 1
      return text
    }
    var unescaped = Array(bytes[start..<position])
    while !take(UInt8(ascii: "\"")) {
      try unescape(into: &unescaped)
      let plain = position
      skipPlainBytes()
      unescaped.append(contentsOf: bytes[plain..<position])
    }
    return try decoded(unescaped[...], from: start, before)
  }

  /// Moves to the next quote, backslash or control character.
  private mutating func skipPlainBytes() {
    while position < bytes.count {
      let byte = bytes[position]
      if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
      if byte & 0xC0 == 0x80 { continuationBytes += 1 }
      position += 1
    }
  }

  /// The text of a string's bytes.
  ///
  /// Escapes yield whole characters, so the bytes are invalid exactly when those written between
  /// `start` and here are; the place is looked for there.
  private mutating func decoded(
    _ unescaped: ArraySlice<UInt8>, from start: Int, _ continuationsBefore: Int
  ) throws(JSONError) -> String {
    if let text = String(validating: unescaped, as: UTF8.self) { return text }
    var codec = UTF8()
    var iterator = bytes[start..<position].makeIterator()
    position = start
    continuationBytes = continuationsBefore
    while case .scalarValue(let scalar) = codec.decode(&iterator) {
      let width = UTF8.width(scalar)
      position += width
      continuationBytes += width - 1
    }
    throw error("invalid UTF-8")
  }

  /// Reads one escape; anything else that ends a run of plain bytes is an error.
  private mutating func unescape(into bytes: inout [UInt8]) throws(JSONError) {
    guard let byte = current else { throw error("the string is not closed") }
    guard byte == UInt8(ascii: "\\") else {
      throw error("a control character in a string must be written as an escape")
    }
    position += 1
    switch current {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
      bytes.append(self.bytes[position])
    case UInt8(ascii: "b"): bytes.append(0x08)
    case UInt8(ascii: "f"): bytes.append(0x0C)
    case UInt8(ascii: "n"): bytes.append(0x0A)
    case UInt8(ascii: "r"): bytes.append(0x0D)
    case UInt8(ascii: "t"): bytes.append(0x09)
    case UInt8(ascii: "u"): return try unescapeScalar(into: &bytes)
    default: throw unexpected("one of \\ / b f n r t u or a double quote after \"\\\"")
    }
    position += 1
  }

  /// Reads `uXXXX`, and the second half of a surrogate pair when the first stands there.
  private mutating func unescapeScalar(into bytes: inout [UInt8]) throws(JSONError) {
    let start = position - 1
    position += 1
    let unit = try fourHexDigits()
    var value = unit
    if unit >= 0xD800, unit < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
      let second = try fourHexDigits()
      if second >= 0xDC00, second < 0xE000 {
        value = 0x10000 + (unit - 0xD800) << 10 + (second - 0xDC00)
      }
    }
    guard let scalar = Unicode.Scalar(value), let encoded = UTF8.encode(scalar) else {
      position = start
      throw error("half of a surrogate pair stands alone")
    }
    bytes.append(contentsOf: encoded)
  }

  private mutating func fourHexDigits() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = current.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
        throw unexpected("four hexadecimal digits after \"\\u\"")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
