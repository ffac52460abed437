/// A line of JSON without what is nested in its outermost object: `{"id":3,"params":{}}`.
///
/// It says whose request a line is that cannot be read whole, too long or not well formed inside,
/// so that nobody waits for an answer in vain.
struct LineOutline {
  /// More than any request has on its outermost level.
  private static let mostBytes = 4096

  /// What is kept; at most one byte more than may be.
  private(set) var bytes: [UInt8] = []
  private var depth = 0
  private var isInString = false
  private var isEscaped = false

  /// Whether everything was kept that is not nested.
  var isWhole: Bool { bytes.count <= Self.mostBytes }

  /// Takes the next bytes of the line.
  mutating func take(_ piece: ArraySlice<UInt8>) {
    for byte in piece where isWhole { take(byte) }
  }

  private mutating func take(_ byte: UInt8) {
    if isInString {
      keep(byte)
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInString = false
      }
      return
    }
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      depth += 1
      if depth <= 2 { bytes.append(byte) }
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      if depth <= 2 { bytes.append(byte) }
      depth -= 1
    default:
      isInString = byte == UInt8(ascii: "\"")
      keep(byte)
    }
  }

  private mutating func keep(_ byte: UInt8) {
    if depth <= 1 { bytes.append(byte) }
  }
}
