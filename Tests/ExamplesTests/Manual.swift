import Foundation

/// A command that a manual tells a reader to type, and what it shows of the output.
struct ManualStep {
  let section: String
  private(set) var command: String
  private(set) var shown: [String] = []

  /// Whether the command goes on in the next line.
  private var continues: Bool { command.hasSuffix("\\") && shown.isEmpty }

  /// The steps of a manual in Markdown: lines that begin with "$ " in fenced blocks.
  static func all(in text: String) -> [ManualStep] {
    var steps: [ManualStep] = []
    var (section, isFenced, isOutput) = ("", false, false)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("```") {
        (isFenced, isOutput) = (!isFenced, false)
      } else if !isFenced, line.hasPrefix("## ") {
        section = String(line.dropFirst(3))
      } else if isFenced, line.hasPrefix("$ ") {
        steps.append(ManualStep(section: section, command: String(line.dropFirst(2))))
        isOutput = true
      } else if isOutput, steps[steps.count - 1].continues {
        steps[steps.count - 1].command += "\n" + line
      } else if isOutput {
        steps[steps.count - 1].shown.append(line)
      }
    }
    return steps
  }

  /// Whether a command printed what is shown; [...] stands for any number of lines.
  func shows(_ printed: String) -> Bool {
    var lines = Self.withoutDrawnNames(printed).split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return Self.fits(shown.map(Self.withoutDrawnNames)[...], lines[...])
  }

  private static func fits(_ shown: ArraySlice<String>, _ lines: ArraySlice<String>) -> Bool {
    guard let first = shown.first else { return lines.isEmpty }
    let rest = shown.dropFirst()
    if first == "[...]" {
      return (lines.startIndex...lines.endIndex).contains { fits(rest, lines[$0...]) }
    }
    return lines.first == first && fits(rest, lines.dropFirst())
  }

  /// A text where everything that is drawn or is of its time has one name: each time it is another.
  private static func withoutDrawnNames(_ text: String) -> String {
    text.replacing(#/(overdue|fees)-\d{8}-[0-9a-z]{4}/#) { "\($0.1)-20261122-nzxw" }
      .replacing(#/fees-\d{8}\.\.\./#, with: "fees-20261122...")
      .replacing(#/standing-[0-9a-z]{6}/#, with: "standing-7k2m4x")
      .replacing(#/\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ| \d\d:\d\d CES?T)?/#, with: "2026-11-22")
      .replacing(#/\b[0-9a-f]{64}\b/#, with: "DIGEST")
      .replacing(#/process \d+/#, with: "process 4711")
      .replacing(#/draft-[0-9a-z]{12}/#, with: "draft-7k2mbcdf7k2m")
  }
}
