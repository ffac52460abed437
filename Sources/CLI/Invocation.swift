/// A command line that fits its command: what is there may be asked for by name.
package struct Invocation: Equatable, Sendable {
  package let command: CommandSpec
  package let positionals: [String]
  /// Values by long name; a flag that is given has an empty list.
  private let given: [String: [String]]

  init(command: CommandSpec, positionals: [String], given: [String: [String]]) {
    self.command = command
    self.positionals = positionals
    self.given = given
  }

  /// The argument of this name, or nil where it was left out.
  package func argument(_ name: String) -> String? {
    guard let place = command.arguments.firstIndex(where: { $0.name == name }) else {
      preconditionFailure("\(command.name) takes no \(name)")
    }
    return place < positionals.count ? positionals[place] : nil
  }

  /// The value of an option that is given at most once.
  package func value(_ long: String) -> String? { values(long).first }

  /// The values of an option in the order given.
  package func values(_ long: String) -> [String] {
    precondition(spec(long).value != nil, "\(long) takes no value")
    return given[long] ?? []
  }

  /// Whether a flag is given.
  package func flag(_ long: String) -> Bool {
    precondition(spec(long).value == nil, "\(long) takes a value")
    return given[long] != nil
  }

  private func spec(_ long: String) -> OptionSpec {
    guard let spec = (OptionSpec.global + command.options).first(where: { $0.long == long }) else {
      preconditionFailure("\(command.name) has no \(long)")
    }
    return spec
  }
}

/// What a command line asks for.
package enum ParsedCommand: Equatable, Sendable {
  case run(Invocation)
  /// Print this and be done.
  case help(String)
  case version
}
