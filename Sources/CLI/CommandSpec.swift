/// A command as the table lists it: what it takes and what its help says.
package struct CommandSpec: Equatable, Sendable {
  /// One word or two: "run", "keys list".
  package let name: String
  package let group: CommandGroup
  /// What it does, in a few words that begin with a verb and end without a full stop.
  package let summary: String
  /// In the order they are typed; those that may be left out come last.
  package let arguments: [ArgumentSpec]
  package let options: [OptionSpec]
  /// Whole command lines that can be copied.
  package let examples: [String]
  /// What else its user should know: paragraphs apart by an empty line.
  package let discussion: String

  /// A command of exactly these parts.
  package init(
    _ name: String, group: CommandGroup, summary: String, arguments: [ArgumentSpec] = [],
    options: [OptionSpec] = [], examples: [String] = [], discussion: String = ""
  ) {
    self.name = name
    self.group = group
    self.summary = summary
    self.arguments = arguments
    self.options = options
    self.examples = examples
    self.discussion = discussion
  }

  /// What is typed, without the options that every command takes.
  package var usage: String { (["sluice"] + usageWords).joined(separator: " ") }

  /// The parts of the usage line between which it may be wrapped.
  var usageWords: [String] {
    let required = options.filter(\.isRequired).map(\.usage)
    let optional = options.filter { !$0.isRequired }.map(\.usage)
    return [name] + arguments.map(\.usage) + required + optional
  }
}

/// Where the list of commands shows a command.
package enum CommandGroup: String, CaseIterable, Sendable {
  case plan = "Plan"
  case decide = "Decide"
  case run = "Run"
  case look = "Look"
  case keysAndStops = "Keys, budgets and stops"
  case homeAndJournal = "Home and journal"
}

/// A word that a command takes by its place.
package struct ArgumentSpec: Equatable, Sendable {
  /// In capitals, as the usage line shows it: "BATCH".
  package let name: String
  package let summary: String
  package let isRequired: Bool
  /// All that may be typed; empty where anything may.
  package let choices: [String]

  /// An argument of this name.
  package init(
    _ name: String, _ summary: String, isRequired: Bool = true, choices: [String] = []
  ) {
    self.name = name
    self.summary = summary
    self.isRequired = isRequired
    self.choices = choices
  }

  var usage: String { isRequired ? name : "[\(name)]" }
}

/// A flag, or an option with a value.
package struct OptionSpec: Equatable, Sendable {
  /// With its dashes: "--job".
  package let long: String
  /// With its dash: "-q".
  package let short: String?
  /// What stands for the value in the usage line; nil for a flag.
  package let value: String?
  package let summary: String
  package let isRequired: Bool
  package let repeats: Bool
  /// All values there are; empty where anything may be one.
  package let choices: [String]

  /// An option of this name; without `value` it is a flag.
  package init(
    _ long: String, short: String? = nil, value: String? = nil, _ summary: String,
    isRequired: Bool = false, repeats: Bool = false, choices: [String] = []
  ) {
    self.long = long
    self.short = short
    self.value = value
    self.summary = summary
    self.isRequired = isRequired
    self.repeats = repeats
    self.choices = choices
  }

  /// The options that every command takes.
  package static let global = [
    OptionSpec(
      "--home", value: "DIR", "the state directory; otherwise $SLUICE_HOME or its usual place"),
    OptionSpec("--json", "one JSON document on stdout, errors as JSON on stderr"),
    OptionSpec("--quiet", short: "-q", "no progress, only results and errors"),
    OptionSpec("--help", short: "-h", "say how the command is used"),
  ]

  /// The name with what stands for its value: "--job JOBFILE".
  var spelling: String { value.map { "\(long) \($0)" } ?? long }

  var usage: String {
    let once = isRequired ? spelling : "[\(spelling)]"
    return repeats ? once + "..." : once
  }
}

/// "a, b or c".
func alternatives(_ words: [String]) -> String {
  guard let last = words.last, words.count > 1 else { return words.first ?? "" }
  return words.dropLast().joined(separator: ", ") + " or " + last
}
