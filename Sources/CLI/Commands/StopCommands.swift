internal import Domain
internal import JSON
internal import Journal
internal import Queue
internal import System
internal import Vault

extension Command {
  static let stop = Command(
    spec: CommandSpec(
      "stop", group: .keysAndStops, summary: "stop every worker at its next claim",
      options: [OptionSpec("--reason", value: "TEXT", "why, for the journal and the report")],
      examples: ["sluice stop --reason \"wrong list\""],
      discussion: """
        The request in flight is finished and settled; nothing is claimed or sent again until \
        `sluice unstop`. A batch that was halted by it goes on with `sluice run BATCH`.
        """),
    run: { session throws(Fault) in
      let reason = session.invocation.value("--reason") ?? "no reason given"
      let isNew = try StopSwitch(try session.openStore()).stop(reason: reason)
      try session.show(
        ["stopped": true, "changed": .bool(isNew)],
        isNew ? "Stopped. `sluice unstop` lets work go on." : "It is stopped already.")
      return .done
    })

  static let unstop = Command(
    spec: CommandSpec(
      "unstop", group: .keysAndStops, summary: "lift a stop", examples: ["sluice unstop"]),
    run: { session throws(Fault) in
      let isNew = try StopSwitch(try session.openStore()).lift()
      try session.show(
        ["stopped": false, "changed": .bool(isNew)],
        isNew ? "The stop is lifted." : "Nothing was stopped.")
      return .done
    })

  static let keysList = Command(
    spec: CommandSpec(
      "keys list", group: .keysAndStops, summary: "list the vault keys, newest first",
      examples: ["sluice keys list"]),
    run: { session throws(Fault) in
      let keys = try KeyVault(try session.openStore()).keys()
      let now = session.clock.now()
      var table = Table(["KEY", "STATE", "BATCH", " JOBS", "EXPIRES"])
      for key in keys {
        table.add([
          key.id.text, key.standing(at: now).rawValue, key.batch.text,
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
      let vault = KeyVault(try session.openStore())
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
      let vault = KeyVault(try session.openStore())
      let id = VaultKeyID(session.invocation.argument("KEY") ?? "")
      let key = try vault.revoke(id, reason: session.invocation.value("--reason"))
      try session.show(
        key.json(at: session.clock.now()), "\(key.id) is revoked; its run halts at the next claim.")
      return .done
    })
}

extension VaultKey {
  fileprivate func json(at now: Timestamp) -> JSONValue {
    [
      "key": .string(id.text), "state": .string(standing(at: now).rawValue),
      "batch": .string(batch.text), "name": .string(name), "vendor": "stripe",
      "policy": policy.json, "jobs_admitted": .integer(Int64(jobsAdmitted)),
      "issued_at": .string(issuedAt.description), "expires_at": .string(expiresAt.description),
      "revoked_at": .optional(revokedAt?.description), "revoked_by": .optional(revokedBy),
      "revoked_reason": .optional(revokedReason),
    ]
  }

  fileprivate func text(at now: Timestamp) -> String {
    var lines = [
      "\(id), issued for a run of \(batch)",
      "  state       \(standing(at: now).rawValue)",
      "  operations  \(policy.allowedOperations.map(\.rawValue).joined(separator: ", "))",
      "  caps        \(policy.caps.map(\.description).joined(separator: ", ")) per batch",
    ]
    if !policy.maxPerJob.isEmpty {
      lines.append("  per job     \(policy.maxPerJob.map(\.description).joined(separator: ", "))")
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
}
