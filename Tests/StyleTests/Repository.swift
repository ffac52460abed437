import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A text file of the repository.
struct SourceFile: Sendable {
  /// From the repository's root: "Sources/Domain/Money.swift".
  let path: String
  let lines: [String]

  init(path: String, text: String) {
    self.path = path
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// Where a finding is: "Sources/Domain/Money.swift:12: what is wrong".
  func finding(_ index: Int, _ what: String) -> String { "\(path):\(index + 1): \(what)" }
}

/// The checkout these tests were built from.
enum Repository {
  static let root = String(#filePath.dropLast("/Tests/StyleTests/Repository.swift".count))

  /// The files under `folder` whose names end in one of `suffixes`, in order.
  static func files(under folder: String, _ suffixes: String...) throws -> [SourceFile] {
    try FileManager.default.subpathsOfDirectory(atPath: root + "/" + folder).sorted()
      .filter { path in suffixes.contains { path.hasSuffix($0) } }
      .map { try file(folder + "/" + $0) }
  }

  static func file(_ path: String) throws -> SourceFile {
    SourceFile(path: path, text: try String(contentsOfFile: root + "/" + path, encoding: .utf8))
  }

  /// The names at the top, without dot-files.
  static func topLevel() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root).filter { !$0.hasPrefix(".") }.sorted()
  }
}

/// Expects that a rule finds nothing in these files, and that there are files to look at.
func expectNothing(
  in files: [SourceFile], _ rule: (SourceFile) -> [String],
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(!files.isEmpty, sourceLocation: sourceLocation)
  for finding in files.flatMap(rule) { Issue.record("\(finding)", sourceLocation: sourceLocation) }
}
