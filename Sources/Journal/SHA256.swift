/// SHA-256 as FIPS 180-4 defines it, fed piece by piece.
///
/// Written out here because the digest is a promise: what an approval is bound to must not depend
/// on which library a machine happens to have.
package struct SHA256: Sendable {
  /// Bytes of a digest.
  package static let byteCount = 32
  /// Bytes that one compression takes.
  package static let blockByteCount = 64

  private var state = SHA256State()
  /// What came in since the last whole block: fewer than 64 bytes.
  private var pending: [UInt8] = []
  private var byteCount: UInt64 = 0

  /// The hash of nothing yet.
  package init() {}

  /// Takes in the next bytes.
  package mutating func update(_ bytes: [UInt8]) { update(bytes.span) }

  /// Takes in the text's UTF-8.
  package mutating func update(_ text: String) { update(Array(text.utf8).span) }

  /// Takes in the next bytes without copying whole blocks.
  package mutating func update(_ bytes: Span<UInt8>) {
    byteCount &+= UInt64(bytes.count)
    var offset = 0
    if !pending.isEmpty {
      offset = min(Self.blockByteCount - pending.count, bytes.count)
      for index in 0..<offset { pending.append(bytes[index]) }
      guard pending.count == Self.blockByteCount else { return }
      state = state.compressing(pending.span, at: 0)
      pending.removeAll(keepingCapacity: true)
    }
    while bytes.count - offset >= Self.blockByteCount {
      state = state.compressing(bytes, at: offset)
      offset += Self.blockByteCount
    }
    for index in offset..<bytes.count { pending.append(bytes[index]) }
  }

  /// The digest of everything taken in.
  package consuming func finish() -> [UInt8] {
    let bitCount = byteCount &* 8
    var tail: [UInt8] = []
    tail.reserveCapacity(2 * Self.blockByteCount)
    tail.append(contentsOf: pending)
    tail.append(0x80)
    while tail.count % Self.blockByteCount != Self.blockByteCount - 8 { tail.append(0) }
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      tail.append(UInt8(truncatingIfNeeded: bitCount &>> shift))
    }
    for offset in stride(from: 0, to: tail.count, by: Self.blockByteCount) {
      state = state.compressing(tail.span, at: offset)
    }
    return state.bytes
  }

  /// The digest of these bytes.
  package static func digest(_ bytes: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }
}

/// HMAC-SHA-256 as RFC 2104 defines it, under one key.
///
/// The states after the padded key blocks are kept, so that a short message costs two compressions
/// and not four.
package struct HMACSHA256: Sendable {
  private var inner = SHA256()
  private var outer = SHA256()

  /// Seals under this key; keys longer than a block are hashed first.
  package init(key: [UInt8]) {
    var block = key.count > SHA256.blockByteCount ? SHA256.digest(key) : key
    block += [UInt8](repeating: 0, count: SHA256.blockByteCount - block.count)
    inner.update(block.map { $0 ^ 0x36 })
    outer.update(block.map { $0 ^ 0x5c })
  }

  /// The 32-byte code of a message.
  package func authenticate(_ message: [UInt8]) -> [UInt8] {
    var inner = inner
    inner.update(message)
    var outer = outer
    outer.update(inner.finish())
    return outer.finish()
  }
}

/// Whether two byte strings are the same, in a time that does not tell where they differ.
package func equalInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
  guard left.count == right.count else { return false }
  var difference: UInt8 = 0
  for index in left.indices { difference |= left[index] ^ right[index] }
  return difference == 0
}

/// Bytes in lower-case hexadecimal.
package func hex(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  text.reserveCapacity(2 * bytes.count)
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return String(decoding: text, as: UTF8.self)
}

/// The bytes that hexadecimal in either case stands for, or nil when it is none.
package func bytes(hex text: String) -> [UInt8]? {
  guard text.utf8.count.isMultiple(of: 2) else { return nil }
  var result: [UInt8] = []
  var high: UInt8?
  for digit in text.utf8 {
    guard let value = hexValue(digit) else { return nil }
    if let half = high {
      result.append(half << 4 | value)
      high = nil
    } else {
      high = value
    }
  }
  return result
}

private func hexValue(_ digit: UInt8) -> UInt8? {
  switch digit {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
  default: nil
  }
}
