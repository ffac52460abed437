internal import Approval
internal import Domain
internal import JSON
internal import Journal
internal import Planner
internal import Report

extension Command {
  static let approversAdd = Command(
    spec: CommandSpec(
      "approvers add", group: .decide,
      summary: "give a person a token to approve with",
      arguments: [Words.approver],
      examples: ["(umask 077; set -C; sluice approvers add ben > ben.token)"],
      discussion: """
        For containers and services, where the kernel knows no login. The token is shown once and \
        only its SHA-256 is kept. Whoever sets $SLUICE_APPROVER_TOKEN_FILE to a file with it \
        submits, amends, approves and resolves as this person. The file must be private (0600). A \
        token is also its maker's: whoever made the submitter's or the other approver's, or has \
        theirs from them, is no second person.
        """),
    run: { session throws(Fault) in
      let name = try session.approverName()
      let store = try session.openStore()
      var random = SystemRandomNumberGenerator()
      let (approver, token) = try Approvers(store).add(name, using: &random)
      guard case .object(let members) = approver.json else { return .done }
      session.note("\(name) is \(approver.id). This is the only time the token is shown.")
      try session.show(
        .object(members + [JSONMember(key: "token", value: .string(token))]), token)
      return .done
    })

  static let approversList = Command(
    spec: CommandSpec(
      "approvers list", group: .decide, summary: "list who has a token to approve with",
      examples: ["sluice approvers list"]),
    run: { session throws(Fault) in
      let approvers = try Approvers(try session.openStoreForAnybody()).all()
      var table = Table([.text("APPROVER", least: 12), "ID", "ADDED", "BY"])
      for approver in approvers {
        table.add([
          approver.name, approver.id.text, approver.addedAt.description, approver.addedBy,
        ])
      }
      try session.show(
        ["approvers": .array(approvers.map(\.json))],
        approvers.isEmpty
          ? "Nobody has a token; logins approve. To add one: sluice approvers add NAME"
          : table.text)
      return .done
    })

  static let approversRemove = Command(
    spec: CommandSpec(
      "approvers remove", group: .decide, summary: "take a person's token back",
      arguments: [Words.approver], examples: ["sluice approvers remove ben"],
      discussion: """
        The token counts for nothing from now on. What was approved with it stays approved: \
        `sluice stop` or `sluice cancel BATCH` ends that, and `sluice standing withdraw` what was \
        approved beforehand.
        """),
    run: { session throws(Fault) in
      let name = try session.approverName()
      guard try Approvers(try session.openStoreForAnybody()).remove(name) else {
        throw Fault(
          .notFound, "\(quoted(name)) is no approver", hint: "see `sluice approvers list`")
      }
      try session.show(
        ["approver": .string(name), "removed": true], "\(name) is no approver any more.")
      return .done
    })
}

extension Words {
  fileprivate static let approver = ArgumentSpec("NAME", "the person: letters, digits and . _ @ -")
}

extension Session {
  fileprivate func approverName() throws(Fault) -> String {
    let name = invocation.argument("NAME") ?? ""
    let isName =
      (1...64).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
          || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
          || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || ".-_@".utf8.contains(byte)
      }
    guard isName else {
      throw Fault(
        .usage, "\(quoted(name)) is no name for an approver",
        hint: "use letters, digits and . _ @ -, 64 at most: sluice approvers add ben")
    }
    return name
  }
}

extension RegisteredApprover {
  fileprivate var json: JSONValue {
    [
      "approver": .string(name), "id": .string(id.text),
      "added_at": .string(addedAt.description), "added_by": .string(addedBy),
    ]
  }
}
