/// The completion script of zsh, on its own completion system.
enum ZshCompletion {
  /// The script for these commands.
  static func script(for commands: [CommandSpec]) -> String {
    let tree = CommandTree(commands: commands)
    return """
      #compdef sluice
      # zsh completion of sluice, behind compinit: eval "$(sluice completions zsh)"

      \(commands.map(function).joined(separator: "\n\n"))

      \(tree.nouns.map { noun in
        choice("_sluice__\(noun)", among: tree.verbs(of: noun))
      }.joined(separator: "\n\n"))

      \(choice("_sluice__", among: tree.first))

      _sluice() {
        local program=$words[1]
        local -a home globals=(
      \(lines(OptionSpec.global.flatMap(specs), indent: 4))
        )
        integer at=$words[(I)--home]
        (( at && at < CURRENT - 1 )) && home=(--home ${(Q)~words[at+1]})
        _sluice__
      }

      \(functions)
      """
  }

  /// The function that completes behind the name of a command.
  private static func function(of command: CommandSpec) -> String {
    let arguments = command.arguments.enumerated().map { place, argument in
      let colons = argument.isRequired ? ":" : "::"
      return quoted(
        "\(place + 1)\(colons)\(message(argument.name)):\(action(argument.completion))")
    }
    let all = command.options.flatMap(specs) + arguments
    return """
      _sluice__\(command.name.split(separator: " ").joined(separator: "__"))() {
        _arguments $globals\(all.map { " \\\n    \($0)" }.joined())
      }
      """
  }

  /// The function that completes one of several words, and goes on with the one that is there.
  private static func choice(
    _ name: String, among words: [(word: String, summary: String)]
  ) -> String {
    """
    \(name)() {
      local -a choices=(
    \(lines(words.map { quoted("\($0.word):\($0.summary)") }, indent: 4))
      )
      _sluice_among \(name)
    }
    """
  }

  private static func lines(_ words: [String], indent: Int) -> String {
    words.map { String(repeating: " ", count: indent) + $0 }.joined(separator: "\n")
  }

  /// An option as `_arguments` is told of it, once for each of its names.
  private static func specs(of option: OptionSpec) -> [String] {
    let others = option.repeats ? "*" : "(\(option.names.joined(separator: " ")))"
    let summary = option.summary.map { "[]\\".contains($0) ? "\\\($0)" : String($0) }.joined()
    return option.names.map { name in
      guard let value = option.value, let completion = option.completion else {
        return quoted("\(others)\(name)[\(summary)]")
      }
      return quoted("\(others)\(name)=[\(summary)]:\(message(value)):\(action(completion))")
    }
  }

  private static func action(_ completion: Completion) -> String {
    switch completion {
    case .words(let words): "(\(words.joined(separator: " ")))"
    case .files: "_files"
    case .folders: "_files -/"
    case .batches: "_sluice_batches"
    case .text: " "
    }
  }

  private static func message(_ text: String) -> String {
    text.map { $0 == ":" ? "\\:" : String($0) }.joined()
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
  }

  /// What is the same whatever the commands are.
  private static let functions = #"""
    # Completes a word of choices, or goes on behind it with the function of its name.
    _sluice_among() {
      local curcontext=$curcontext state line ret=1
      local -A opt_args
      local next=$1
      [[ $next == *__ ]] || next+=__
      _arguments -C $globals '1: :->word' '*:: :->rest' && ret=0
      case $state in
        word) _describe -t commands command choices && ret=0 ;;
        rest) (( $+functions[$next$words[1]] )) && $next$words[1] && ret=0 ;;
      esac
      return ret
    }

    _sluice_batches() {
      local -a names=(${(f)"$(${(Q)~program} $home list --quiet 2>/dev/null)"})
      local expl
      _wanted batches expl batch compadd -a names
    }

    if [[ $funcstack[1] == _sluice ]]; then
      _sluice "$@"
    else
      compdef _sluice sluice
    fi

    """#
}
