package import Domain
package import System

/// Reads CSV as RFC 4180 describes it, record by record, in constant memory.
///
/// UTF-8 with or without a byte order mark, lines ending in CRLF or LF; blank lines are passed
/// over. A record with a problem is passed over as well, however long it is, and reading goes on
/// behind it.
package struct CSVReader: ~Copyable {
  /// The record that `next()` has read.
  package private(set) var record = PlanRecord()
  /// The first problem of the record being read; its further text is not kept.
  private var problem: Problem?
  private var input: InputFile
  private var chunk: [UInt8]
  private var position = 0
  private var end = 0
  private var hasStarted = false
  /// The place of the byte at `position`.
  private var line = 1
  private var column = 1
  private var utf8 = UTF8Check()
  /// How many fields the first record has, and so every other one must.
  private var fieldCount: Int?

  static let mostFieldBytes = 65_536
  static let mostRecordBytes = 1_048_576
  static let mostFields = 1000

  /// Reads from the start of a file, so many bytes at once.
  package init(_ input: consuming InputFile, chunkBytes: Int = InputFile.chunkBytes) {
    self.input = input
    self.chunk = [UInt8](repeating: 0, count: chunkBytes)
  }

  /// Reads the next record into `record`.
  ///
  /// Throws when the file cannot be read, or is no text at all.
  package mutating func next() throws(Fault) -> PlanStep {
    if !hasStarted {
      hasStarted = true
      try PlanStart.skip(in: &input, as: .csv)
    }
    while let byte = try peek(), byte == .lineFeed || byte == .carriageReturn { advance(byte) }
    guard try peek() != nil else { return .end }
    problem = nil
    record.begin(line: line)
    repeat { try readField() } while try take(.comma)
    if let byte = try peek() { advance(byte) } else { checkLastCharacter() }
    checkFieldCount()
    if let problem { return .problem(problem) }
    return .record
  }

  /// Reads on to the end, or a megabyte, for what the file's source may have to say of itself.
  mutating func passOverRest() throws(Fault) {
    var passed = 0
    while try peek() != nil, passed < Self.mostRecordBytes {
      passed += end - position
      position = end
    }
  }

  private mutating func checkFieldCount() {
    guard problem == nil else { return }
    let expected = fieldCount ?? record.count
    fieldCount = expected
    guard record.count != expected else { return }
    let advice =
      record.count > expected ? ": a comma inside a value needs double quotes around the value" : ""
    complain(
      record.line, 1, "\(counted(record.count, "field")), the header has \(expected)\(advice)")
  }
}

// The grammar.
extension CSVReader {
  /// Reads a field up to the comma, line feed or end of file behind it.
  private mutating func readField() throws(Fault) {
    if record.count == Self.mostFields {
      complain(line, column, "more than \(groupedDigits(Self.mostFields)) fields")
    }
    if problem == nil { record.beginField(line: line, column: column) }
    if try peek() == .quote { try readQuoted() }
    try readUnquoted()
  }

  private mutating func readUnquoted() throws(Fault) {
    while let byte = try peek() {
      switch byte {
      case .comma, .lineFeed: return
      case .carriageReturn:
        let place = (line: line, column: column)
        advance(byte)
        let next = try peek()
        if next == nil || next == .lineFeed { return }
        complain(place.line, place.column, "a carriage return without a line feed behind it")
      case .quote:
        complain(
          line, column,
          "a double quote inside a value: put the value in double quotes and write this one twice")
        advance(byte)
      default: keepRun(from: byte, isQuoted: false)
      }
    }
  }

  /// Reads a field in double quotes, and complains about text between it and the next comma.
  private mutating func readQuoted() throws(Fault) {
    let opening = (line: line, column: column)
    advance(.quote)
    while let byte = try peek() {
      if byte == .quote {
        advance(byte)
        guard try peek() == .quote else { return try checkBehindQuote(opening.line) }
      }
      keepRun(from: byte, isQuoted: true)
    }
    complain(opening.line, opening.column, "the double quote that opens here is never closed")
  }

  private mutating func checkBehindQuote(_ openingLine: Int) throws(Fault) {
    guard let byte = try peek(), byte != .comma, byte != .lineFeed, byte != .carriageReturn
    else { return }
    let value = openingLine == line ? "" : " of the value that begins at line \(openingLine)"
    complain(line, column, "text behind the closing double quote" + value)
  }
}

// Bytes.
extension CSVReader {
  /// Keeps a byte of a value, with all plain ones behind it that are in memory.
  private mutating func keepRun(from first: UInt8, isQuoted: Bool) {
    let start = position
    if first == 0 { complain(line, column, "a NUL byte: this is no text file") }
    advance(first)
    if utf8.isComplete {
      let plain = position
      while position < end, Self.isPlain(chunk[position], isQuoted: isQuoted) { position += 1 }
      column += position - plain
    }
    guard problem == nil else { return }
    record.append(chunk[start..<position])
    checkLengths(isQuoted: isQuoted)
  }

  /// Whether a byte is printable ASCII that means nothing to the grammar.
  private static func isPlain(_ byte: UInt8, isQuoted: Bool) -> Bool {
    byte >= 0x20 && byte < 0x80 && byte != .quote && (isQuoted || byte != .comma)
  }

  private mutating func checkLengths(isQuoted: Bool) {
    if record.lastFieldBytes > Self.mostFieldBytes {
      let place = record.place(of: record.count - 1)
      let question = isQuoted ? "; is its closing double quote missing?" : ""
      complain(place.line, place.column, "the value is longer than 64 KiB" + question)
    } else if record.byteCount > Self.mostRecordBytes {
      complain(record.line, 1, "the record is longer than 1 MiB")
    }
  }

  /// Notes a problem of the record, unless it has one already.
  private mutating func complain(_ line: Int, _ column: Int, _ message: String) {
    problem = problem ?? Problem(line: line, column: column, message: message)
  }

  /// The byte to be read next, or nil at the end of the file.
  private mutating func peek() throws(Fault) -> UInt8? {
    if position == end {
      end = try input.read(into: &chunk)
      position = 0
      if end == 0 { return nil }
    }
    return chunk[position]
  }

  private mutating func take(_ byte: UInt8) throws(Fault) -> Bool {
    guard try peek() == byte else { return false }
    advance(byte)
    return true
  }

  /// Moves past the byte at `position`, following lines, columns and UTF-8.
  private mutating func advance(_ byte: UInt8) {
    position += 1
    switch byte < 0x80 && utf8.isComplete ? .startsCharacter : utf8.follow(byte) {
    case .startsCharacter where byte == .lineFeed:
      line += 1
      column = 1
    case .startsCharacter: column += 1
    case .continuesCharacter: break
    case .isInvalid:
      complain(line, column, Self.notUTF8)
      column += 1
    case .breaksCharacter:
      complain(line, column - 1, Self.notUTF8)
      position -= 1
      advance(byte)
    }
  }

  private static let notUTF8 = "invalid UTF-8: save the file as UTF-8"

  /// Complains when the file ends inside a character.
  private mutating func checkLastCharacter() {
    if !utf8.isComplete { complain(line, column - 1, Self.notUTF8) }
  }
}

extension UInt8 {
  fileprivate static var lineFeed: UInt8 { 0x0A }
  fileprivate static var carriageReturn: UInt8 { 0x0D }
  fileprivate static var quote: UInt8 { 0x22 }
  fileprivate static var comma: UInt8 { 0x2C }
}
