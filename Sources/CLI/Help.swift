import Domain

/// The help pages, made from the table of commands and fitted to 80 columns.
package enum Help {
  /// The page of `sluice --help`.
  package static func overview(of table: [CommandSpec]) -> String {
    page(
      [
        "Sluice lets an agent plan charges; nothing moves until a person approves.",
        "  Planner -> Queue -> Approval -> Worker -> Vault -> Stripe -> Report",
        "Usage: sluice COMMAND [ARGUMENTS] [OPTIONS]",
      ] + commandSections(table) + [
        optionSection("Options of every command", OptionSpec.global),
        exampleSection(examples),
        section("Exit codes", ExitCode.allCases.map { (String($0.rawValue), $0.meaning) }),
        "`sluice COMMAND --help` says more; `sluice --version` says which Sluice it is.",
      ])
  }

  /// The page of `sluice COMMAND --help`.
  package static func page(of command: CommandSpec) -> String {
    let summary = command.summary.prefix(1).uppercased() + command.summary.dropFirst() + "."
    let arguments = command.arguments.map { ($0.name, $0.summary + choiceNote($0.choices)) }
    return page(
      [wrapped(["Usage: sluice"] + command.usageWords, first: 0, then: 8), wrapped(summary)]
        + command.discussion.split(separator: "\n\n").map { wrapped(String($0)) }
        + (arguments.isEmpty ? [] : [section("Arguments", arguments)])
        + (command.options.isEmpty ? [] : [optionSection("Options", command.options)])
        + [optionSection("Options of every command", OptionSpec.global)]
        + (command.examples.isEmpty ? [] : [exampleSection(command.examples)]))
  }

  /// The page of the first word of two-word commands: `sluice keys --help`.
  package static func page(ofNoun noun: String, in table: [CommandSpec]) -> String {
    let commands = table.filter { $0.name.hasPrefix(noun + " ") }
    return page([
      "Usage: sluice \(noun) \(verbs(of: noun, in: table, separator: "|"))",
      section("Commands", commands.map { ($0.name, $0.summary) }),
      "`sluice \(noun) COMMAND --help` says more.",
    ])
  }

  static func usageHint(_ command: CommandSpec) -> String { "usage: \(command.usage)" }

  static func verbs(
    of noun: String, in table: [CommandSpec], separator: String = ", "
  ) -> String {
    table.filter { $0.name.hasPrefix(noun + " ") }
      .map { String($0.name.dropFirst(noun.count + 1)) }
      .joined(separator: separator)
  }

  private static func page(_ sections: [String]) -> String {
    sections.joined(separator: "\n\n") + "\n"
  }

  private static func commandSections(_ table: [CommandSpec]) -> [String] {
    let width = table.map(\.name.count).max() ?? 0
    return CommandGroup.allCases.compactMap { group in
      let commands = table.filter { $0.group == group }
      guard !commands.isEmpty else { return nil }
      return section(group.rawValue, commands.map { ($0.name, $0.summary) }, width: width)
    }
  }

  private static func exampleSection(_ lines: [String]) -> String {
    (["Examples"] + lines.map { "  " + $0 }).joined(separator: "\n")
  }

  private static let examples = [
    "sluice init --mode sandbox",
    "sluice submit overdue.csv --job jobs/overdue.json",
    "sluice preview overdue-20261122-7k2m",
    "sluice approve overdue-20261122-7k2m",
    "sluice run overdue-20261122-7k2m",
    "sluice report overdue-20261122-7k2m --format json --output report.json",
  ]
}

extension ExitCode {
  /// What the status says, for the table of exit codes.
  package var meaning: String {
    switch self {
    case .done: "done; in a run: every job charged, or nothing to do"
    case .someNotCharged: "finished, some jobs not charged"
    case .haltedByCap: "halted: the cap"
    case .halted: "halted: anything else (revoked, expired, stopped, clock, breaker, ...)"
    case .needsPerson: "in doubt or unknown: a person is needed"
    case .waiting: "cron: a batch waits for approval"
    case .usage: "bad usage"
    case .badData: "bad input data"
    case .notFound: "input not found"
    case .unreachable: "Stripe or the vault cannot be reached, nothing was claimed"
    case .internalError: "a mistake in Sluice itself"
    case .storage: "disk or database error; nothing more was sent"
    case .busy: "another process holds the lock"
    case .notAllowed: "not allowed (approval, four eyes, permission)"
    case .configuration: "configuration (no home, key, mode, policy)"
    }
  }
}
