internal import Domain

/// What a program wrote to standard error: the end of it, which says why it stopped.
struct ErrorText {
  private var bytes: [UInt8] = []
  private var isCut = false

  private static let mostBytes = 65_536
  private static let mostLines = 10
  private static let mostCharacters = 200

  mutating func append(_ piece: ArraySlice<UInt8>) {
    bytes += piece
    guard bytes.count > Self.mostBytes else { return }
    bytes.removeFirst(bytes.count - Self.mostBytes)
    isCut = true
  }

  /// The last lines, the first of them whole: half a key is not recognised as one.
  func lastLines(_ shown: (String) -> String) -> [String] {
    let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
    return lines.dropFirst(isCut ? 1 : 0).suffix(Self.mostLines).map { line in
      let scalars = shown(String(line)).unicodeScalars
      guard scalars.count > Self.mostCharacters else { return printable(String(scalars)) }
      return printable(String(String.UnicodeScalarView(scalars.prefix(Self.mostCharacters))))
        + "..."
    }
  }
}
