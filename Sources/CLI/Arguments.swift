package import Domain

/// The command line, read against the table of commands.
package enum Arguments {
  /// What these words, without the program's own name, ask for.
  ///
  /// A word that is not understood is never skipped: each error says what to type instead.
  package static func parse(
    _ words: [String], table: [CommandSpec]
  ) throws(Fault) -> ParsedCommand {
    if words.isEmpty { return .help(Help.overview(of: table)) }
    var reader = ArgumentReader(table: table)
    var rest = words[...]
    while let word = rest.popFirst() { try reader.take(word, &rest) }
    return try reader.finish()
  }

  /// Whether errors are to be JSON, even when the rest of the line cannot be read.
  package static func wantsJSON(_ words: [String]) -> Bool {
    words.prefix { $0 != "--" }.contains("--json")
  }
}

/// What has been read so far.
private struct ArgumentReader {
  let table: [CommandSpec]
  private var command: CommandSpec?
  /// The first word of a command of two.
  private var noun: String?
  private var positionals: [String] = []
  private var given: [String: [String]] = [:]
  private var optionsEnded = false
  private var wantsHelp = false

  init(table: [CommandSpec]) { self.table = table }

  mutating func take(_ word: String, _ rest: inout ArraySlice<String>) throws(Fault) {
    if !optionsEnded, word == "--" {
      optionsEnded = true
    } else if !optionsEnded, word.hasPrefix("-"), word != "-" {
      try takeOption(word, &rest)
    } else if command != nil {
      positionals.append(word)
    } else {
      try takeCommandWord(word)
    }
  }

  func finish() throws(Fault) -> ParsedCommand {
    if given["--help"] != nil || wantsHelp { return .help(helpText) }
    if given["--version"] != nil { return .version }
    guard let command else { throw noCommand() }
    try checkPositionals(command)
    for option in command.options where option.isRequired && given[option.long] == nil {
      throw Fault(.usage, "\(option.spelling) is missing", hint: Help.usageHint(command))
    }
    return .run(Invocation(command: command, positionals: positionals, given: given))
  }

  private var helpText: String {
    if let command { return Help.page(of: command) }
    if let noun { return Help.page(ofNoun: noun, in: table) }
    return Help.overview(of: table)
  }
}

// Commands
extension ArgumentReader {
  private mutating func takeCommandWord(_ word: String) throws(Fault) {
    if word == "help", noun == nil, !wantsHelp {
      wantsHelp = true
      return
    }
    let name = noun.map { "\($0) \(word)" } ?? word
    if let match = table.first(where: { $0.name == name }) {
      command = match
    } else if noun == nil, table.contains(where: { $0.name.hasPrefix(word + " ") }) {
      noun = word
    } else {
      throw unknownCommand(name)
    }
  }

  private func unknownCommand(_ name: String) -> Fault {
    let listing =
      noun.map { "the commands of \($0) are \(Help.verbs(of: $0, in: table))" }
      ?? "`sluice --help` lists the commands"
    let meant = closest(to: name, among: commandNames).map { "did you mean `sluice \($0)`? " }
    return Fault(.usage, "there is no command \(quoted(name))", hint: (meant ?? "") + listing)
  }

  private var commandNames: [String] {
    let nouns = table.compactMap { $0.name.split(separator: " ").first.map(String.init) }
    return noun == nil ? nouns : table.map(\.name)
  }

  private func noCommand() -> Fault {
    guard let noun else {
      return Fault(.usage, "no command is given", hint: "`sluice --help` lists the commands")
    }
    return Fault(
      .usage, "`sluice \(noun)` says what is meant, but not what to do with it",
      hint: "add one of \(Help.verbs(of: noun, in: table))")
  }

  private func checkPositionals(_ command: CommandSpec) throws(Fault) {
    let required = command.arguments.filter(\.isRequired)
    if positionals.count < required.count {
      throw Fault(
        .usage, "\(required[positionals.count].name) is missing", hint: Help.usageHint(command))
    }
    if positionals.count > command.arguments.count {
      let extra = quoted(positionals[command.arguments.count])
      throw Fault(
        .usage, "\(extra) is one word too many for `sluice \(command.name)`",
        hint: Help.usageHint(command))
    }
    for (word, argument) in zip(positionals, command.arguments) {
      try check(word, among: argument.choices, as: argument.name)
    }
  }

  /// Throws when there are choices and the word is none of them; names the closest, and all.
  private func check(
    _ word: String, among choices: [String], as name: String
  ) throws(Fault) {
    guard !choices.isEmpty, !choices.contains(word) else { return }
    let meant = closest(to: word, among: choices).map { "did you mean \($0)? " } ?? ""
    let isLong = choices.count > 5
    let all = isLong ? "one of " + choices.joined(separator: ", ") : alternatives(choices)
    throw Fault(
      .usage, "there is no \(name.lowercased()) \(quoted(word))", hint: meant + "choose \(all)")
  }
}

// Options
extension ArgumentReader {
  private static let version = OptionSpec("--version", "print the version")

  private var options: [OptionSpec] {
    guard let command else { return OptionSpec.global + [Self.version] }
    return OptionSpec.global + command.options
  }

  private mutating func takeOption(
    _ word: String, _ rest: inout ArraySlice<String>
  ) throws(Fault) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    let attached = parts.count == 2 ? String(parts[1]) : nil
    guard let option = options.first(where: { $0.long == name || $0.short == name }) else {
      throw unknownOption(name)
    }
    if given[option.long] != nil, !option.repeats {
      throw Fault(.usage, "\(option.long) is given twice", hint: "give it once")
    }
    guard option.value != nil else {
      if attached != nil {
        throw Fault(.usage, "\(option.long) takes no value", hint: "write just \(option.long)")
      }
      given[option.long] = []
      return
    }
    let value = try value(of: option, attached, &rest)
    try check(value, among: option.choices, as: option.value ?? "")
    given[option.long, default: []].append(value)
  }

  /// The text after `=`, or the next word unless it looks like an option itself.
  private func value(
    of option: OptionSpec, _ attached: String?, _ rest: inout ArraySlice<String>
  ) throws(Fault) -> String {
    if let attached, !attached.isEmpty { return attached }
    let missing = "\(option.long) needs a value"
    guard attached == nil, let next = rest.first, !next.isEmpty else {
      throw Fault(.usage, missing, hint: "write \(option.spelling)")
    }
    guard next == "-" || !next.hasPrefix("-") else {
      throw Fault(
        .usage, "\(missing), and \(quoted(next)) looks like an option",
        hint: "write \(option.long)=\(printable(next)) if it is the value")
    }
    rest.removeFirst()
    return next
  }

  private func unknownOption(_ name: String) -> Fault {
    let known = options.flatMap { [$0.long] + ($0.short.map { [$0] } ?? []) }
    let meant = closest(to: name, among: known).map { "did you mean \($0)? " } ?? ""
    guard let command else {
      return Fault(
        .usage, "there is no option \(quoted(name)) before a command",
        hint: meant + "a command's own options stand after it: `sluice COMMAND --help` lists them")
    }
    return Fault(
      .usage, "`sluice \(command.name)` has no option \(quoted(name))",
      hint: meant + Help.usageHint(command))
  }
}
