internal import JSON

/// A form body read back: what was really sent, and not what was meant.
struct SandboxForm {
  private let pairs: [(name: String, value: String)]

  init(_ body: [UInt8]) {
    pairs = body.split(separator: UInt8(ascii: "&")).map { pair in
      let parts = pair.split(
        separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      return (Self.decoded(parts[0]), parts.count > 1 ? Self.decoded(parts[1]) : "")
    }
  }

  subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

  /// The pairs named `metadata[...]`, in their order.
  var metadata: [JSONMember] {
    pairs.compactMap { pair in
      guard pair.name.hasPrefix("metadata["), pair.name.hasSuffix("]") else { return nil }
      let key = pair.name.dropFirst("metadata[".count).dropLast()
      return JSONMember(key: String(key), value: .string(pair.value))
    }
  }

  private static func decoded(_ text: ArraySlice<UInt8>) -> String {
    var bytes: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      if byte == UInt8(ascii: "%"), digits.utf8.count == 2, let value = UInt8(digits, radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
