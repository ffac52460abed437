internal import Approval
internal import Domain
internal import JSON
internal import Journal
internal import Report
internal import System

/// What a preview can be written as.
enum PreviewFormat: String, CaseIterable {
  case text, json, html
}

extension Session {
  /// Writes a preview as it was asked for.
  func write(_ preview: Preview, as format: PreviewFormat, _ home: HomeFacts) throws(Fault) {
    let document =
      switch format {
      case .text: preview.text(home) + "\n"
      case .json: preview.json.text + "\n"
      case .html: HTMLPreview.page(preview, home.mode, note: preview.localEnds)
      }
    if let path = invocation.value("--output") {
      let file = try OutputFile(path: path)
      try file.write(document)
      return try file.finish()
    }
    switch format {
    case .text: try writePaged(document)
    case .json, .html: try write(document)
    }
  }

  /// Writes text for a person, a screen at a time where it is longer than the terminal.
  func writePaged(_ text: String) throws(Fault) {
    if let pager, let screen = Terminal.screen, text.lines(of: screen.columns) >= screen.lines {
      let surroundings = environment.filter { !$0.key.hasPrefix("STRIPE_") }
      if Pager.show(text, through: pager, environment: surroundings) { return }
    }
    try write(text)
  }

  /// The command of `$PAGER`, which an empty one or `cat` turns off; otherwise `less`, which leaves
  /// the text on the screen.
  private var pager: [String]? {
    guard let chosen = environment["PAGER"] else { return ["less", "-FRX"] }
    return chosen.isEmpty || chosen == "cat" ? nil : ["/bin/sh", "-c", chosen]
  }

  /// How a document is to be written: as `--format` says, or `--json`.
  func format<Format: RawRepresentable & CaseIterable & Equatable>(
    otherwise text: Format, json: Format
  ) throws(Fault) -> Format where Format.RawValue == String {
    guard let word = invocation.value("--format") else { return wantsJSON ? json : text }
    guard let format = Format(rawValue: word) else {
      let names = Format.allCases.map(\.rawValue)
      throw Fault(
        .usage, "there is no format \(quoted(word))",
        hint: "choose \(names.dropLast().joined(separator: ", ")) or \(names.last ?? "")")
    }
    if wantsJSON, format != json {
      throw Fault(
        .usage, "--json and --format \(word) ask for two formats", hint: "leave one of them out")
    }
    return format
  }
}

extension String {
  /// How many lines of a terminal it takes.
  fileprivate func lines(of columns: Int) -> Int {
    split(separator: "\n", omittingEmptySubsequences: false).dropLast().reduce(0) {
      $0 + max(1, (Layout.width(of: $1) + columns - 1) / columns)
    }
  }
}
