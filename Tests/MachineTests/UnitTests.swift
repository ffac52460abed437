import Foundation
import Support
import Testing

extension MachineTests {
  /// What systemd makes of the units that people copy, and whether the program gets along with what
  /// they leave to it.
  @Suite struct UnitTests {
    let machine: Machine
    private let folder = "/var/lib/sluice-test-units"

    init() throws {
      machine = try Machine()
      try Machine.asRoot("rm -rf \(folder) && mkdir \(folder)")
      for kind in ["service", "timer"] {
        try Data(Unit("sluice@.\(kind)").text.utf8)
          .write(to: URL(fileURLWithPath: folder + "/sluice-test@.\(kind)"))
      }
    }

    @Test(arguments: ["service", "timer"])
    func `systemd finds nothing amiss`(_ kind: String) throws {
      let output = try Machine.asRoot(
        "systemd-analyze verify --recursive-errors=no \(folder)/sluice-test@overdue.\(kind) 2>&1")

      #expect(output == "")
    }

    @Test func `systemd calls the service's exposure small`() throws {
      let output = try Machine.asRoot(
        "systemd-analyze security --offline=true --threshold=20 --no-pager "
          + "\(folder)/sluice-test@overdue.service")

      #expect(output.contains("Overall exposure level for sluice-test@overdue.service: "))
    }

    @Test func `the timer is due every night`() throws {
      let due = try #require(Unit("sluice@.timer").values(of: "OnCalendar").first)

      let output = try Machine.asRoot(
        "TZ=UTC systemd-analyze calendar --iterations=2 --base-time='2028-02-28 12:00' '\(due)'")

      #expect(output.contains(" Tue 2028-02-29 03:17:00 UTC\n"), "\(output)")
      #expect(output.contains(" Wed 2028-03-01 03:17:00 UTC\n"), "\(output)")
    }

    @Test func `a billing run does nothing that the service is kept from`() throws {
      let list = ["cus_c1,c1,1.00,usd", "cus_c2,c2,2.00,usd"]
      let covered = try DueList(
        "covered", list,
        more: [
          "source": ["command": ["cat", "/srv/sluice-test-jobs/covered.csv"], "format": "csv"],
          "notify": ["webhook_env": "SLUICE_WEBHOOK"],
        ])
      try covered.cover()
      let webhook = try WebhookServer()
      let unit = try Unit("sluice@.service")
      let environment = try unit.values(of: "Environment").map {
        $0.replacing("%d", with: Machine.home)
      }
      // As systemd leaves a credential: with an ACL it looks group-readable.
      let token = try Machine.sluice("approvers add cron --quiet")
      try Machine.asRoot(
        "install -m 0440 -o \(User.billing.name) /dev/stdin \(Machine.home)/approver-token",
        input: token)
      let start = try #require(try unit.values(of: "ExecStart").first)

      let outcome = try machine.run(
        ["env", "SLUICE_WEBHOOK=\(webhook.url)", "CREDENTIALS_DIRECTORY=\(Machine.home)"]
          + environment + ["strace", "-f", "-qq", "-s", "0"]
          + start.replacing("%i", with: "covered").split(separator: " ").map(String.init),
        as: .billing, login: .none)

      #expect(outcome.status == 0 && outcome.output == "", "\(outcome)")
      let batch = try #require(try covered.batch())
      #expect(batch.state == "finished")
      #expect(try Machine.document("report \(batch.id)")["submitted_by"] as? String == "cron")
      #expect(try webhook.posted().count == 1)
      let trace = SystemCalls(outcome.error)
      #expect(trace.names.isSuperset(of: ["execve", "fdatasync", "connect", "wait4"]))
      let groups = try unit.values(of: "SystemCallFilter")
      #expect(try trace.names.subtracting(SystemCalls.allowed(by: groups)) == [])
      let families = try unit.values(of: "RestrictAddressFamilies")
        .flatMap { $0.split(separator: " ").map(String.init) }
      #expect(trace.families.subtracting(families) == [])
      #expect(trace.writableCode == [])
      let writable = try unit.values(of: "ReadWritePaths").map { $0 + "/" }
      #expect(!trace.written.isEmpty)
      for path in trace.written where path != "/dev/null" {
        #expect(writable.contains { path.hasPrefix($0) }, "\(path)")
      }
    }
  }
}

/// A unit that people copy, for this machine.
private struct Unit {
  let text: String

  init(_ name: String) throws {
    text = Installation.renamed(try Repository.text("jobs/" + name))
  }

  /// What a key is set to, as often as it is.
  func values(of key: String) throws -> [String] {
    text.split(separator: "\n").filter { $0.hasPrefix(key + "=") }
      .map { String($0.dropFirst(key.count + 1)) }
  }
}
