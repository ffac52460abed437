/// The widest a line of help may be.
private let lineWidth = 80

/// A heading over two columns, the second wrapped beside the first.
///
/// The first column is as wide as its widest name, or `width` where several sections are aligned.
func section(
  _ heading: String, _ rows: [(name: String, summary: String)], width: Int? = nil
) -> String {
  let width = width ?? min(rows.map(\.name.count).max() ?? 0, 26)
  let start = width + 4
  let lines = rows.map { row in
    let fits = row.name.count <= width
    let gap = fits ? spaces(width - row.name.count + 2) : "\n" + spaces(start)
    return "  " + row.name + gap + wrapped(words(of: row.summary), first: start, then: start)
  }
  return ([heading] + lines).joined(separator: "\n")
}

/// The section of options, flags and short names aligned.
func optionSection(_ heading: String, _ options: [OptionSpec]) -> String {
  section(
    heading,
    options.map { option in
      let name = option.short.map { "\($0), " } ?? "    "
      let notes =
        (option.isRequired ? " (required)" : "") + (option.repeats ? " (may be repeated)" : "")
      return (name + option.spelling, option.summary + choiceNote(option.choices) + notes)
    })
}

/// What help adds to the summary of what takes only these words.
func choiceNote(_ choices: [String]) -> String {
  choices.isEmpty ? "" : ": " + alternatives(choices)
}

/// A paragraph in lines of at most 80 columns.
func wrapped(_ paragraph: String) -> String {
  wrapped(words(of: paragraph), first: 0, then: 0)
}

/// Words in lines of at most 80 columns; a word alone is never broken.
///
/// The first line begins at column `first`, the others are indented to column `indent`.
func wrapped(_ words: [String], first: Int, then indent: Int) -> String {
  var text = ""
  var column = first
  for word in words {
    if text.isEmpty {
      text = word
      column += word.count
    } else if column + 1 + word.count <= lineWidth {
      text += " " + word
      column += 1 + word.count
    } else {
      text += "\n" + spaces(indent) + word
      column = indent + word.count
    }
  }
  return text
}

private func words(of text: String) -> [String] {
  text.split(whereSeparator: \.isWhitespace).map(String.init)
}

private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
