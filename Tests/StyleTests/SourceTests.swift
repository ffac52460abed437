import Testing

/// Each rule is first shown a sample that breaks it: a rule that cannot fail says nothing.
@Suite struct SourceTests {
  @Test(arguments: [
    "let a = try! b()", "let a = b as! C", "fatalError()", "nonisolated(unsafe) var a = 1",
    "extension A: @unchecked Sendable {}", "// TODO: later", "// FIXME: soon",
  ])
  func `no check is switched off and nothing is put off`(_ line: String) throws {
    #expect(SourceRules.forbidden(file(line)).count == 1)
    #expect(SourceRules.forbidden(file("let a = try b() as? C")) == [])
    expectNothing(in: try Repository.files(under: "Sources", ".swift"), SourceRules.forbidden)
  }

  @Test func `lines fit into 100 columns`() throws {
    let sample = file(
      String(repeating: "é", count: 100) + "\n" + String(repeating: "x", count: 101))

    #expect(SourceRules.wide(sample) == ["Sample.swift:2: 101 columns"])
    expectNothing(in: try allText(), SourceRules.wide)
  }

  @Test func `files have at most 400 lines`() throws {
    let line = "let a = 1\n"

    #expect(SourceRules.longFile(file(String(repeating: line, count: 400))) == [])
    #expect(
      SourceRules.longFile(file(String(repeating: line, count: 401)))
        == ["Sample.swift:400: 401 lines"])
    expectNothing(in: try allText(), SourceRules.longFile)
  }

  @Test(arguments: [
    "func a() {", "package static func a(\n    b: Int\n  ) throws(Fault) {", "init() {",
  ])
  func `functions have at most 60 lines`(_ header: String) throws {
    let headerLines = header.split(separator: "\n").count
    func sample(_ count: Int) -> SourceFile {
      let body = Array(repeating: "    b()", count: count - headerLines - 1)
      return file((["struct A {", "  " + header] + body + ["  }", "}"]).joined(separator: "\n"))
    }

    #expect(SourceRules.longFunctions(sample(60)) == [])
    #expect(SourceRules.longFunctions(sample(61)) == ["Sample.swift:2: a function of 61 lines"])
    expectNothing(in: try swift(), SourceRules.longFunctions)
  }

  @Test func `a function without a body has no length`() {
    let sample = file(
      "protocol A {\n  func b() -> Int\n" + String(repeating: "  var c: Int { get }\n", count: 80)
        + "}")

    #expect(SourceRules.longFunctions(sample) == [])
  }

  @Test func `Foundation is imported only where there are no essentials`() throws {
    let good =
      "#if canImport(FoundationEssentials)\n  import FoundationEssentials\n#else\n"
      + "  import Foundation\n#endif"

    #expect(SourceRules.wholeFoundation(file(good)) == [])
    #expect(
      SourceRules.wholeFoundation(file("import Domain\npackage import Foundation")).count == 1)
    #expect(SourceRules.wholeFoundation(file(good + "\nimport Foundation")).count == 1)
    expectNothing(in: try Repository.files(under: "Sources", ".swift"), SourceRules.wholeFoundation)
  }

  @Test func `tests use what other packages of the house could use`() throws {
    #expect(SourceRules.testable(file("@testable import Domain")).count == 1)
    expectNothing(in: try Repository.files(under: "Tests", ".swift"), SourceRules.testable)
  }

  private func swift() throws -> [SourceFile] {
    try Repository.files(under: "Sources", ".swift") + Repository.files(under: "Tests", ".swift")
  }

  private func allText() throws -> [SourceFile] {
    try swift() + Repository.files(under: "Sources", ".sql", ".h")
      + [Repository.file("Package.swift"), Repository.file("Tests/run")]
  }
}

/// A sample under a name of its own.
func file(_ text: String) -> SourceFile { SourceFile(path: "Sample.swift", text: text) }
