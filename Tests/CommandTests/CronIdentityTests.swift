import Foundation
import Support
import Testing

/// Billing runs under four eyes, where the kernel knows no login.
@Suite struct CronIdentityTests {
  @Test func `a billing run with a token of its own is approved with another one`() throws {
    let home = try CronHome(csv(jobs: 2), more: fourEyes)
    let nightly = try home.commands.addApprover("nightly")
    let ben = try home.commands.addApprover("ben")

    let first = try home.cron(environment: nightly)
    let batch = try #require(try home.commands.states().keys.first)
    let digest = try home.commands.document(["preview", batch], as: Plan.self).digest
    try home.commands.succeed(["approve", batch, "--digest", digest], environment: ben)
    let second = try home.cron(environment: nightly)

    #expect(first.status == 14)
    #expect(!first.output.contains("neither the kernel nor a token"))
    #expect(second.status == 0, "\(second)")
    #expect(try home.commands.report(batch).counts["charged"] == 2)
  }

  @Test(.enabled(if: !hasLogin)) func `the first night says that nobody can approve it`() throws {
    let home = try CronHome(csv(jobs: 2), more: fourEyes)
    let ben = try home.commands.addApprover("ben")

    let night = try home.cron("-q")
    let batch = try #require(try home.commands.states().keys.first)
    let digest = try home.commands.document(["preview", batch], as: Plan.self).digest
    let approval = try home.commands.sluice(
      ["approve", batch, "--digest", digest], environment: ben)

    for said in [night.output, approval.error] {
      #expect(said.contains("\(batch) needs a second person to approve it, and neither the kernel"))
      #expect(said.contains("`sluice approvers add NAME`"))
      #expect(said.contains("`sluice reject \(batch) --reason TEXT`"))
    }
    #expect(approval.status == 77)
  }

  @Test(.enabled(if: !hasLogin)) func `whoever submits without a name is warned at once`() throws {
    let home = try CronHome(csv(jobs: 2), more: fourEyes)

    let outcome = try home.commands.sluice(["submit", "--job", "job.json", "--quiet"])

    #expect(outcome.status == 0)
    #expect(outcome.error.contains("warning: fees-"))
    #expect(outcome.error.contains("neither the kernel nor a token says who"))
  }

  private let fourEyes = #", "approval": {"four_eyes": true}"#

  /// Whether the kernel knows whose login these tests run under.
  private static var hasLogin: Bool {
    let uid = try? String(contentsOfFile: "/proc/self/loginuid", encoding: .utf8)
    return uid.map { $0 != String(UInt32.max) } ?? false
  }
}
