import CLI
import Domain
import Testing

@Suite struct ArgumentsTests {
  @Test func `words after a command are its arguments and options, in any order`() throws {
    let invocation = try run(
      "submit", "--cap", "usd=500.00", "overdue.csv", "--job=jobs/overdue.json", "--cap=eur=1.00")

    #expect(invocation.command.name == "submit")
    #expect(invocation.argument("FILE") == "overdue.csv")
    #expect(invocation.value("--job") == "jobs/overdue.json")
    #expect(invocation.values("--cap") == ["usd=500.00", "eur=1.00"])
    #expect(!invocation.flag("--dry-run"))
    #expect(!invocation.flag("--json"))
    #expect(invocation.value("--home") == nil)
  }

  @Test func `options of every command may stand before it and inside it`() throws {
    let invocation = try run("--home", "/tmp/h", "keys", "--json", "list", "-q")

    #expect(invocation.command.name == "keys list")
    #expect(invocation.value("--home") == "/tmp/h")
    #expect(invocation.flag("--json"))
    #expect(invocation.flag("--quiet"))
  }

  @Test func `an argument that is left out is nil`() throws {
    let invocation = try run("submit", "--job", "j.json")

    #expect(invocation.argument("FILE") == nil)
    #expect(invocation.positionals == [])
  }

  @Test func `a lone dash is an argument, and a value`() throws {
    let invocation = try run("submit", "-", "--job", "-")

    #expect(invocation.argument("FILE") == "-")
    #expect(invocation.value("--job") == "-")
  }

  @Test func `two dashes end the options`() throws {
    let invocation = try run("submit", "--job", "j.json", "--", "--json")

    #expect(invocation.argument("FILE") == "--json")
    #expect(!invocation.flag("--json"))
  }

  @Test func `a value may begin with a dash or hold an equals sign when it is attached`() throws {
    let invocation = try run("submit", "--job=-odd=name-")

    #expect(invocation.value("--job") == "-odd=name-")
  }

  @Test(arguments: misuses)
  func `what cannot be read says what to type instead`(_ misuse: Misuse) {
    let fault = Fault(.usage, misuse.message, hint: misuse.hint)

    #expect(throws: fault) { try Arguments.parse(misuse.words, table: sampleTable) }
  }

  @Test func `the version is asked for by an option`() throws {
    #expect(try Arguments.parse(["--version"], table: sampleTable) == .version)
    #expect(try Arguments.parse(["--json", "--version"], table: sampleTable) == .version)
  }

  @Test(arguments: [
    (["--json", "lsit"], true), (["list", "--json"], true), (["list"], false),
    (["show", "--", "--json"], false),
  ])
  func `whether errors are JSON is known before the line can be read`(
    _ words: [String], _ expected: Bool
  ) {
    #expect(Arguments.wantsJSON(words) == expected)
  }
}

struct Misuse: Sendable {
  let words: [String]
  let message: String
  let hint: String

  init(_ line: String, _ message: String, _ hint: String) {
    self.words = line.split(separator: " ").map { $0 == "''" ? "" : String($0) }
    self.message = message
    self.hint = hint
  }
}

private let submitUsage =
  "usage: sluice submit [FILE] --job JOBFILE [--cap CUR=AMOUNT]... [--dry-run]"

private let misuses = [
  Misuse(
    "submti x.csv", #"there is no command "submti""#,
    "did you mean `sluice submit`? `sluice --help` lists the commands"),
  Misuse(
    "refund x", #"there is no command "refund""#, "`sluice --help` lists the commands"),
  Misuse(
    "key list", #"there is no command "key""#,
    "did you mean `sluice keys`? `sluice --help` lists the commands"),
  Misuse(
    "keys lst", #"there is no command "keys lst""#,
    "did you mean `sluice keys list`? the commands of keys are list, revoke"),
  Misuse(
    "keys burn", #"there is no command "keys burn""#, "the commands of keys are list, revoke"),
  Misuse(
    "keys", "`sluice keys` says what is meant, but not what to do with it",
    "add one of list, revoke"),
  Misuse("--json", "no command is given", "`sluice --help` lists the commands"),
  Misuse(
    "submit --jbo x", #"`sluice submit` has no option "--jbo""#,
    "did you mean --job? " + submitUsage),
  Misuse("submit --everything", #"`sluice submit` has no option "--everything""#, submitUsage),
  Misuse("submit -x", #"`sluice submit` has no option "-x""#, "did you mean -q? " + submitUsage),
  Misuse(
    "--job x submit", #"there is no option "--job" before a command"#,
    "a command's own options stand after it: "
      + "`sluice COMMAND --help` lists them"),
  Misuse("submit --job", "--job needs a value", "write --job JOBFILE"),
  Misuse("submit --job=", "--job needs a value", "write --job JOBFILE"),
  Misuse("submit --job ''", "--job needs a value", "write --job JOBFILE"),
  Misuse(
    "submit --job --json", #"--job needs a value, and "--json" looks like an option"#,
    "write --job=--json if it is the value"),
  Misuse("submit --job a --job b", "--job is given twice", "give it once"),
  Misuse("list -q --quiet", "--quiet is given twice", "give it once"),
  Misuse("list --json=yes", "--json takes no value", "write just --json"),
  Misuse("submit x.csv", "--job JOBFILE is missing", submitUsage),
  Misuse("keys revoke", "KEY is missing", "usage: sluice keys revoke KEY"),
  Misuse(
    "keys revoke a b", #""b" is one word too many for `sluice keys revoke`"#,
    "usage: sluice keys revoke KEY"),
  Misuse("list -- -q", #""-q" is one word too many for `sluice list`"#, "usage: sluice list"),
]

private func run(_ words: String...) throws -> Invocation {
  guard case .run(let invocation) = try Arguments.parse(words, table: sampleTable) else {
    throw Fault(.internalError, "no command to run")
  }
  return invocation
}

/// A table with one command of each shape.
let sampleTable = [
  CommandSpec(
    "submit", group: .plan, summary: "validate and queue a batch",
    arguments: [
      ArgumentSpec(
        "FILE", "the CSV or JSON Lines to read; - is standard input", isRequired: false)
    ],
    options: [
      OptionSpec("--job", value: "JOBFILE", "the job file", isRequired: true),
      OptionSpec(
        "--cap", value: "CUR=AMOUNT", "all that the batch may move, instead of the job file's cap",
        repeats: true),
      OptionSpec("--dry-run", "validate only"),
    ],
    examples: ["sluice submit overdue.csv --job jobs/overdue.json"],
    discussion: """
      Every line is checked before anything is written: a file with one bad line leaves the home \
      as it was.

      A reference that another batch has taken is skipped as a duplicate.
      """),
  CommandSpec("list", group: .look, summary: "list the batches"),
  CommandSpec("keys list", group: .keysAndStops, summary: "list the vault keys"),
  CommandSpec(
    "keys revoke", group: .keysAndStops, summary: "revoke a vault key",
    arguments: [ArgumentSpec("KEY", "the key's public id")]),
]
