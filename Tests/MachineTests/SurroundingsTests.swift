import Foundation
import Support
import Testing

extension MachineTests {
  /// What a planner can give to a process that sudo starts for it.
  @Suite struct SurroundingsTests {
    let machine: Machine

    init() throws { machine = try Machine() }

    @Test func `no variable of a planner's reaches the program`() throws {
      let own = User.agent.folder
      let variables = [
        "SLUICE_HOME=\(own)", "XDG_STATE_HOME=\(own)", "SLUICE_STRIPE_KEY_FILE=\(own)/key",
        "SLUICE_STRIPE_URL=http://127.0.0.1:1", "STRIPE_API_KEY=rk_test_x", "SUDO_USER=ana",
        "CREDENTIALS_DIRECTORY=\(own)", "LD_PRELOAD=\(own)/own.so", "LD_LIBRARY_PATH=\(own)",
        "PATH=\(own)/bin:/usr/bin:/bin", "TMPDIR=\(own)", "SQLITE_TMPDIR=\(own)", "HOME=\(own)",
        "PYTHONPATH=\(own)", "OPENSSL_CONF=\(own)/ssl", "https_proxy=http://127.0.0.1:1",
        "CURL_CA_BUNDLE=\(own)/ca", "SSL_CERT_FILE=\(own)/ca", "MALLOC_CONF=x", "TZ=/etc/passwd",
        "SLUICE_WEBHOOK=http://127.0.0.1:1/mine", "SLUICE_APPROVER_TOKEN_FILE=\(own)/token",
        "BASH_ENV=\(own)/x", "ENV=\(own)/x", "IFS=x", "LC_ALL=../../x",
      ]
      let planner = try HeldPlanner(variables)

      let environment = try ProcessTable.environment(of: planner.number())

      #expect(try planner.end() == 0)
      let expected = [
        "HOME": Machine.home, "PATH": "/usr/bin:/bin", "SHELL": "/usr/sbin/nologin",
        "USER": User.billing.name, "LOGNAME": User.billing.name, "SUDO_USER": User.agent.name,
        "LANG": "C.UTF-8", "SLUICE_WEBHOOK": String(Machine.webhook.split(separator: "=")[1]),
      ]
      #expect(environment.filter { expected[$0.key] != nil } == expected)
      let sudos: Set = ["SUDO_COMMAND", "SUDO_UID", "SUDO_GID", "MAIL", "TERM", "LD_PRELOAD"]
      #expect(Set(environment.keys).subtracting(expected.keys).subtracting(sudos) == [])
      #expect(environment["LD_PRELOAD"]?.hasSuffix("/sudo_noexec.so") == true)
      #expect(!environment.values.contains { $0.contains(own) }, "\(environment)")
    }

    @Test func `what a planner starts can start no other program`() throws {
      let planner = try HeldPlanner()

      let status = try String(
        contentsOfFile: "/proc/\(try planner.number())/status", encoding: .utf8)

      #expect(try planner.end() == 0)
      #expect(status.contains("\nSeccomp:\t2\n"), "\(status)")
    }

    @Test(arguments: [
      "umask 0777", "umask 0000", "ulimit -f 0", "ulimit -n 9", "ulimit -t 1", "ulimit -s 64",
      "exec <&-", "exec >&-", "exec 2>&-", "exec <&- >&- 2>&-", "exec >/dev/full",
      "mkdir gone && cd gone && rmdir ../gone", "chmod 0700 .", "trap '' HUP INT TERM PIPE CHLD",
      "cd /proc/self/fd",
    ])
    func `whatever a planner's shell is set to, the others go on`(_ setting: String) throws {
      let plan = Machine.plan(["cus_1,i1,1.99,usd"])
      let script = "cat >plan.csv; exec <plan.csv; \(setting)\nexec \"$@\""
      let planner = try machine.run(
        ["sh", "-c", script, "sh"] + Machine.submitting, as: .agent, input: plan)

      let batch = try #require(machine.batches["{waiting}"])
      try Machine.approve(batch)
      try Machine.sluice("run \(batch) --quiet")
      try Machine.sluice("journal verify")
      let states = try Machine.state().filter { $0.key.hasPrefix(Machine.home) }
      for (path, state) in states {
        let isFolder = state.contains(FileAttributeType.typeDirectory.rawValue)
        let mode = isFolder ? 0o700 : 0o600
        #expect(
          state.hasPrefix("\(User.billing.name) \(mode) "), "\(path) \(state) \(planner)")
      }
    }
  }
}
