import Foundation
import Support
import Testing

extension MachineTests {
  /// What the README's commands have made, and what the owner of the home is kept from.
  @Suite struct InstallationTests {
    let machine: Machine

    init() throws { machine = try Machine() }

    @Test func `the rules are in order as they are copied`() throws {
      let check = try Machine.asRoot("visudo -cf '\(Repository.root)/jobs/sluice.sudoers'")

      #expect(check.hasSuffix("/jobs/sluice.sudoers: parsed OK\n"))
      #expect(try Installation().commands.count > 8)
    }

    @Test(arguments: [
      (Machine.home, "sluice-test-billing 700"), (Machine.keyFile, "sluice-test-billing 600"),
      (Machine.program, "root 755"), (Machine.jobFile, "root 644"),
      ("/srv/sluice-test-jobs", "root 755"), (Machine.rules, "root 440"),
      (Machine.environmentFile, "root 600"),
    ])
    func `the README's commands give everything to whom it belongs`(
      _ path: String, _ owner: String
    ) throws {
      #expect(try Machine.asRoot("stat -c '%U %a' \(path)") == owner + "\n")
    }

    @Test(arguments: ["list", "stop", "run", "journal verify", "init"])
    func `root opens no home of another user's, where it would lock the owner out`(
      _ words: String
    ) throws {
      let before = try Machine.state()
      let command = "\(Machine.program) \(words) --home \(Machine.home)"

      let output = try Machine.asRoot("\(command) 2>&1 || echo $?")

      #expect(
        output == """
          sluice: \(Machine.home) belongs to \(User.billing.name), and this is root
            run it as its owner: sudo -u \(User.billing.name) sluice ...
          77

          """)
      #expect(try Machine.state() == before)
    }

    @Test(arguments: ["report.csv", "report.csv.new"])
    func `a link of another user's leads no report astray`(_ name: String) throws {
      let folder = User.agent.folder + "/reports"
      try machine.run(
        [
          "sh", "-c",
          """
          chmod 0755 . && rm -rf reports && mkdir -m 0777 reports
          ln -s \(Machine.home)/seal.key reports/\(name)
          """,
        ], as: .agent)
      let before = try Machine.state()

      let outcome = try machine.run(
        [
          Machine.program, "report", "{done}", "--output", folder + "/report.csv", "--home",
          Machine.home,
        ], as: .billing)

      #expect(try Machine.state() == before)
      #expect(outcome.status == (name == "report.csv" ? 77 : 0), "\(outcome)")
    }

    @Test func `a report is not written into a file that another user keeps open`() throws {
      let folder = User.agent.folder + "/reports"
      try machine.run(
        [
          "sh", "-c",
          """
          chmod 0755 . && rm -rf reports && mkdir -m 0777 reports && umask 0000
          : >reports/report.csv.new && ln reports/report.csv.new kept
          """,
        ], as: .agent)

      let outcome = try machine.run(
        [
          Machine.program, "report", "{done}", "--output", folder + "/report.csv", "--home",
          Machine.home,
        ], as: .billing)

      #expect(outcome.status == 0, "\(outcome)")
      let owner = try Machine.asRoot("stat -c '%U %a' \(folder)/report.csv")
      #expect(owner == "\(User.billing.name) 600\n")
      #expect(try Machine.asRoot("cat \(User.agent.folder)/kept") == "")
    }
  }
}
