import Testing

/// The table of faults in `Tests/README.md`: whole, and true of the sources.
@Suite struct FaultTableTests {
  @Test func `every fault from 1 to 84 has a row, and every row a test that exists`() throws {
    let table = FaultTable(try Repository.file("Tests/README.md"))
    let numbers = (1...84).flatMap { $0 == 18 ? ["18", "18b"] : [String($0)] }
    let tests = Set(try Repository.files(under: "Tests", ".swift").flatMap(FaultTable.tests))

    #expect(table.rows.map(\.number) == numbers)
    for row in table.rows {
      #expect(!row.tests.isEmpty, "fault \(row.number) has no test")
      for test in row.tests { #expect(tests.contains(test), "fault \(row.number): \(test)") }
    }
  }

  @Test func `a row names its tests, and a source the tests it holds`() {
    let table = FaultTable(
      SourceFile(
        path: "README.md",
        text: """
          ## Other
          | 7 no fault | here | `A/b` |
          ## Faults and their tests
          | fault | must hold | tests |
          |---|---|---|
          | 18b gone | I1 | `CrashTests/it's there, again`, `A/b c` (`X=1`) |
          """))
    let source = SourceFile(
      path: "Tests/CrashTests/A.swift",
      text: "  @Test func `it's there, again`() {\n  func other() {")

    #expect(table.rows.map(\.number) == ["18b"])
    #expect(table.rows.map(\.tests) == [["CrashTests/it's there, again", "A/b c"]])
    #expect(FaultTable.tests(in: source) == ["CrashTests/it's there, again"])
  }
}

/// The rows of the table under one heading.
struct FaultTable {
  struct Row {
    let number: String
    /// As `TARGET/test`.
    let tests: [String]
  }

  let rows: [Row]

  init(_ file: SourceFile) {
    let heading = file.lines.firstIndex(of: "## Faults and their tests") ?? file.lines.endIndex
    rows = file.lines[heading...].compactMap { line in
      let cells = line.split(separator: "|").map { trimmed(String($0)) }
      guard cells.count == 3, cells[0].first?.isNumber == true else { return nil }
      let quoted = cells[2].split(separator: "`", omittingEmptySubsequences: false).enumerated()
      return Row(
        number: String(cells[0].prefix { $0 != " " }),
        tests: quoted.filter { !$0.offset.isMultiple(of: 2) && $0.element.contains("/") }
          .map { String($0.element) })
    }
  }

  /// The tests that a source file holds.
  static func tests(in file: SourceFile) -> [String] {
    file.lines.compactMap { line in
      let parts = line.split(separator: "`", omittingEmptySubsequences: false)
      guard parts.count == 3, parts[0].hasSuffix("func "),
        let target = file.path.split(separator: "/").dropFirst().first
      else { return nil }
      return "\(target)/\(parts[1])"
    }
  }
}
