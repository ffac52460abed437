/// Whether the `package` API opens with sentences.
///
/// Not asked of properties of instances, whose name and type say it, of operators, and of what a
/// protocol asks for: there the protocol's sentence counts.
enum DocumentationRules {
  /// Declarations without a sentence, given the functions that protocols ask for.
  static func undocumented(_ file: SourceFile, inheriting inherited: Set<String>) -> [String] {
    let asked = Set(requirements(of: file).map(\.index))
    return file.lines.indices.filter { index in
      asked.contains(index) || needsSentence(file.lines[index], inherited)
    }.compactMap { index in
      let paragraph = documentation(above: index, in: file.lines)
      if paragraph.isEmpty { return file.finding(index, "no documentation") }
      if paragraph.hasSuffix(".") || paragraph.hasSuffix(":") { return nil }
      return file.finding(index, "the first sentence has no full stop")
    }
  }

  /// The functions that the protocols of a file ask for.
  static func requirements(of file: SourceFile) -> [(index: Int, name: String)] {
    var isInProtocol = false
    return file.lines.indices.compactMap { index in
      let line = file.lines[index]
      if line.hasPrefix("package protocol ") { isInProtocol = !line.hasSuffix("}") }
      if line == "}" { isInProtocol = false }
      guard isInProtocol, let name = functionName(line) else { return nil }
      return (index, name)
    }
  }

  private static let kinds: Set<Substring> = [
    "struct", "enum", "class", "actor", "protocol", "typealias", "func", "init", "subscript",
  ]

  private static func needsSentence(_ line: String, _ inherited: Set<String>) -> Bool {
    let words = line.split { " (<:?".contains($0) }.drop { $0.hasPrefix("@") }
    guard words.first == "package" else { return false }
    if let name = functionName(line) {
      return name.first?.isLetter == true && !inherited.contains(name)
    }
    if line.contains("Literal") && words.contains("init") { return false }
    if words.contains("static") { return true }
    return words.prefix { $0 != "var" && $0 != "let" }.contains(where: kinds.contains)
  }

  /// The name in `func name(`, a raw one without its quotes.
  private static func functionName(_ line: String) -> String? {
    guard let rest = line.split(separator: "func ", maxSplits: 1).dropFirst().first else {
      return nil
    }
    return String(rest.drop { $0 == "`" }.prefix { !"(<`".contains($0) || $0 == rest.first })
  }

  /// The first paragraph of the doc comment that ends just above a line and its attributes.
  private static func documentation(above index: Int, in lines: [String]) -> String {
    var comment: [String] = []
    for line in lines[..<index].reversed().map(trimmed) {
      if line.hasPrefix("///") {
        comment.append(trimmed(String(line.dropFirst(3))))
      } else if !comment.isEmpty || !line.hasPrefix("@") || line.contains("package ") {
        break
      }
    }
    return comment.reversed().prefix { !$0.isEmpty }.joined(separator: " ")
  }
}
