/// One record of a CSV file: its fields' bytes, unquoted, end to end in one buffer.
///
/// The reader uses the same record again for the next line, so that reading allocates nothing.
package struct CSVRecord: Sendable {
  /// The line the record begins on, counted from 1.
  package private(set) var line = 1
  private var bytes: [UInt8] = []
  private var fields: [CSVField] = []

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

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  private func start(of field: Int) -> Int { field == 0 ? 0 : fields[field - 1].end }
}

/// A field by its place in the file and the end of its bytes in the record.
private struct CSVField {
  let line: Int
  let column: Int
  var end: Int
}

extension CSVRecord {
  mutating func begin(line: Int) {
    self.line = line
    bytes.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
  }

  mutating func beginField(line: Int, column: Int) {
    fields.append(CSVField(line: line, column: column, end: bytes.count))
  }

  mutating func append(_ run: ArraySlice<UInt8>) {
    bytes.append(contentsOf: run)
    fields[fields.count - 1].end = bytes.count
  }

  /// How many bytes all fields have so far.
  var byteCount: Int { bytes.count }

  /// How many bytes the last field has so far.
  var lastFieldBytes: Int { bytes.count - start(of: fields.count - 1) }
}
