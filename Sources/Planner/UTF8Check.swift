/// Follows UTF-8 byte by byte (RFC 3629), so that a file can be checked while it streams.
struct UTF8Check {
  /// How many bytes the character that has begun still needs.
  private var missing = 0
  /// What the next byte of it must lie in: narrower than 80...BF after some first bytes, which is
  /// how overlong forms, surrogates and everything above U+10FFFF are kept out.
  private var range: ClosedRange<UInt8> = 0x80...0xBF

  /// Whether no character is half read.
  var isComplete: Bool { missing == 0 }

  /// What a byte is to the text.
  enum Step {
    case startsCharacter, continuesCharacter
    /// No character begins with this byte.
    case isInvalid
    /// The character before lacks bytes; this one may begin another.
    case breaksCharacter
  }

  mutating func follow(_ byte: UInt8) -> Step {
    guard missing == 0 else { return followInside(byte) }
    range = 0x80...0xBF
    switch byte {
    case 0x00...0x7F: return .startsCharacter
    case 0xC2...0xDF: missing = 1
    case 0xE0: (missing, range) = (2, 0xA0...0xBF)
    case 0xED: (missing, range) = (2, 0x80...0x9F)
    case 0xE1...0xEF: missing = 2
    case 0xF0: (missing, range) = (3, 0x90...0xBF)
    case 0xF1...0xF3: missing = 3
    case 0xF4: (missing, range) = (3, 0x80...0x8F)
    default: return .isInvalid
    }
    return .startsCharacter
  }

  private mutating func followInside(_ byte: UInt8) -> Step {
    guard range.contains(byte) else {
      missing = 0
      return .breaksCharacter
    }
    missing -= 1
    range = 0x80...0xBF
    return .continuesCharacter
  }
}
