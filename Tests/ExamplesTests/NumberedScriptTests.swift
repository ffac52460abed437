import Support
import Testing

@Suite struct NumberedScriptTests {
  @Test func `the scripts walk the flow one after the other`() throws {
    let clone = try Clone()

    for (script, lines) in flow {
      let outcome = try clone.run(["./examples/" + script])

      #expect(outcome.status == 0, "\(script): \(outcome.error)")
      for line in lines {
        #expect(outcome.output.contains(line), "\(script) does not say \(line)")
      }
    }
  }

  @Test func `every numbered script is walked`() throws {
    let numbered = try Clone().names(in: "examples").filter { $0.first?.isNumber == true }

    #expect(numbered == flow.map(\.script))
  }

  @Test func `each script begins with a word that names it and fits 80 columns`() throws {
    let clone = try Clone()

    for (script, _) in flow {
      let head = try clone.run(["sed", "-n", "3,/^$/p", "examples/" + script]).output
      let lines = head.split(separator: "\n")
      let name = script.dropFirst(2).dropLast(".sh".count)

      #expect(lines.first?.lowercased().hasPrefix("# \(name). ") == true)
      #expect(lines.allSatisfy { $0.hasPrefix("# ") && $0.count <= 80 }, "\(script)")
    }
  }

  @Test func `without a build a script says what to type`() throws {
    let outcome = try Clone().run(["examples/1-plan.sh"], environment: ["SLUICE": ""])

    #expect(
      outcome
        == Outcome(
          69,
          error: """
            there is no .build/debug/sluice; try: swift build -c release --product sluice

            """))
  }

  @Test func `a script stops at an exit code it does not expect`() throws {
    let clone = try Clone()
    _ = try clone.run(["examples/1-plan.sh"])

    let outcome = try clone.run(["examples/4-run.sh"])

    #expect(outcome.status == 1)
    #expect(outcome.error.hasSuffix("exit 77, where 11 was expected\n"))
  }

  @Test func `the scripts leave the home of $SLUICE_HOME alone`() throws {
    let clone = try Clone()
    let home = ["SLUICE_HOME": clone.folder + "/mine"]
    _ = try clone.run([Sluice.path, "init", "--mode", "sandbox"], environment: home)
    let before = try clone.names(in: "mine")

    let outcome = try clone.run(["examples/1-plan.sh"], environment: home)

    #expect(outcome.status == 0)
    #expect(try clone.names(in: "mine") == before)
    let list = try clone.run([Sluice.path, "list"], environment: home)
    #expect(list.output.hasPrefix("No batch yet"))
  }

  @Test(arguments: ["overdue", "charges"])
  func `every line of the example is in order under the job file`(_ name: String) throws {
    let clone = try Clone()
    let home = ["SLUICE_HOME": clone.folder + "/mine"]
    _ = try clone.run([Sluice.path, "init", "--mode", "sandbox"], environment: home)

    let outcome = try clone.run(
      [Sluice.path, "submit", "--job", "jobs/\(name).json", "--dry-run"], environment: home)

    #expect(outcome == Outcome(0, output: "847 jobs in order. Nothing was queued (--dry-run).\n"))
  }

  @Test func `every job file is tried`() throws {
    #expect(
      try Clone().names(in: "jobs").filter { $0.hasSuffix(".json") } == [
        "charges.json", "fees.json", "overdue-invoices.json", "overdue.json", "refunds.json",
      ])
  }
}

/// Each script, and what a reader must find in its output.
private let flow: [(script: String, lines: [String])] = [
  ("1-plan.sh", ["$ sluice init --mode sandbox\n", "\"jobs\":847,\n"]),
  ("2-preview.sh", ["$ sluice preview overdue\n", "the batch stops at #", "\ndigest "]),
  ("3-approve.sh", ["$ sluice approve overdue \\\n    --digest ", " is approved by "]),
  (
    "4-run.sh",
    [
      "$ sluice run overdue\n", "Halted at job #252 (cap_exhausted)", "[exit 11, as expected]\n",
      "$ sluice run overdue --quiet\n[exit 11, as expected]\n",
    ]
  ),
  (
    "5-report.sh",
    ["$ sluice report overdue --format json", "\"counts\":{\"submitted\":847, \"charged\":242,"]
  ),
  (
    "6-amend.sh",
    ["\"amount\":200000, \"currency\":\"usd\"", "every job fits", " is approved by "]
  ),
  (
    "7-finish.sh",
    [
      "[exit 10, as expected]\n", "0 in doubt, 0 unknown, 0 processing\n",
      "839 charged 1,698.37 usd", "The journal is whole",
    ]
  ),
  (
    "8-invoices.sh",
    [
      "301.63 usd is left of it", "left out    1 job (3)", "--note 'Acme pays by transfer'\n",
      "[exit 11, as expected]\n", "13 charged 70.00 eur + 3,000 jpy + 350.00 usd",
      "invoice_paid", "approved by   root (except 3): Acme pays by transfer",
    ]
  ),
  (
    "9-refunds.sh",
    ["half of INV-", "3 refunded 2.88 usd", "3 duplicates skipped", "The journal is whole"]
  ),
]
