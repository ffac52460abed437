import Foundation
import Support
import Testing

extension Machine {
  /// What an approver types of Sluice, without a password.
  static func asking(_ words: [String]) -> [String] {
    ["sudo", "-n", "-u", User.billing.name, program] + words
  }

  /// Types a command as an approver, and the password that sudo asks for.
  func decide(
    _ words: [String], as user: User, login: Login = .own, password: String? = nil
  ) throws -> Outcome {
    try run(
      ["sudo", "-S", "-p", "", "-u", User.billing.name, Self.program] + words, as: user,
      login: login, input: (password ?? user.password) + "\n")
  }
}

extension MachineTests {
  /// What persons do from logins of their own.
  @Suite struct ApproverTests {
    let machine: Machine
    private let home = ["--home", Machine.home]

    init() throws { machine = try Machine() }

    private func approving() throws -> [String] {
      let batch = machine.batches["{waiting}"] ?? ""
      return ["approve"] + home + [batch, "--digest", try Machine.digest(of: batch)]
    }

    @Test func `a person approves, billing runs, and the report names both`() throws {
      let batch = try #require(machine.batches["{waiting}"])

      let approved = try machine.decide(try approving() + ["--note", "as agreed"], as: .ana)
      try Machine.sluice("run \(batch) --quiet")

      #expect(approved.status == 0, "\(approved)")
      let report = try Machine.document("report \(batch)")
      #expect(report["submitted_by"] as? String == User.billing.name)
      let approval = (report["approvals"] as? [[String: Any]])?.first
      #expect(approval?["approver"] as? String == User.ana.name)
      #expect(approval?["note"] as? String == "as agreed")
      let counts = report["counts"] as? [String: Int]
      #expect(counts?["charged"] == 2 && counts?["queued"] == 0)
    }

    @Test func `a person approves beforehand what a job file plans, and ends it`() throws {
      let digest = try Machine.asRoot("sha256sum <\(Machine.jobFile) | cut -c1-64").dropLast()
      let limits = [
        "--total", "usd=20.00", "--per-job", "usd=9.00", "--jobs", "9", "--until", "2999-12-31",
        "--digest", String(digest),
      ]

      let given = try machine.decide(
        ["standing", "approve"] + home + [Machine.jobFile] + limits, as: .ana)
      let listed = try machine.run(Machine.asking(["standing", "list"] + home), as: .ben)
      let name = given.output.split(separator: ",").first.map(String.init) ?? ""
      let ended = try machine.decide(["standing", "withdraw"] + home + [name], as: .ben)

      #expect(given.output.contains("approved by \(User.ana.name)"), "\(given)")
      #expect(listed.output.contains("\(User.ana.name)"), "\(listed)")
      #expect(ended.status == 0 && ended.output.contains("is withdrawn"), "\(ended)")
    }

    @Test func `on a terminal a person sees the plan, is asked, and says yes`() throws {
      let batch = try #require(machine.batches["{waiting}"])
      let terminal = Repository.root + "/Tests/Support/terminal.py"
      let words = ["approve"] + home + [batch]
      let typing = """
        printf '#!/bin/sh\\necho \(User.ana.password)\\n' >password; chmod 700 password
        export SUDO_ASKPASS=$PWD/password
        exec python3 '\(terminal)' 'y\\n' sudo -A -u \(User.billing.name) \(Machine.program) \
        \(words.joined(separator: " "))
        """

      let outcome = try machine.run(["sh", "-c", typing], as: .ana)

      #expect(outcome.status == 0, "\(outcome)")
      #expect(outcome.output.contains("Approve exactly this plan? [y/N] "))
      #expect(outcome.output.contains("is approved by \(User.ana.name)"))
    }

    @Test func `a person looks and stops without a password`() throws {
      let batch = try #require(machine.batches["{done}"])
      for words in [["list"], ["show", batch, "--jobs"], ["preview", batch], ["stop"]] {
        let typed = [words[0]] + home + words.dropFirst()
        let outcome = try machine.run(Machine.asking(typed), as: .ben)
        #expect(outcome.status == 0, "\(outcome)")
      }
      let reported = try machine.run(
        Machine.asking(["report"] + home + [batch, "--format", "csv"]), as: .ben)
      #expect(reported.status == 0 && reported.output.contains("cus_d1"), "\(reported)")

      let unasked = try machine.run(Machine.asking(["unstop"] + home), as: .ben)
      #expect(unasked.status == 1, "\(unasked)")
      #expect(try machine.decide(["unstop"] + home, as: .ben).status == 0)
    }

    @Test func `a program that runs as a person approves nothing without the password`() throws {
      _ = try machine.run(["sudo", "-k"], as: .ana)
      let unasked = attempt(Machine.asking(try approving()))
      let required = #/a password is required/#
      try machine.expectNothing(of: unasked, as: .ana, because: required)

      #expect(try machine.decide(["unstop"] + home, as: .ana).status == 0)
      try machine.expectNothing(of: unasked, as: .ana, because: required)
    }

    private func attempt(_ words: [String]) -> Attempt {
      Attempt(testDescription: "", words: words, status: 1, input: User.ana.password + "\n")
    }

    @Test(arguments: [
      ["run", "{approved}"], ["settle"], ["submit", "-", "--job", Machine.jobFile],
      ["mcp", "--job", Machine.jobFile], ["keys", "issue", "--job", Machine.jobFile],
      ["budget", "set", "usd=1.00", "--per", "day"], ["journal", "export"], ["init"],
      ["resolve", "{done}", "1", "--not-charged", "--evidence", "seen"],
      ["report", "{done}", "--output", Machine.home + "/seal.key"],
      ["report", "{done}", "--format", "csv", "--output", "report.csv"],
      ["report", "{done}", "--output=report.csv"], ["approvers", "list"],
      ["standing", "approve", "/home/sluice-test-ana/mine.json", "--jobs", "1"],
      ["cron", Machine.jobFile], ["doctor", "--job", Machine.jobFile],
    ])
    func `an approver runs nothing else`(_ words: [String]) throws {
      let typed = [words[0]] + home + words.dropFirst()

      try machine.expectNothing(
        of: attempt(["sudo", "-S", "-p", "", "-u", User.billing.name, Machine.program] + typed),
        as: .ana, because: #/is not allowed to execute/#)
    }

    @Test(arguments: [
      ["list", "--home", Machine.home, "--home", "/home/sluice-test-ana"],
      ["show", "--home", Machine.home, "{done}", "--home=/home/sluice-test-ana"],
      ["show", "--home", Machine.home + " {done}"], ["list --home " + Machine.home],
      ["stop", "--home", Machine.home, "--output", "mine"],
    ])
    func `what sudo cannot tell from the permitted words fails in sluice`(
      _ words: [String]
    ) throws {
      let before = try Machine.state()

      let outcome = try machine.run(Machine.asking(words), as: .ana)

      #expect(outcome.status == 64 || outcome.status == 78, "\(outcome)")
      #expect(try Machine.state() == before)
    }

    @Test(arguments: ["sluice.db", "seal.key", "head"])
    func `an approver reads no file of the home`(_ name: String) throws {
      for file in [Machine.home + "/" + name, Machine.keyFile] {
        try machine.expectNothing(of: attempt(["cat", file]), as: .ben, because: denied)
      }
    }
  }
}
