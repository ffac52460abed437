/// What STYLE asks of the schema, and the lists of words it holds.
enum SchemaRules {
  /// Tables that are not STRICT and rules without a name.
  static func findings(_ file: SourceFile) -> [String] {
    let lines = file.lines.map(withoutComment)
    var inTable = false
    var findings: [String] = []
    for (index, line) in lines.enumerated() {
      if line.hasPrefix("CREATE TABLE") { inTable = true }
      guard inTable else { continue }
      for rule in ["CHECK (", "UNIQUE", "FOREIGN KEY", "PRIMARY KEY", "REFERENCES"]
      where line.contains(rule) && !trimmed(line).hasPrefix("CONSTRAINT ") {
        findings.append(file.finding(index, "\(trimmed(rule)) without a name"))
      }
      if line.hasPrefix(")") {
        inTable = false
        let options = line.split { " ,);".contains($0) }
        if !options.contains("STRICT") { findings.append(file.finding(index, "not STRICT")) }
      }
    }
    if inTable { findings.append(file.finding(lines.count - 1, "a table without an end")) }
    return findings
  }

  /// The words in quotes between a name and the end of its list.
  static func words(of name: String, in file: SourceFile) -> Set<String> {
    let text = file.lines.map(withoutComment).joined(separator: "\n")
    guard let rest = text.split(separator: name + " ", maxSplits: 1).dropFirst().first,
      let list = rest.split(separator: " IN (", maxSplits: 1).dropFirst().first
    else { return [] }
    let parts = list.prefix { $0 != ")" }.split(separator: "'", omittingEmptySubsequences: false)
    return Set(
      parts.enumerated().filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) })
  }

  private static func withoutComment(_ line: String) -> String {
    line.hasPrefix("--") ? "" : String(line.split(separator: " --").first ?? "")
  }
}
