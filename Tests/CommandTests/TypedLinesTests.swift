import Foundation
import Support
import Testing

/// Every command that a message, a page or the README tells to type can be typed.
@Suite struct TypedLinesTests {
  @Test func `every command that is told to be typed is one that parses`() throws {
    let home = try CommandHome(mode: nil)
    let lines = try Repository.toldLines()

    #expect(lines.count > 100)
    for told in lines {
      // What watches ends only when it is told to.
      let outcome = try home.sluice(told.words.filter { $0 != "--watch" })
      let isUnreadable =
        outcome.status == 64
        && ["is missing", "has no option", "there is no ", "one word too many"]
          .contains { outcome.error.contains($0) }

      #expect(!isUnreadable, "\(told.file) says `\(told.text)`: \(outcome.error)")
    }
  }

  @Test func `what settle leaves unknown it says how to resolve`() throws {
    let home = try CommandHome()
    let batch = try home.plan(csv("cus_error_500,1.00,in_1", "cus_2,1.00,in_2"))
    _ = try home.sluice(["run", batch])

    let outcome = try home.sluice(["settle"])

    #expect(outcome.status == 13)
    #expect(
      outcome.output == """
        \(batch): 0 in doubt, 1 unknown, 0 processing
          Look for what is unknown at Stripe, then say what you have found:
            sluice show \(batch) --jobs --outcome unknown
            sluice resolve \(batch) NUMBER --charged ID
            sluice resolve \(batch) NUMBER --not-charged --evidence TEXT
        sandbox: no money moves

        """)
  }
}

/// A command as a text tells it.
private struct ToldLine {
  let file: String
  let text: String
  let words: [String]
}

extension Repository {
  /// The commands with something behind their names, in messages, examples and the README.
  fileprivate static func toldLines() throws -> [ToldLine] {
    let sources = try FileManager.default.subpathsOfDirectory(atPath: root + "/Sources")
      .filter { $0.hasSuffix(".swift") }.sorted().map { "Sources/" + $0 }
    return
      try (sources + ["README.md"])
      .flatMap { file in
        let text = try String(contentsOfFile: root + "/" + file, encoding: .utf8)
        return told(
          in: file.hasSuffix(".swift") ? strings(of: text) : text.replacing(#/ \\\n */#, with: " ")
        ).map { line in
          ToldLine(file: file, text: line, words: words(of: line))
        }
      }
      .filter { $0.words.count > 2 || ($0.words.count == 2 && !nouns.contains($0.words[0])) }
  }

  private static let nouns = ["approvers", "budget", "journal", "keys", "standing"]

  private static let commands =
    "submit|preview|approve|reject|amend|cancel|standing|approvers|run|cron|settle|resolve|list"
    + "|show|report|keys|budget|stop|unstop|init|doctor|journal"
    + "|completions|version"

  /// A source file without its comments; what is put into its strings is an x.
  private static func strings(of source: String) -> String {
    var text = source.replacing(#/(?m)^\s*\/\/.*$/#, with: "")
    for _ in 0..<3 {
      text = text.replacing(#/\\\((?:[^()"]|"[^"]*"|\([^()]*\))*\)/#, with: "x")
    }
    return text.replacing("\\\"", with: "'").replacing(#/ "\n? *\+ "?/#, with: " x\"")
      .replacing(#/ \\\\?\n */#, with: " ")
  }

  /// What stands behind each "sluice", up to where the sentence, the string or the code ends.
  private static func told(in text: String) -> [String] {
    guard let pattern = try? Regex("(?:^|[^\\w./])sluice ((?:\(commands))\\b[^`\"\\n|;>)]*)") else {
      return []
    }
    let found = text.matches(of: pattern).compactMap { $0.output[1].substring.map(String.init) }
    return found.map { line in
      let end = line.firstRange(of: #/  |, |\. | \[|:$/#)?.lowerBound ?? line.endIndex
      return line[..<end].trimmingCharacters(in: .whitespaces)
    }
  }

  /// The words as a shell splits them.
  private static func words(of line: String) -> [String] {
    line.matches(of: #/'[^']*'?|[^ ']+/#).map { String($0.output.replacing("'", with: "")) }
  }
}
