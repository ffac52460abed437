/// What STYLE asks of a source file, each rule a function from a file to its findings.
enum SourceRules {
  /// Words that switch a check of the compiler off, stop the process, or postpone.
  static func forbidden(_ file: SourceFile) -> [String] {
    let words = [
      "try!", "as!", "fatalError(", "nonisolated(unsafe)", "@unchecked Sendable", "TODO", "FIXME",
    ]
    return file.lines.indices.flatMap { index in
      words.filter { file.lines[index].contains($0) }.map { file.finding(index, $0) }
    }
  }

  /// Lines wider than 100 columns.
  static func wide(_ file: SourceFile) -> [String] {
    file.lines.indices.filter { file.lines[$0].count > 100 }
      .map { file.finding($0, "\(file.lines[$0].count) columns") }
  }

  /// A file longer than 400 lines.
  static func longFile(_ file: SourceFile) -> [String] {
    let count = file.lines.last == "" ? file.lines.count - 1 : file.lines.count
    return count > 400 ? [file.finding(399, "\(count) lines")] : []
  }

  /// Functions and initialisers longer than 60 lines.
  static func longFunctions(_ file: SourceFile) -> [String] {
    file.lines.indices.compactMap { index in
      guard let count = lengthOfFunction(at: index, in: file.lines), count > 60 else { return nil }
      return file.finding(index, "a function of \(count) lines")
    }
  }

  /// How many lines the function that begins here has; nil where none does, or one without a body.
  private static func lengthOfFunction(at index: Int, in lines: [String]) -> Int? {
    let words = lines[index].split { " (<?".contains($0) }
    guard let keyword = words.firstIndex(where: { $0 == "func" || $0 == "init" }),
      words[..<keyword].allSatisfy({ $0.hasPrefix("@") || modifiers.contains(String($0)) })
    else { return nil }
    let indent = lines[index].prefix { $0 == " " }
    for end in lines.indices[(index + 1)...] where !trimmed(lines[end]).isEmpty {
      if lines[end] == indent + "}" { return end - index + 1 }
      let isInside = lines[end].hasPrefix(indent + " ") || lines[end].hasPrefix(indent + ")")
      if !isInside && !lines[end].hasPrefix(indent + "{") { return nil }
    }
    return nil
  }

  private static let modifiers: Set<String> = [
    "package", "public", "private", "fileprivate", "internal", "static", "mutating", "consuming",
    "borrowing", "nonisolated", "override", "final", "convenience", "required",
  ]

  /// Foundation itself, where FoundationEssentials is to be had.
  static func wholeFoundation(_ file: SourceFile) -> [String] {
    let lines = file.lines.map(trimmed)
    return lines.indices.filter { index in
      guard lines[index].split(separator: " ").suffix(2) == ["import", "Foundation"] else {
        return false
      }
      let lastBranch = lines[..<index].last { $0.hasPrefix("#") }
      return lastBranch != "#else"
        || !lines[..<index].contains("#if canImport(FoundationEssentials)")
    }.map { file.finding($0, "import FoundationEssentials instead") }
  }

  /// A test that reaches past the `package` API.
  static func testable(_ file: SourceFile) -> [String] {
    file.lines.indices.filter { file.lines[$0].hasPrefix("@testable") }
      .map { file.finding($0, "tests use the package API") }
  }
}

func trimmed(_ line: String) -> String {
  let rest = line.drop { $0 == " " }
  return String(rest.reversed().drop { $0 == " " }.reversed())
}
