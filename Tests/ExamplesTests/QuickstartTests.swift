import Foundation
import Support
import Testing

@Suite struct QuickstartTests {
  @Test func `without a terminal it goes ahead, checks what it shows, and says what is next`()
    throws
  {
    let outcome = try Clone().run(["examples/quickstart"])

    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.contains("build    nothing: $SLUICE is \(Sluice.path)\n"))
    #expect(
      outcome.output.contains(
        """
        Checked: 847 jobs, each under one heading, 1712.17 usd in all;
        242 accounts charged 497.60 usd, none of them twice; the cap is 500.00

        """))
    #expect(
      outcome.output.contains(
        """
        Checked: 847 jobs, each under one heading, 1712.17 usd in all;
        839 accounts charged 1698.37 usd, none of them twice; the cap is 2000.00

        Everything was as expected. What next:

        """))
    #expect(!outcome.output.contains("\u{1B}"), "colours without a terminal")
  }

  @Test func `on a terminal it asks, and no is no`() throws {
    let clone = try Clone()

    let outcome = try clone.run(onATerminal("examples/quickstart"), input: "n\n")

    #expect(outcome.status == 1)
    #expect(outcome.output.contains("Go on? [Y/n] "))
    #expect(
      outcome.output.contains(
        "examples/quickstart: stopped; nothing was installed, built or changed"))
    #expect(try clone.names(in: "") == [".ci", "examples", "jobs"])
  }

  @Test func `a report that is not as it should be is found out`() throws {
    let clone = try Clone()
    for script in ["1-plan", "3-approve", "4-run", "5-report"] {
      #expect(try clone.run(["examples/\(script).sh"]).status == 0)
    }

    for (edit, finding) in lies {
      let recount = """
        sed '\(edit)' .build-quickstart/report.json | tr '{' '\\n' |
          awk -v jobs=847 -v money=171217 -v cap=50000 -f examples/check.awk
        """
      let outcome = try clone.run(["sh", "-c", recount])

      #expect(outcome.status == (finding == nil ? 0 : 1), "\(edit)")
      if let finding { #expect(outcome.output.contains(finding), "\(edit): \(outcome.output)") }
    }
  }

  @Test func `it ends with 1 when a report is not as it should be`() throws {
    let clone = try Clone()
    let liar = try clone.makeProgram(
      "liar",
      """
      '\(Sluice.path)' "$@" || exit $?
      case "$*" in
        *"--output .build-quickstart/check.json"*)
          sed 's/"charged":242/"charged":241/' .build-quickstart/check.json >edited
          mv edited .build-quickstart/check.json ;;
      esac
      """)

    let outcome = try clone.run(["examples/quickstart"], environment: ["SLUICE": liar])

    #expect(outcome.status == 1)
    #expect(outcome.output.hasSuffix("Checked: charged: 241, where 242 was expected\n"))
    #expect(
      outcome.error.hasSuffix("the report is not as expected; see .build-quickstart/check.json\n"))
  }

  @Test func `it says which script did not go as expected`() throws {
    let clone = try Clone()
    try clone.change("jobs/overdue.json") {
      $0.replacing("\"amount\": \"500.00\"", with: "\"amount\": \"5000.00\"")
    }

    let outcome = try clone.run(["examples/quickstart"])

    #expect(outcome.status == 1)
    #expect(outcome.error.contains("exit 10, where 11 was expected\n"))
    #expect(outcome.error.contains("examples/4-run.sh did not go as expected"))
  }

  @Test func `an interrupt ends it, and the next time it begins anew`() throws {
    let clone = try Clone()
    let quickstart = try clone.start(withoutBlockedSignals("examples/quickstart"))
    try waitUntil("the home is there") {
      try clone.names(in: "").contains(".build-quickstart")
    }

    quickstart.signal(SIGINT)
    let outcome = try quickstart.wait()

    #expect(outcome.status == 130)
    #expect(outcome.error.hasSuffix("interrupted; nothing to clean up, it begins anew next time\n"))
    #expect(try clone.run(["examples/quickstart", "--yes"]).status == 0)
  }

  @Test func `it knows its options, and says so`() throws {
    let help = try Clone().run(["examples/quickstart", "--help"])
    let typo = try Clone().run(["examples/quickstart", "--yse"])

    #expect(help.status == 0)
    #expect(help.output.hasPrefix("Usage: examples/quickstart [--yes]\n"))
    #expect(
      typo
        == Outcome(
          64,
          error:
            "examples/quickstart: there is no option '--yse'; try examples/quickstart --help\n"))
  }

  /// The words that run a script on a terminal of its own, which is given the standard input.
  private func onATerminal(_ script: String) -> [String] {
    let program = """
      import os, pty, sys
      sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))
      """
    return ["python3", "-c", program, script]
  }

  /// The words that run a script as a shell would: a test's threads block signals.
  private func withoutBlockedSignals(_ script: String) -> [String] {
    let program = """
      import os, signal, sys
      signal.pthread_sigmask(signal.SIG_SETMASK, [])
      os.execvp(sys.argv[1], sys.argv[1:])
      """
    return ["python3", "-c", program, script]
  }
}

/// Edits of a report with sed, and what is then found.
private let lies: [(edit: String, finding: String?)] = [
  ("", nil),
  (
    "s/cus_TNnmv4xSt4quF7/cus_T3n5FhzSCAKtog/",
    "earlier charges of cus_T3n5FhzSCAKtog: 1, where 0 was expected"
  ),
  ("s/\"pi_sandbox_2\"/\"pi_sandbox_1\"/", "earlier uses of pi_sandbox_1: 1, where 0"),
  ("s/\"charged\":242/\"charged\":241/", "charged: 241, where 242 was expected"),
  ("s/\"charged\":49760/\"charged\":49761/", "charged money: 49761, where 49760 was expected"),
  ("s/\"amount\":123,/\"amount\":124,/", "money of all jobs: "),
  ("s/\"number\":5,/\"number\":6,/", "a job's number: 6, where 5 was expected"),
  ("s/\"held\":237/\"held\":300/", "spent and held: 50060, where at most 50000 was expected"),
]
