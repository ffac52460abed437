/// One record of a plan: its fields' bytes, without quotes, end to end in one buffer.
///
/// A reader uses the same record again for the next line, so that reading allocates nothing. The
/// names of the fields are a record as well: the header of a CSV file, the keys of a JSON line.
package struct PlanRecord: Sendable {
  /// The line the record begins on, counted from 1.
  package private(set) var line = 1
  /// Whether every field is text, as in CSV they all are.
  private(set) var isText = true
  private var bytes: [UInt8] = []
  private var fields: [PlanField] = []

  /// How many fields there are.
  package var count: Int { fields.count }

  /// Where a field begins; an opening quote is part of it.
  package func place(of field: Int) -> (line: Int, column: Int) {
    (fields[field].line, fields[field].column)
  }

  /// The text of a field as it stands in the file.
  package func text(of field: Int) -> String {
    String(decoding: bytes[start(of: field)..<fields[field].end], as: UTF8.self)
  }

  /// The text of a field without the spaces and tabs around it.
  package func trimmedText(of field: Int) -> String {
    var start = start(of: field)
    var end = fields[field].end
    while start < end, Self.isSpace(bytes[start]) { start += 1 }
    while start < end, Self.isSpace(bytes[end - 1]) { end -= 1 }
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  /// What a field was written as.
  func kind(of field: Int) -> PlanFieldKind { fields[field].kind }

  /// Whether the fields' bytes are the same, wherever they stand.
  func hasSameFields(as other: PlanRecord) -> Bool {
    bytes == other.bytes && fields.elementsEqual(other.fields) { $0.end == $1.end }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  private func start(of field: Int) -> Int { field == 0 ? 0 : fields[field - 1].end }
}

/// What a field was written as; of the last three kinds no text is kept.
enum PlanFieldKind: String {
  case text
  case integer = "an integer"
  case number = "a number"
  case boolean = "a boolean"
  case array = "an array"
  case object = "an object"
}

/// What a reader of records has come upon.
package enum PlanStep: Equatable, Sendable {
  case record
  case problem(Problem)
  case end
}

/// A field by its place in the file and the end of its bytes in the record.
private struct PlanField {
  let line: Int
  let column: Int
  let kind: PlanFieldKind
  var end: Int
}

extension PlanRecord {
  mutating func begin(line: Int) {
    self.line = line
    isText = true
    bytes.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
  }

  mutating func beginField(line: Int, column: Int, kind: PlanFieldKind = .text) {
    fields.append(PlanField(line: line, column: column, kind: kind, end: bytes.count))
    if kind != .text { isText = false }
  }

  mutating func append(_ run: some Collection<UInt8>) {
    bytes.append(contentsOf: run)
    fields[fields.count - 1].end = bytes.count
  }

  /// How many bytes all fields have so far.
  var byteCount: Int { bytes.count }

  /// How many bytes the last field has so far.
  var lastFieldBytes: Int { bytes.count - start(of: fields.count - 1) }
}
