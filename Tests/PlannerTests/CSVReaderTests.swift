import Domain
import Planner
import System
import Testing

@Suite struct CSVReaderTests {
  @Test(arguments: [
    // RFC 4180, section 2, rules 1 to 7.
    ("aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n", [["aaa", "bbb", "ccc"], ["zzz", "yyy", "xxx"]]),
    ("aaa,bbb,ccc\r\nzzz,yyy,xxx", [["aaa", "bbb", "ccc"], ["zzz", "yyy", "xxx"]]),
    (
      "field_name,field_name,field_name\r\naaa,bbb,ccc\r\nzzz,yyy,xxx\r\n",
      [["field_name", "field_name", "field_name"], ["aaa", "bbb", "ccc"], ["zzz", "yyy", "xxx"]]
    ),
    ("\"aaa\",\"bbb\",\"ccc\"\r\nzzz,yyy,xxx", [["aaa", "bbb", "ccc"], ["zzz", "yyy", "xxx"]]),
    (
      "\"aaa\",\"b\r\nbb\",\"ccc\"\r\nzzz,yyy,xxx",
      [["aaa", "b\r\nbb", "ccc"], ["zzz", "yyy", "xxx"]]
    ),
    ("\"aaa\",\"b\"\"bb\",\"ccc\"", [["aaa", "b\"bb", "ccc"]]),
    // What it leaves open.
    ("\u{FEFF}a,b\nc,d\n", [["a", "b"], ["c", "d"]]),
    ("\u{FEFF}\"a\"\n", [["a"]]),
    ("ｱ,b\n", [["ｱ", "b"]]),
    ("\n\r\na\n\n\r\nb\n\n", [["a"], ["b"]]),
    ("a, b ,\n,,\n", [["a", " b ", ""], ["", "", ""]]),
    ("\"\"\n\"\"\"\"\n", [[""], ["\""]]),
    ("a\r", [["a"]]),
    ("Zoë,\"東京, 😀\"", [["Zoë", "東京, 😀"]]),
    ("", []),
    ("\u{FEFF}", []),
    ("\r\n\n", []),
  ])
  func `records are read, however the file is cut into pieces`(
    text: String, records: [[String]]
  ) throws {
    for chunkBytes in [1, 2, 3, 4, 7, 65_536] {
      #expect(try read(text, chunkBytes: chunkBytes).records == records, "\(chunkBytes)")
    }
  }

  @Test(arguments: [
    ("a,b\n1\n", "2:1 1 field, the header has 2"),
    (
      "a,b\n1,2,3\n",
      "2:1 3 fields, the header has 2: a comma inside a value needs double quotes around the value"
    ),
    (
      "a,b\n1,é x\"y\"\n",
      "2:6 a double quote inside a value: put the value in double quotes and write this one twice"
    ),
    (
      "a,b\n1, \"y\"\n",
      "2:4 a double quote inside a value: put the value in double quotes and write this one twice"
    ),
    ("a,b\n\"1\" ,2\n", "2:4 text behind the closing double quote"),
    (
      "a,b\n1,\"2\n3\"4\n",
      "3:3 text behind the closing double quote of the value that begins at line 2"
    ),
    ("a,b\n\n1,\"2\n3,4\n", "3:3 the double quote that opens here is never closed"),
    ("a,b\n1,2\rx\n", "2:4 a carriage return without a line feed behind it"),
    ("a,b\n1,x\0\n", "2:4 a NUL byte: this is no text file"),
    ("a,b\n1,\"x\0\"\n", "2:5 a NUL byte: this is no text file"),
  ])
  func `a broken record is named with its place`(text: String, problem: String) throws {
    for chunkBytes in [1, 4, 65_536] {
      #expect(try read(text, chunkBytes: chunkBytes).problems == [problem], "\(chunkBytes)")
    }
  }

  @Test(arguments: [
    ([0xFF], "2:3"), ([0x80], "2:3"), ([0xC0, 0x80], "2:3"), ([0xE2, 0x82], "2:3"),
    ([0xE0, 0x9F, 0x80], "2:3"), ([0xED, 0xA0, 0x80], "2:3"), ([0xF4, 0x90, 0x80, 0x80], "2:3"),
    ([0xF5], "2:3"), ([0xC3, 0xA9, 0xC3], "2:4"), ([0xF0, 0x9F, 0x98, 0x80, 0xFE], "2:4"),
  ])
  func `bytes that are no UTF-8 are named with their place`(bytes: [UInt8], place: String) throws {
    let text = "\(place) invalid UTF-8: save the file as UTF-8"
    for tail in ["\nc,d\n", ",\nc,d\n", ""] {
      let file = Array("a,b\n1,".utf8) + bytes + Array(tail.utf8)

      #expect(try read(file, chunkBytes: 1).problems.first == text)
      #expect(try read(file, chunkBytes: 65_536).problems.first == text)
    }
  }

  @Test func `reading goes on behind a broken record`() throws {
    let result = try read("a,b\n1\n\"2\"x,3\n4,5\n6\"7,8\n9,10\n", chunkBytes: 5)

    #expect(result.records == [["a", "b"], ["4", "5"], ["9", "10"]])
    #expect(result.problems.map { $0.prefix(3) } == ["2:1", "3:4", "5:2"])
  }

  @Test func `a field, its line and its column are counted in characters`() throws {
    var reader = CSVReader(InputFile(bytes: Array("é,\"x\ny\", z\nü,2,3\n".utf8), name: "x.csv"))

    #expect(try reader.next() == .record)
    #expect(reader.record.line == 1)
    #expect((0..<3).map { place(reader.record, $0) } == ["1:1", "1:3", "2:4"])
    #expect(try reader.next() == .record)
    #expect(reader.record.line == 3)
    #expect((0..<3).map { place(reader.record, $0) } == ["3:1", "3:3", "3:5"])
    #expect(try reader.next() == .end)
    #expect(try reader.next() == .end)
  }

  @Test func `a value of 64 KiB is read and a longer one is one problem`() throws {
    let most = String(repeating: "x", count: 65_536)
    let huge = String(repeating: String(repeating: "x", count: 99) + "\n", count: 100_000)

    #expect(try read("\(most)\n\"\(most)\"\n").records == [[most], [most]])
    #expect(
      try read("a\n\(most)x\nb\n") == ([["a"], ["b"]], ["2:1 the value is longer than 64 KiB"]))
    #expect(
      try read("a,b\n1,\"\(huge)\"\n2,3\n") == (
        [["a", "b"], ["2", "3"]],
        ["2:3 the value is longer than 64 KiB; is its closing double quote missing?"]
      ))
  }

  @Test func `a record is at most 1 MiB and a thousand fields`() throws {
    let wide = Array(repeating: String(repeating: "x", count: 60_000), count: 18).joined(
      separator: ",")

    #expect(try read(wide).problems == ["1:1 the record is longer than 1 MiB"])
    #expect(try read(String(repeating: ",", count: 999)).records.first?.count == 1000)
    #expect(
      try read(String(repeating: ",", count: 200_000)).problems
        == ["1:1001 more than 1,000 fields"])
  }

  @Test(arguments: [
    ([0xFF, 0xFE, 0x61, 0x00], "plan.csv is UTF-16 text, not CSV"),
    ([0xFE, 0xFF, 0x00, 0x61], "plan.csv is UTF-16 text, not CSV"),
    ([0x50, 0x4B, 0x03, 0x04, 0x00], "plan.csv is a workbook or ZIP file, not CSV"),
  ])
  func `what a spreadsheet saves besides CSV is named`(bytes: [UInt8], message: String) throws {
    #expect {
      _ = try read(bytes)
    } throws: { error in
      (error as? Fault)?.message == message && (error as? Fault)?.exit == .badData
    }
  }

  @Test(arguments: 0..<300)
  func `random fields are read back as they were written`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let columns = Int.random(in: 2...6, using: &random)
    let records = (0..<8).map { _ in (0..<columns).map { _ in randomField(using: &random) } }
    let lineEnd = Bool.random(using: &random) ? "\n" : "\r\n"
    let text = records.map { fields in
      fields.map { written($0, using: &random) }.joined(separator: ",") + lineEnd
    }.joined()

    let result = try read(text, chunkBytes: Int.random(in: 1...40, using: &random))

    #expect(result.records == records)
    #expect(result.problems == [])
  }

  @Test(arguments: 0..<20)
  func `no bytes crash the reader, and pieces change nothing`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let alphabet = Array("ab,,\"\"\"\n\n\r\0é€".utf8) + [0x80, 0xC3, 0xE2, 0xF0, 0xFF]
    for _ in 0..<200 {
      let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        alphabet.randomElement(using: &random) ?? 0
      }

      let whole = try? read(bytes)
      let pieces = try? read(bytes, chunkBytes: Int.random(in: 1...5, using: &random))

      #expect(whole?.records == pieces?.records)
      #expect(whole?.problems == pieces?.problems)
    }
  }
}

private func read(
  _ text: String, chunkBytes: Int = 65_536
) throws -> (records: [[String]], problems: [String]) {
  try read(Array(text.utf8), chunkBytes: chunkBytes)
}

private func read(
  _ bytes: [UInt8], chunkBytes: Int = 65_536
) throws -> (records: [[String]], problems: [String]) {
  var reader = CSVReader(InputFile(bytes: bytes, name: "plan.csv"), chunkBytes: chunkBytes)
  var records: [[String]] = []
  var problems: [String] = []
  while true {
    switch try reader.next() {
    case .record: records.append((0..<reader.record.count).map { reader.record.text(of: $0) })
    case .problem(let problem):
      problems.append("\(problem.line):\(problem.column) \(problem.message)")
    case .end: return (records, problems)
    }
  }
}

private func place(_ record: PlanRecord, _ field: Int) -> String {
  let place = record.place(of: field)
  return "\(place.line):\(place.column)"
}

private func randomField(using random: inout SeededGenerator) -> String {
  let alphabet = ["a", "B", "7", " ", ",", "\"", "\n", "\r\n", "é", "東", "😀", "\t", "'"]
  return (0..<Int.random(in: 0..<8, using: &random)).map { _ in
    alphabet.randomElement(using: &random) ?? ""
  }.joined()
}

/// The field as CSV: in double quotes where it must be, and sometimes where it need not.
private func written(_ field: String, using random: inout SeededGenerator) -> String {
  let isSpecial = field.unicodeScalars.contains { [",", "\"", "\n", "\r"].contains($0) }
  guard isSpecial || Bool.random(using: &random) else { return field }
  return "\"" + field.replacing("\"", with: "\"\"") + "\""
}
