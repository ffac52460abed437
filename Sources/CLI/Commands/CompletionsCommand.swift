internal import Domain

extension Command {
  static let completions = Command(
    spec: CommandSpec(
      "completions", group: .homeAndJournal, summary: "print what completes commands in a shell",
      arguments: [
        ArgumentSpec("SHELL", "which shell reads it", choices: Shell.allCases.map(\.rawValue))
      ],
      examples: [
        "eval \"$(sluice completions bash)\"",
        "echo 'eval \"$(sluice completions bash)\"' >> ~/.bashrc",
        "echo 'eval \"$(sluice completions zsh)\"' >> ~/.zshrc",
      ],
      discussion: """
        The lines below that end in a file install it. In ~/.zshrc it stands behind compinit. \
        Commands, options, their values and files are completed, and the names of batches from the \
        home that $SLUICE_HOME or --home names.
        """),
    run: { session throws(Fault) in
      let specs = Command.all.map(\.spec)
      switch session.invocation.argument("SHELL").flatMap(Shell.init(rawValue:)) {
      case .bash, nil: try session.write(BashCompletion.script(for: specs))
      case .zsh: try session.write(ZshCompletion.script(for: specs))
      }
      return .done
    })
}

/// A shell that completes words.
private enum Shell: String, CaseIterable {
  case bash, zsh
}
