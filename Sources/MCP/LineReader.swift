internal import Domain
internal import System

/// What comes next on standard input.
enum InputLine {
  case line([UInt8])
  /// Longer than may be; it was passed over but for its outline.
  case tooLong(LineOutline)
  case end
}

/// Reads lines of at most 1 MiB from a stream, in constant memory.
struct LineReader: ~Copyable {
  static let mostBytes = 1_048_576

  private var input: InputFile
  private var chunk = [UInt8](repeating: 0, count: InputFile.chunkBytes)
  private var position = 0
  private var end = 0

  init(_ input: consuming InputFile) { self.input = input }

  /// The next line without its end; one that the end of input cuts off counts as whole.
  mutating func next() throws(Fault) -> InputLine {
    var line: [UInt8] = []
    var outline: LineOutline?
    var hasBegun = false
    while true {
      if position == end {
        end = try input.read(into: &chunk)
        position = 0
        if end == 0 { return hasBegun ? Self.whole(line, outline) : .end }
      }
      hasBegun = true
      let feed = chunk[position..<end].firstIndex(of: UInt8(ascii: "\n"))
      let piece = chunk[position..<(feed ?? end)]
      position = feed.map { $0 + 1 } ?? end
      if outline == nil, line.count + piece.count > Self.mostBytes {
        outline = LineOutline()
        outline?.take(line[...])
        line.removeAll()
      }
      if outline == nil { line += piece } else { outline?.take(piece) }
      if feed != nil { return Self.whole(line, outline) }
    }
  }

  private static func whole(_ line: [UInt8], _ outline: LineOutline?) -> InputLine {
    outline.map(InputLine.tooLong) ?? .line(line)
  }
}
