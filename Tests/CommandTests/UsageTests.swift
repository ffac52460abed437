import Foundation
import Support
import Testing

@Suite struct UsageTests {
  @Test(arguments: [
    (
      ["aprove", "x"],
      "there is no command \"aprove\"",
      "did you mean `sluice approve`? `sluice --help` lists the commands"
    ),
    (
      ["transmogrify"], "there is no command \"transmogrify\"",
      "`sluice --help` lists the commands"
    ),
    (
      ["keys", "lst"], "there is no command \"keys lst\"",
      "did you mean `sluice keys list`? the commands of keys are issue, list, show, revoke"
    ),
    (
      ["keys"], "`sluice keys` says what is meant, but not what to do with it",
      "add one of issue, list, show, revoke"
    ),
    (
      ["run", "--limt", "3"], "`sluice run` has no option \"--limt\"",
      "did you mean --limit? usage: sluice run [BATCH] [--limit N] [--log-format FORMAT] "
        + "[--stripe-key-file FILE] [--stripe-url URL]"
    ),
    (
      ["--jsn", "list"], "there is no option \"--jsn\" before a command",
      "did you mean --json? a command's own options stand after it: `sluice COMMAND --help` lists "
        + "them"
    ),
    (["run", "--limit", "0"], "\"0\" is no number of jobs", "sluice run --limit 10"),
    (
      ["show"], "BATCH is missing",
      "usage: sluice show BATCH [--jobs] [--outcome OUTCOME]... [--reason WORD]... "
        + "[--account ACCOUNT]... [--number NUMBERS] [--limit N]"
    ),
    (
      ["list", "all"], "\"all\" is one word too many for `sluice list`",
      "usage: sluice list [--state STATE]... [--limit N] [--watch]"
    ),
    (
      ["submit", "plan.csv"], "--job JOBFILE is missing",
      "usage: sluice submit [FILE] --job JOBFILE [--cap CUR=DECIMAL]... [--planner NAME] "
        + "[--dry-run] [--stripe-key-file FILE] [--stripe-url URL]"
    ),
    (["reject", "x"], "--reason TEXT is missing", "usage: sluice reject BATCH --reason TEXT"),
    (["init", "--mode", "prod"], "there is no mode \"prod\"", "choose sandbox, test or live"),
    (
      ["init", "--stripe-account", "me"], "\"me\" is no Stripe account", "it begins with acct_"
    ),
    (
      ["report", "x", "--format", "pdf"], "there is no format \"pdf\"",
      "choose text, json, csv or html"
    ),
  ])
  func `a command line that is not understood says what to type`(
    _ words: [String], _ message: String, _ hint: String
  ) throws {
    let home = try CommandHome(mode: nil)

    let outcome = try home.sluice(words)

    #expect(outcome == Outcome(64, error: "sluice: \(message)\n  \(hint)\n"))
  }

  @Test func `a batch is named by any unique beginning`() throws {
    let home = try CommandHome()
    let first = try home.submit(csv("cus_1,1.00,in_1")).batch
    let second = try home.submit(csv("cus_2,1.00,in_2")).batch

    let shown = try home.document(["preview", String(first.dropLast())], as: Plan.self)
    let ambiguous = try home.sluice(["preview", "fees"])

    let message = "\"fees\" could be \(second), \(first)"
    #expect(shown.batch == first)
    #expect(ambiguous == Outcome(64, error: "sluice: \(message)\n  type more of the name\n"))
  }

  @Test(arguments: [
    ["preview"], ["approve"], ["reject", "--reason", "no"], ["cancel"], ["show"], ["report"],
    ["run"], ["settle"], ["amend", "--cap", "usd=9.00"],
  ])
  func `a batch that does not exist is not found`(_ words: [String]) throws {
    let home = try CommandHome()
    _ = try home.submit(csv(jobs: 1))

    let outcome = try home.sluice([words[0], "nope"] + words.dropFirst())

    #expect(
      outcome == Outcome(66, error: "sluice: there is no batch \"nope\"\n  see `sluice list`\n"))
  }

  @Test func `a vault key that does not exist is not found`() throws {
    let home = try CommandHome()

    for word in ["show", "revoke"] {
      #expect(
        try home.sluice(["keys", word, "vk_id_nope"])
          == Outcome(
            66,
            error: "sluice: there is no vault key \"vk_id_nope\"\n  see `sluice keys list`\n"))
    }
  }

  @Test(arguments: ["900.00", "usd", "usd=9", "usd=1e3", "usd=-9.00", "usd=0.00", "usx=9.00"])
  func `an amended cap that is no money is refused`(_ cap: String) throws {
    let home = try CommandHome()
    let batch = try home.plan(csv(jobs: 1))

    let outcome = try home.sluice(["amend", batch, "--cap", cap])

    #expect(outcome.status == 64)
    #expect(outcome.error.hasSuffix("\n  write it like --cap usd=900.00\n"), "\(outcome.error)")
    #expect(try home.states() == [batch: "approved"])
  }

  @Test(arguments: [
    (["transmogrify", "--json"], 64, "usage"), (["list", "--json"], 78, "configuration"),
    (["--json", "submit", "plan.csv", "--job", "none.json"], 66, "not_found"),
    (["submit", "plan.csv", "--job", "job.json", "--json"], 65, "bad_data"),
  ])
  func `an error for a program is one JSON document on standard error`(
    _ words: [String], _ status: Int32, _ code: String
  ) throws {
    let home = try CommandHome(mode: code == "configuration" ? nil : "sandbox")
    try home.write(csv("cus_1,1.00,", "cus_2,x,in_2"), to: "plan.csv")
    try home.write(JobFileText().text, to: "job.json")

    let outcome = try home.sluice(words)

    let document = try JSONDecoder().decode(ErrorDocument.self, from: Data(outcome.error.utf8))
    #expect(outcome.status == status)
    #expect(outcome.output == "")
    #expect(document.error.code == code)
    #expect(document.error.message != "")
    #expect(document.error.hint != nil)
    #expect(document.error.details.count == (code == "bad_data" ? 2 : 0))
    #expect(outcome.error.filter { $0 == "\n" }.count == 1)
  }

  @Test func `no error repeats a key that was typed in the wrong place`() throws {
    let home = try CommandHome()
    let key = "sk_live_4eC39HqLyjWDarjtT1zdp7dc"

    for words in [
      ["show", key], ["list", key], [key], ["list", "--state", key], ["submit", key, "--job", key],
      ["budget", "set", "usd=\(key)", "--per", "day"], ["keys", "show", key],
      ["--home", key, "list"],
    ] {
      for more in [[], ["--json"]] {
        let outcome = try home.sluice(words + more)

        #expect(outcome.status >= 64, "\(words)")
        #expect(outcome.error.contains("(a secret, not shown)"), "\(outcome)")
        #expect(!(outcome.error + outcome.output).contains("4eC39"), "\(words)")
      }
    }
  }

  @Test func `what is printed for a closed pipe does no harm`() throws {
    let home = try CommandHome()
    let batch = try home.plan(csv(jobs: 3))

    let outcome = try RunningProcess(
      ["sh", "-c", "\"$0\" run \"$1\"; echo $? >&2", Sluice.path, batch], in: home.folder,
      environment: Sluice.environment(["HOME": home.folder, "SLUICE_HOME": home.path])
    ).wait()
    let closed = try RunningProcess(
      ["sh", "-c", "\"$0\" report \"$1\" >&-; echo $? >&2", Sluice.path, batch], in: home.folder,
      environment: Sluice.environment(["HOME": home.folder, "SLUICE_HOME": home.path])
    ).wait()

    #expect(outcome.error == "0\n")
    #expect(closed.error == "0\n")
    #expect(closed.output == "")
  }
}

/// An error as `--json` prints it.
struct ErrorDocument: Decodable {
  struct Content: Decodable {
    let code: String
    let message: String
    let hint: String?
    let details: [String]
  }

  let error: Content
}
