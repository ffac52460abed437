import Foundation
import Support

/// The examples of the README's section "JSON".
enum Readme {
  /// Each block of JSON, with the schema of the command line named before it.
  static func examples() throws -> [Printed] {
    let text = try String(contentsOfFile: Schemas.root + "/README.md", encoding: .utf8)
    let sections = text.components(separatedBy: "\n## ")
    guard let section = sections.first(where: { $0.hasPrefix("JSON\n") }) else { return [] }
    var examples: [Printed] = []
    var command: String?
    for (place, part) in section.components(separatedBy: "\n```").enumerated() {
      if place.isMultiple(of: 2) {
        command = commandLine(in: part)
      } else if part.hasPrefix("json\n"), part.contains("sluice.notice/1") {
        examples.append(Printed(schema: "notice", document: String(part.dropFirst(5))))
      } else if part.hasPrefix("json\n"), let command {
        examples.append(
          Printed(schema: try schema(of: command, part), document: String(part.dropFirst(5))))
      }
    }
    return examples
  }

  /// The last command line in backquotes: "keys list".
  private static func commandLine(in text: String) -> String? {
    text.components(separatedBy: "`sluice ").last.flatMap { rest in
      rest.components(separatedBy: "`").first.flatMap { $0.hasSuffix("--json") ? $0 : nil }
    }
  }

  private static func schema(of command: String, _ block: String) throws -> String {
    if block.contains("\"error\"") { return "error" }
    let words = command.split(separator: " ").map(String.init)
    let names = try Schemas.names()
    let noun = words.prefix(2).joined(separator: "-")
    return names.contains(noun) ? noun : words[0]
  }
}
