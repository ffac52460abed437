import CLI
import Testing

@Suite struct HelpTests {
  @Test(arguments: [["--help"], ["-h"], ["help"], [], ["--json", "--help"]])
  func `the overview shows the flow, the commands, examples and exit codes`(
    _ words: [String]
  ) throws {
    #expect(try Arguments.parse(words, table: sampleTable) == .help(overview))
  }

  @Test(arguments: [
    ["submit", "--help"], ["help", "submit"], ["-h", "submit"], ["submit", "a", "b", "-h"],
  ])
  func `a command's page shows all that it takes`(_ words: [String]) throws {
    #expect(try Arguments.parse(words, table: sampleTable) == .help(submitPage))
  }

  @Test(arguments: [["keys", "--help"], ["help", "keys"]])
  func `the first word of several commands has a page that lists them`(_ words: [String]) throws {
    #expect(try Arguments.parse(words, table: sampleTable) == .help(keysPage))
  }

  @Test func `a long usage line and long summaries are wrapped to the terminal's width`() {
    let words = String(repeating: "some more words ", count: 12)
    let command = CommandSpec(
      "standing approve", group: .decide, summary: words,
      arguments: [ArgumentSpec("JOBFILE", words)],
      options: (1...9).map { OptionSpec("--option-\($0)", value: "CUR=AMOUNT", words) }
        + [OptionSpec("--an-option-with-a-long-name", value: "AND-A-LONG-VALUE", words)],
      discussion: words)

    let lines = (Help.page(of: command) + Help.overview(of: [command])).split(separator: "\n")
    for line in lines { #expect(line.count <= 80, "\(line)") }
    #expect(lines.contains("        [--option-8 CUR=AMOUNT] [--option-9 CUR=AMOUNT]"))
    #expect(lines.contains("      --an-option-with-a-long-name AND-A-LONG-VALUE"))
  }
}

private let overview = """
  Sluice lets an agent plan charges; nothing moves until a person approves.

    Planner -> Queue -> Approval -> Worker -> Vault -> Stripe -> Report

  Usage: sluice COMMAND [ARGUMENTS] [OPTIONS]

  Plan
    submit       validate and queue a batch

  Look
    list         list the batches

  Keys, budgets and stops
    keys list    list the vault keys
    keys revoke  revoke a vault key

  Options of every command
        --home DIR  the state directory; otherwise $SLUICE_HOME or its usual place
        --json      one JSON document on stdout, errors as JSON on stderr
    -q, --quiet     no progress, only results and errors
    -h, --help      say how the command is used

  Examples
    sluice init --mode sandbox
    sluice submit overdue.csv --job jobs/overdue.json
    sluice preview overdue-20261122-7k2m
    sluice approve overdue-20261122-7k2m
    sluice run overdue-20261122-7k2m
    sluice report overdue-20261122-7k2m --format json --output report.json

  Exit codes
    0   done; in a run: every job charged, or nothing to do
    10  finished, some jobs not charged
    11  halted: the cap
    12  halted: anything else (revoked, expired, stopped, clock, breaker, ...)
    13  in doubt or unknown: a person is needed
    14  cron: a batch waits for approval
    64  bad usage
    65  bad input data
    66  input not found
    69  Stripe or the vault cannot be reached, nothing was claimed
    70  a mistake in Sluice itself
    74  disk or database error; nothing more was sent
    75  another process holds the lock
    77  not allowed (approval, four eyes, permission)
    78  configuration (no home, key, mode, policy)

  `sluice COMMAND --help` says more; `sluice --version` says which Sluice it is.

  """

private let submitPage = """
  Usage: sluice submit [FILE] --job JOBFILE [--cap CUR=AMOUNT]... [--dry-run]

  Validate and queue a batch.

  Every line is checked before anything is written: a file with one bad line
  leaves the home as it was.

  A reference that another batch has taken is skipped as a duplicate.

  Arguments
    FILE  the CSV or JSON Lines to read; - is standard input

  Options
        --job JOBFILE     the job file (required)
        --cap CUR=AMOUNT  all that the batch may move, instead of the job file's
                          cap (may be repeated)
        --dry-run         validate only

  Options of every command
        --home DIR  the state directory; otherwise $SLUICE_HOME or its usual place
        --json      one JSON document on stdout, errors as JSON on stderr
    -q, --quiet     no progress, only results and errors
    -h, --help      say how the command is used

  Examples
    sluice submit overdue.csv --job jobs/overdue.json

  """

private let keysPage = """
  Usage: sluice keys list|revoke

  Commands
    keys list    list the vault keys
    keys revoke  revoke a vault key

  `sluice keys COMMAND --help` says more.

  """
