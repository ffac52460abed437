/// The completion script of bash, for any since 3.2, with nothing else installed.
enum BashCompletion {
  /// The script for these commands.
  static func script(for commands: [CommandSpec]) -> String {
    let tree = CommandTree(commands: commands)
    return """
      # bash completion of sluice: eval "$(sluice completions bash)"

      # What may stand behind the words of a command so far.
      _sluice_table() {
        words='' options='' arguments=()
        case $1 in
      \(rows(tree).map { "    \($0) ;;" }.joined(separator: "\n"))
        esac
        options="$options \(names(OptionSpec.global))"
      }

      # What the value of a command's option is; nothing for a flag.
      _sluice_value() {
        kind=''
        case "$1 $2" in
          \(values(OptionSpec.global, of: "*")[0]) ;;
      \(commands.flatMap { values($0.options, of: $0.name) }.map { "    \($0) ;;" }
        .joined(separator: "\n"))
        esac
      }

      \(functions)
      """
  }

  private static func rows(_ tree: CommandTree) -> [String] {
    let first = tree.first.map(\.word).joined(separator: " ")
    return ["'') words='\(first)' options='--version'"]
      + tree.nouns.map { noun in
        "'\(noun)') words='\(tree.verbs(of: noun).map(\.word).joined(separator: " "))'"
      }
      + tree.commands.map { command in
        let arguments = command.arguments.map { "'\(word(for: $0.completion))'" }
        return "'\(command.name)') options='\(names(command.options))' "
          + "arguments=(\(arguments.joined(separator: " ")))"
      }
  }

  private static func names(_ options: [OptionSpec]) -> String {
    options.flatMap(\.names).joined(separator: " ")
  }

  private static func values(_ options: [OptionSpec], of command: String) -> [String] {
    options.compactMap { option in
      let pattern = command == "*" ? "*' \(option.long)'" : "'\(command) \(option.long)'"
      return option.completion.map { "\(pattern)) kind='\(word(for: $0))'" }
    }
  }

  private static func word(for completion: Completion) -> String {
    switch completion {
    case .words(let words): words.joined(separator: " ")
    case .files: "@files"
    case .folders: "@folders"
    case .batches: "@batches"
    case .text: "@text"
    }
  }

  /// What is the same whatever the commands are.
  private static let functions = #"""
    _sluice_offer() {
      local word
      case $1 in
        '' | @text) ;;
        @files | @folders)
          local action=-f
          [[ $1 == @folders ]] && action=-d
          while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen $action -- "$cur")
          compopt -o filenames 2>/dev/null
          ;;
        @batches)
          while IFS= read -r word; do
            [[ $word == "$cur"* ]] && COMPREPLY+=("$word")
          done < <("${COMP_WORDS[0]}" ${home[@]+"${home[@]}"} list --quiet 2>/dev/null)
          ;;
        *)
          for word in $1; do [[ $word == "$cur"* ]] && COMPREPLY+=("$word"); done
          ;;
      esac
    }

    _sluice() {
      local cur=${COMP_WORDS[COMP_CWORD]} command='' option='' kind='' words='' options='' word i
      local place=0 arguments=() home=()
      COMPREPLY=()
      # bash takes the = of --format=json for a word of its own.
      [[ $cur == '=' ]] && cur=''
      _sluice_table ''
      for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $word == '=' ]]; then
          continue
        elif [[ -n $kind ]]; then
          [[ $option == --home ]] && home=(--home "${word/#\~\//$HOME/}")
          kind=''
        elif [[ $word == -?* ]]; then
          option=$word
          _sluice_value "$command" "$option"
        elif [[ -n $words ]]; then
          command=${command:+$command }$word
          _sluice_table "$command"
        else
          place=$((place + 1))
        fi
      done
      if [[ -n $kind ]]; then
        _sluice_offer "$kind"
      elif [[ $cur == -* ]]; then
        _sluice_offer "$options"
      elif [[ -n $words ]]; then
        _sluice_offer "$words"
      else
        _sluice_offer "${arguments[place]-}"
      fi
    }

    complete -F _sluice sluice

    """#
}
