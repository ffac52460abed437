import Foundation
import Support
import Testing

/// The completion scripts, each in its own shell.
@Suite struct CompletionTests {
  private let home: CommandHome

  init() throws {
    home = try CommandHome()
    try home.write(JobFileText().text, to: "job file.json")
    try FileManager.default.createDirectory(
      atPath: home.folder + "/jobs", withIntermediateDirectories: true)
  }

  // MARK: bash

  /// What bash offers at the end of some words; the last one is still being typed.
  private func bash(_ words: [String], _ environment: [String: String] = [:]) throws -> [String] {
    let outcome = try shell(
      [
        "bash", "--norc", "--noprofile", "-c",
        #"""
        set -u
        source <(sluice completions bash)
        [[ $(complete -p sluice) == "complete -F _sluice sluice" ]] || exit 9
        COMP_WORDS=(sluice "$@") COMP_CWORD=$#
        _sluice
        printf '%s\n' ${COMPREPLY[@]+"${COMPREPLY[@]}"}
        """#, "bash",
      ] + words, environment)
    #expect(outcome.status == 0 && outcome.error == "", "\(outcome)")
    return outcome.output.split(separator: "\n").map(String.init)
  }

  @Test func `bash completes every command that help lists`() throws {
    let offered = try bash([""])
    let nouns = ["approvers", "budget", "journal", "keys", "standing"]

    #expect(Set(offered).isSuperset(of: nouns + ["submit", "run", "list", "completions"]))
    for noun in nouns { #expect(try !bash([noun, ""]).isEmpty, "\(noun)") }
    #expect(try bash(["keys", ""]) == ["issue", "list", "show", "revoke"])
    #expect(try bash(["keys", "r"]) == ["revoke"])
    #expect(try bash(["--quiet", "--home", "x", "keys", "r"]) == ["revoke"])
    #expect(try bash(["transmogrify", ""]) == [])
  }

  @Test func `bash completes options and the values there are`() throws {
    #expect(try bash(["run", "--l"]) == ["--limit", "--log-format"])
    #expect(try bash(["keys", "revoke", "--"]).contains("--reason"))
    #expect(try bash(["run", "--log-format", ""]) == ["json", "text"])
    #expect(try bash(["run", "--log-format", "=", "t"]) == ["text"])
    #expect(try bash(["run", "--log-format", "="]) == ["json", "text"])
    #expect(try bash(["list", "--state", "h"]) == ["halted"])
    #expect(try bash(["list", "--state", "halted", "--state", "ap"]) == ["approved"])
    #expect(try bash(["init", "--mode", ""]) == ["sandbox", "test", "live"])
    #expect(try bash(["budget", "set", "usd=1.00", "--per", ""]) == ["day", "month"])
    #expect(try bash(["completions", ""]) == ["bash", "zsh"])
    #expect(try bash(["reject", "x", "--reason", ""]) == [])
  }

  @Test func `bash completes files and folders where they belong`() throws {
    #expect(try bash(["cron", "job"]).sorted() == ["job file.json", "jobs"])
    #expect(try bash(["submit", "x.csv", "--job", "job "]) == ["job file.json"])
    #expect(try bash(["report", "x", "--output", "job "]) == ["job file.json"])
    #expect(try bash(["--home", "jo"]) == ["jobs"])
    #expect(try bash(["run", "job"]) == [])
  }

  @Test func `bash completes the names of batches, and nothing where there is no home`() throws {
    let first = try home.submit(csv("cus_1,1.00,a")).batch
    let second = try home.submit(csv("cus_1,1.00,b")).batch

    #expect(try bash(["run", ""]) == [second, first])
    #expect(try bash(["show", String(first.dropLast())]) == [first])
    #expect(try bash(["run", first, ""]) == [])
    #expect(try bash(["run", ""], ["SLUICE_HOME": "/nonexistent"]) == [])
    #expect(
      try bash(["--home", home.path, "run", ""], ["SLUICE_HOME": "/nonexistent"])
        == [second, first])
  }

  // MARK: zsh

  /// The line that zsh makes of some keys, and all that it showed on the way.
  private func zsh(
    _ keys: String, _ environment: [String: String] = [:]
  ) throws -> (line: String, screen: String) {
    try home.write(
      #"""
      PROMPT='ready> ' LISTMAX=1000
      autoload -U compinit && compinit -u -D
      setopt no_beep
      eval "$(sluice completions zsh)"
      tell() { print -r -- "<$BUFFER>"; exit }
      zle -N tell
      bindkey '^I' complete-word '^X' tell

      """#, to: ".zshrc")
    let outcome = try shell(
      [
        "python3", Repository.terminal, "--columns", "200", "--after", "ready> ", keys + "\\x18",
        "zsh", "-d", "-i",
      ],
      ["TERM": "xterm", "ZDOTDIR": home.folder].merging(environment) { $1 })
    #expect(outcome.status == 0, "\(outcome)")
    let told = outcome.output.split(separator: "<").last?.split(separator: ">").first ?? ""
    return (String(told), outcome.output)
  }

  @Test(arguments: [
    ("sluice ru\\t", "sluice run "),
    ("sluice keys rev\\t", "sluice keys revoke "),
    ("sluice --quiet jour\\tver\\t", "sluice --quiet journal verify "),
    ("sluice run --log-f\\tte\\t", "sluice run --log-format=text "),
    ("sluice report x --format j\\t", "sluice report x --format json "),
    ("sluice list --state halted --state ap\\t", "sluice list --state halted --state approved "),
    ("sluice completions z\\t", "sluice completions zsh "),
    ("sluice cron job\\\\ f\\t", "sluice cron job\\ file.json "),
    ("sluice --home jo\\t", "sluice --home jobs/"),
    ("sluice init --mode l\\t", "sluice init --mode live "),
    ("sluice reject x --reason jo\\t", "sluice reject x --reason jo"),
  ])
  func `zsh completes words, values and files`(_ keys: String, _ line: String) throws {
    #expect(try zsh(keys).line == line)
  }

  @Test func `zsh says what each command and option does`() throws {
    let commands = try zsh("sluice \\t").screen
    let options = try zsh("sluice run --\\t").screen

    #expect(commands.contains("-- drain one approved batch, or every approved one in order"))
    #expect(commands.contains("-- issue, list, show, revoke"))
    #expect(options.contains("-- claim at most N jobs, then stop"))
    #expect(options.contains("-- the state directory; otherwise $SLUICE_HOME or its usual place"))
  }

  @Test func `zsh completes the names of batches, and nothing where there is no home`() throws {
    let batch = try home.submit(csv(jobs: 1)).batch
    let none = ["SLUICE_HOME": "/nonexistent"]

    #expect(try zsh("sluice run fe\\t").line == "sluice run \(batch) ")
    #expect(try zsh("sluice run fe\\t", none).line == "sluice run fe")
    let named = try zsh("sluice --home home run fe\\t", none).line
    #expect(named == "sluice --home home run \(batch) ")
  }

  @Test func `zsh takes the script from its own folder of functions as well`() throws {
    try home.write(try home.succeed(["completions", "zsh"]), to: "_sluice")

    let outcome = try shell(
      [
        "zsh", "-f", "-c",
        "fpath=($PWD $fpath); autoload -U compinit; compinit -u -D; print $_comps[sluice]",
      ], [:])

    #expect(outcome == Outcome(0, output: "_sluice\n"))
  }

  // MARK: Shells

  /// Runs a shell that finds the built program; throws when there is no such shell.
  private func shell(_ words: [String], _ environment: [String: String]) throws -> Outcome {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let bare = [
      "PATH": Sluice.folder + ":" + path, "HOME": home.folder, "SLUICE_HOME": home.path,
    ]
    return try RunningProcess(
      words, in: home.folder, environment: bare.merging(environment) { $1 }
    ).wait()
  }
}
