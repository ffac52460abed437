import Foundation

/// A command that a manual tells a reader to type, and what it shows of the output.
struct ManualStep {
  let section: String
  let command: String
  private(set) var shown: [String] = []

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

  /// A text where all batches and drafts have one name: each time theirs is another.
  private static func withoutDrawnNames(_ text: String) -> String {
    text.replacing(#/overdue-\d{8}-[0-9a-z]{4}/#, with: "overdue-20261122-nzxw")
      .replacing(#/draft-[0-9a-z]{12}/#, with: "draft-7k2mbcdf7k2m")
  }
}
