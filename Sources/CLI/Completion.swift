/// What a shell offers in one place of a command line.
enum Completion: Equatable {
  case words([String])
  case files, folders, batches
  /// Text that nothing can be offered for.
  case text

  /// What is offered where a command takes one of `choices`, or what `name` stands for.
  init(_ choices: [String], for name: String) {
    guard choices.isEmpty else {
      self = .words(choices)
      return
    }
    switch name {
    case "FILE", "JOBFILE": self = .files
    case "DIR": self = .folders
    case "BATCH": self = .batches
    default: self = .text
    }
  }
}

extension ArgumentSpec {
  var completion: Completion { Completion(choices, for: name) }
}

extension OptionSpec {
  /// What is offered for the value; nil for a flag.
  var completion: Completion? { value.map { Completion(choices, for: $0) } }

  /// Every name it has.
  var names: [String] { [long] + (short.map { [$0] } ?? []) }
}

/// The commands as they are typed, a word at a time.
struct CommandTree {
  let commands: [CommandSpec]

  /// The first words, each once, with what it does.
  var first: [(word: String, summary: String)] {
    var words: [(word: String, summary: String)] = []
    for command in commands {
      guard let noun = command.noun else {
        words.append((command.name, command.summary))
        continue
      }
      guard !words.contains(where: { $0.word == noun }) else { continue }
      words.append((noun, Help.verbs(of: noun, in: commands)))
    }
    return words
  }

  /// The first words that need a second one.
  var nouns: [String] {
    first.map(\.word).filter { word in !commands.contains { $0.name == word } }
  }

  /// The second words of a noun, with what each does.
  func verbs(of noun: String) -> [(word: String, summary: String)] {
    commands.filter { $0.noun == noun }
      .map { (String($0.name.dropFirst(noun.count + 1)), $0.summary) }
  }
}

extension CommandSpec {
  /// The first word of a name of two.
  fileprivate var noun: String? {
    let words = name.split(separator: " ")
    return words.count > 1 ? String(words[0]) : nil
  }
}
