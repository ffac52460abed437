import Foundation
import Support
import Testing

/// What `jobs/sluice.sudoers` takes for granted of the commands that approvers type freely.
@Suite struct SudoersTests {
  @Test func `a command that approvers may give any words opens no file but the home's`() throws {
    let rules = try String(
      contentsOfFile: Repository.root + "/jobs/sluice.sudoers", encoding: .utf8)
    let commands = rules.matches(of: #/sluice \^\(?([a-z| ]+?)\)? --home [^(]+\( \.\*\)\?\$/#)
      .flatMap { $0.1.split(separator: "|") }.map { $0.split(separator: " ").map(String.init) }

    let plain: Set<Substring> = [
      "ACCOUNT", "CUR", "DATE", "DIGEST", "N", "NUMBERS", "OUTCOME", "STATE", "TEXT", "WORD",
    ]

    #expect(commands.count == 11)
    for command in commands {
      let page = try CommandHome(mode: nil).sluice(command + ["--help"]).output
      let options = page.replacing("--home DIR", with: "").matches(of: #/--[a-z-]+ ([A-Z]+)/#)

      #expect(page.contains("--home DIR"))
      #expect(Set(options.map(\.1)).isSubset(of: plain), "\(page)")
    }
  }

  @Test func `a second home is refused wherever it stands`() throws {
    let home = try CommandHome()
    let other = home.folder + "/other"

    for command in ["list", "stop", "unstop"] {
      for second in [["--home", other], ["--home=" + other]] {
        let outcome = try home.sluice([command, "--home", home.path] + second)
        #expect(
          outcome == Outcome(64, error: "sluice: --home is given twice\n  give it once\n"))
      }
    }
  }
}
