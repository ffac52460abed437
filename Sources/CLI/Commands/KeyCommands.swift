internal import Domain
internal import JSON
internal import Journal
internal import Planner
internal import Report
internal import System
internal import Vault

extension Command {
  static let keysIssue = Command(
    spec: CommandSpec(
      "keys issue", group: .keysAndStops,
      summary: "issue a vault key with a secret, for a vault proxy",
      options: [
        OptionSpec(
          "--job", value: "JOBFILE", "the job file whose policy the key carries", isRequired: true)
      ],
      examples: ["sluice keys issue --job jobs/overdue.json"],
      discussion: """
        The secret is shown once; only its SHA-256 is kept. A run needs no such key: each is \
        issued one of its own.
        """),
    run: { session throws(Fault) in
      let jobFile = try JobFileReader.read(path: session.invocation.value("--job") ?? "")
      var random = SystemRandomNumberGenerator()
      let vault = KeyVault(try session.openStore())
      let (key, secret) = try vault.issue(policy: jobFile.policy, using: &random)
      guard case .object(let members) = key.json(at: session.clock.now()) else { return .done }
      try session.show(
        .object(members + [JSONMember(key: "secret", value: .string(secret))]),
        """
        \(secret)
        \(key.id) expires at \(key.expiresAt). This is the only time its secret is shown.
        """)
      return .done
    })

  static let keysList = Command(
    spec: CommandSpec(
      "keys list", group: .keysAndStops, summary: "list the vault keys, newest first",
      examples: ["sluice keys list"]),
    run: { session throws(Fault) in
      let keys = try KeyVault(try session.openStoreForAnybody()).keys()
      let now = session.clock.now()
      var table = Table(["KEY", "STATE", .text("BATCH", least: 20), " JOBS", "EXPIRES"])
      for key in keys {
        table.add([
          key.id.text, key.standing(at: now).rawValue, key.batch?.text ?? "-",
          groupedDigits(key.jobsAdmitted), key.expiresAt.description,
        ])
      }
      try session.show(
        ["keys": .array(keys.map { $0.json(at: now) })],
        keys.isEmpty ? "No vault key was issued yet; each run is issued one." : table.text)
      return .done
    })

  static let keysShow = Command(
    spec: CommandSpec(
      "keys show", group: .keysAndStops, summary: "show what a vault key may do",
      arguments: [ArgumentSpec("KEY", "its public id (vk_id_...), or the beginning of it")],
      examples: ["sluice keys show vk_id_7k2m"]),
    run: { session throws(Fault) in
      let vault = KeyVault(try session.openStoreForAnybody())
      let key = try vault.key(VaultKeyID(session.invocation.argument("KEY") ?? ""))
      try session.show(key.json(at: session.clock.now()), key.text(at: session.clock.now()))
      return .done
    })

  static let keysRevoke = Command(
    spec: CommandSpec(
      "keys revoke", group: .keysAndStops,
      summary: "revoke a vault key: nothing more goes under it",
      arguments: [ArgumentSpec("KEY", "its public id (vk_id_...), or the beginning of it")],
      options: [OptionSpec("--reason", value: "TEXT", "why, for the journal")],
      examples: ["sluice keys revoke vk_id_7k2m --reason \"wrong cap\""],
      discussion: """
        The run that holds the key halts at its next claim. What is in doubt is looked up, never \
        sent again.
        """),
    run: { session throws(Fault) in
      let vault = KeyVault(try session.openStoreForAnybody())
      let id = VaultKeyID(session.invocation.argument("KEY") ?? "")
      let key = try vault.revoke(id, reason: try session.text("--reason"))
      try session.show(
        key.json(at: session.clock.now()),
        key.batch == nil
          ? "\(key.id) is revoked and admits nothing more."
          : "\(key.id) is revoked; its run halts at the next claim.")
      return .done
    })
}

extension VaultKey {
  fileprivate func json(at now: Timestamp) -> JSONValue {
    [
      "key": .string(id.text), "state": .string(standing(at: now).rawValue),
      "batch": .optional(batch?.text), "name": .string(name), "vendor": "stripe",
      "policy": policy.json, "jobs_admitted": .integer(Int64(jobsAdmitted)),
      "issued_at": .string(issuedAt.description), "expires_at": .string(expiresAt.description),
      "revoked_at": .optional(revokedAt?.description), "revoked_by": .optional(revokedBy),
      "revoked_reason": .optional(revokedReason),
    ]
  }

  fileprivate func text(at now: Timestamp) -> String {
    var lines = [
      batch.map { "\(id), issued for a run of \($0)" } ?? "\(id), issued with a secret",
      "  state       \(standing(at: now).rawValue)",
    ]
    lines += line("operations", policy.allowedOperations.map(\.name))
    lines += line("caps", policy.caps.map(\.words))
    if !policy.maxPerJob.isEmpty {
      lines += line("per job", policy.maxPerJob.map(\.description))
    }
    if let accounts = policy.accounts { lines.append("  accounts    \(accounts.count) listed") }
    let most = policy.maxJobs.map { " of \(groupedDigits($0))" } ?? ""
    lines.append("  admitted    \(groupedDigits(jobsAdmitted))\(most) jobs")
    lines.append("  issued      \(issuedAt)")
    lines.append("  expires     \(expiresAt)")
    if let revokedAt {
      lines.append(
        "  revoked     \(revokedAt) by \(revokedBy ?? "?"): \(printable(revokedReason ?? "-"))")
    }
    return lines.joined(separator: "\n")
  }

  private func line(_ label: String, _ words: [String]) -> [String] {
    Layout.labeled(label, words.joined(separator: ", "), indent: 2, width: 12)
  }
}
