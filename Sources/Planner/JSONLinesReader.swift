package import Domain
internal import JSON
package import System

/// Reads JSON Lines, an object to a line, in constant memory.
///
/// UTF-8 with or without a byte order mark, lines ending in CRLF or LF; blank lines are passed
/// over, and so is a line with a problem. A key whose value is null is there and empty.
package struct JSONLinesReader: ~Copyable {
  /// The values of the line that `next()` has read.
  package private(set) var record = PlanRecord()
  /// The keys of that line; those inside `metadata` as `metadata.key`.
  package private(set) var names = PlanRecord()
  private var lastNames = PlanRecord()
  /// Whether the keys are others than those of the last line.
  package private(set) var hasNewNames = true
  private var input: InputFile
  private var chunk: [UInt8]
  private var position = 0
  private var end = 0
  private var hasStarted = false
  private var line = 0
  /// The bytes of the line, without its end; none once it is too long.
  private var bytes: [UInt8] = []
  private var isTooLong = false

  static let mostLineBytes = 1_048_576
  static let mostKeys = 1000
  static let metadataKey = "metadata"

  /// Reads from the start of a file, so many bytes at once.
  package init(_ input: consuming InputFile, chunkBytes: Int = InputFile.chunkBytes) {
    self.input = input
    self.chunk = [UInt8](repeating: 0, count: chunkBytes)
  }

  /// Reads the next line that is not blank into `names` and `record`.
  ///
  /// Throws when the file cannot be read, or is no text at all.
  package mutating func next() throws(Fault) -> PlanStep {
    if !hasStarted {
      hasStarted = true
      try PlanStart.skip(in: &input, as: .jsonLines)
    }
    while try readLine() {
      line += 1
      if isTooLong { return problem(1, "the line is longer than 1 MiB") }
      if !bytes.allSatisfy(\.isWhiteSpace) { return fill() }
    }
    return .end
  }

  /// Reads up to a line feed or the end of the file; false when nothing is left.
  private mutating func readLine() throws(Fault) -> Bool {
    bytes.removeAll(keepingCapacity: true)
    isTooLong = false
    var hasBegun = false
    while true {
      if position == end {
        end = try input.read(into: &chunk)
        position = 0
        if end == 0 { return hasBegun }
      }
      hasBegun = true
      let lineEnd = chunk[position..<end].firstIndex(of: UInt8(ascii: "\n"))
      keep(chunk[position..<(lineEnd ?? end)])
      position = lineEnd.map { $0 + 1 } ?? end
      if lineEnd != nil { return true }
    }
  }

  private mutating func keep(_ piece: ArraySlice<UInt8>) {
    isTooLong = isTooLong || bytes.count + piece.count > Self.mostLineBytes
    if isTooLong { bytes.removeAll(keepingCapacity: true) } else { bytes += piece }
  }

  private func problem(_ column: Int, _ message: String) -> PlanStep {
    .problem(Problem(line: line, column: column, message: message))
  }
}

// One line's object as a record.
extension JSONLinesReader {
  private mutating func fill() -> PlanStep {
    let node: JSONNode
    do throws(JSONError) {
      node = try JSONReader.read(bytes)
    } catch {
      return problem(error.column, error.message)
    }
    guard let members = node.members else {
      return problem(node.column, "each line must be an object, not \(node.kind)")
    }
    swap(&names, &lastNames)
    names.begin(line: line)
    record.begin(line: line)
    do throws(LineProblem) {
      try add(members)
    } catch {
      swap(&names, &lastNames)
      return problem(error.column, error.message)
    }
    hasNewNames = !names.hasSameFields(as: lastNames)
    return .record
  }

  private mutating func add(_ members: [JSONNodeMember]) throws(LineProblem) {
    var hasMetadata = false
    for member in members {
      guard member.key.lowercased() == Self.metadataKey else {
        try add(member.key, member)
        continue
      }
      if hasMetadata {
        throw LineProblem(column: member.column, message: "the key metadata stands here twice")
      }
      hasMetadata = true
      try add(metadata: member.value)
    }
  }

  private mutating func add(metadata value: JSONNode) throws(LineProblem) {
    if value.isNull { return }
    guard let entries = value.members else {
      throw LineProblem(
        column: value.column, message: "metadata must be an object of texts, not \(value.kind)")
    }
    for entry in entries { try add(PlanColumn.metadataPrefix + entry.key, entry) }
  }

  private mutating func add(_ name: String, _ member: JSONNodeMember) throws(LineProblem) {
    let value = member.value
    guard names.count < Self.mostKeys else {
      throw LineProblem(
        column: member.column, message: "more than \(groupedDigits(Self.mostKeys)) keys")
    }
    let (kind, text) = Self.text(of: value)
    guard name.utf8.count <= CSVReader.mostFieldBytes, text.utf8.count <= CSVReader.mostFieldBytes
    else { throw LineProblem(column: value.column, message: "the value is longer than 64 KiB") }
    names.beginField(line: line, column: member.column)
    names.append(name.utf8)
    record.beginField(line: line, column: value.column, kind: kind)
    record.append(text.utf8)
  }

  private static func text(of value: JSONNode) -> (PlanFieldKind, String) {
    switch value.content {
    case .null: (.text, "")
    case .string(let text): (.text, text)
    case .integer(let integer): (.integer, String(integer))
    case .number(let text): (.number, text)
    case .bool: (.boolean, "")
    case .array: (.array, "")
    case .object: (.object, "")
    }
  }
}

/// What is wrong with a line, at a column of it.
private struct LineProblem: Error {
  let column: Int
  let message: String
}

extension UInt8 {
  /// Whether it is a space, a tab or part of a line's end.
  var isWhiteSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }
}
