import Foundation
import Support
import Testing

@Suite struct HelpTests {
  @Test func `the overview lists exactly the commands there are`() throws {
    let home = try CommandHome(mode: nil)

    let outcome = try home.sluice(["--help"])

    #expect(outcome.status == 0)
    #expect(outcome.error == "")
    #expect(listed(in: outcome.output) == commands)
    for words in [["-h"], ["help"], []] {
      #expect(try home.sluice(words) == outcome)
    }
  }

  @Test(arguments: commands)
  func `a command's page says how it is used, from nowhere and in 80 columns`(
    _ command: String
  ) throws {
    let home = try CommandHome(mode: nil)
    let words = command.split(separator: " ").map(String.init)

    let outcome = try home.sluice(words + ["--help"])

    #expect(outcome.status == 0)
    #expect(outcome.error == "")
    #expect(outcome.output.hasPrefix("Usage: sluice \(command)"))
    #expect(outcome.output.contains("\nExamples\n"))
    for line in outcome.output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }

  @Test(arguments: commands + [""])
  func `no page names a command or an option that does not exist`(_ command: String) throws {
    let home = try CommandHome(mode: nil)
    let page = try home.succeed(command.split(separator: " ").map(String.init) + ["--help"])

    for example in examples(in: page) {
      let outcome = try RunningProcess(
        ["sh", "-c", example], in: home.folder,
        environment: [
          "PATH": Sluice.folder + ":/usr/bin:/bin", "HOME": home.folder, "SLUICE_HOME": home.path,
        ]
      ).wait()
      #expect(outcome.status != 64, "\(example): \(outcome.error)")
    }
    for name in quotedCommands(in: page) {
      #expect(commands.contains { name.hasPrefix($0) } || name == "COMMAND", "\(name)")
    }
  }

  @Test func `the version is one line`() throws {
    let home = try CommandHome(mode: nil)

    let outcome = try home.sluice(["--version"])

    #expect(outcome == Outcome(0, output: "sluice 0.1.0\n"))
    #expect(try home.sluice(["version"]) == outcome)
  }

  /// The first column of the lists between the usage line and the options.
  private func listed(in page: String) -> [String] {
    page.split(separator: "\n").drop { !$0.hasPrefix("Usage") }
      .prefix { !$0.hasPrefix("Options") }
      .filter { $0.hasPrefix("  ") }
      .compactMap { $0.dropFirst(2).split(separator: "  ").first.map(String.init) }
  }

  private func examples(in page: String) -> [String] {
    page.replacing("\\\n", with: "").split(separator: "\n").drop { $0 != "Examples" }.dropFirst()
      .prefix { $0.hasPrefix("  ") }.map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// What stands behind `sluice in each piece of text in backquotes.
  private func quotedCommands(in page: String) -> [String] {
    page.split(separator: "`").enumerated().filter { !$0.offset.isMultiple(of: 2) }
      .map { $0.element.replacingOccurrences(of: "\n", with: " ") }
      .filter { $0.hasPrefix("sluice ") && !$0.hasPrefix("sluice --") }
      .map { $0.dropFirst("sluice ".count).replacingOccurrences(of: " --help", with: "") }
  }
}

/// The table of commands, in the order of the flow.
private let commands = [
  "submit", "mcp", "preview", "approve", "reject", "amend", "cancel", "standing approve",
  "standing list", "standing withdraw", "approvers add", "approvers list", "approvers remove",
  "run", "cron", "settle", "resolve", "list", "show", "report", "keys issue", "keys list",
  "keys show", "keys revoke", "budget list",
  "budget set", "budget remove", "stop", "unstop", "init", "doctor", "journal verify",
  "journal export",
  "journal head", "journal rekey", "completions", "version",
]
