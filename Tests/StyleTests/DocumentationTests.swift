import Testing

@Suite struct DocumentationTests {
  @Test func `the package API is documented in sentences`() throws {
    let files = try Repository.files(under: "Sources", ".swift")
    let inherited = Set(files.flatMap(DocumentationRules.requirements).map(\.name))

    expectNothing(in: files) { DocumentationRules.undocumented($0, inheriting: inherited) }
  }

  @Test func `a declaration with its sentence passes`() {
    let sample = file(
      """
      /// A thing.
      package struct Thing: ExpressibleByNilLiteral {
        package let name: String
        package var isGood: Bool { true }

        /// Makes it so:
        /// by a second line.
        @inline(__always)
        package init() {}
        package init(nilLiteral: ()) {}

        package static func < (left: Thing, right: Thing) -> Bool { true }
        package func asked() {}
        func inside() {}
      }
      """)

    #expect(DocumentationRules.undocumented(sample, inheriting: ["asked"]) == [])
  }

  @Test(arguments: [
    "package enum Bad {}", "@frozen package indirect enum Bad {}", "package init?(_ a: Int) {",
    "package static let bad = 1", "package mutating func `be bad`() {", "package func bad<A>(a: A)",
    "package typealias Bad = Int", "package subscript(index: Int) -> Int {",
  ])
  func `a declaration without one is found`(_ line: String) {
    let bare = file("\n" + line)
    let unfinished = file("/// No full stop\n///\n/// Here is one.\n" + line)

    #expect(
      DocumentationRules.undocumented(bare, inheriting: []) == ["Sample.swift:2: no documentation"])
    #expect(
      DocumentationRules.undocumented(unfinished, inheriting: [])
        == ["Sample.swift:4: the first sentence has no full stop"])
  }

  @Test func `what a protocol asks for is documented there`() {
    let sample = file(
      """
      /// Where it comes from.
      package protocol Source {
        /// The one.
        func one()
        func two()
      }
      """)

    #expect(DocumentationRules.requirements(of: sample).map(\.name) == ["one", "two"])
    #expect(
      DocumentationRules.undocumented(sample, inheriting: [])
        == ["Sample.swift:5: no documentation"])
  }
}
