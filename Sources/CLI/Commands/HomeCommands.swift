internal import Domain
internal import JSON
internal import Journal
internal import System

extension Command {
  static let initialize = Command(
    spec: CommandSpec(
      "init", group: .homeAndJournal, summary: "make the home: its database, mode and seal key",
      options: [
        OptionSpec("--mode", value: "MODE", "sandbox (no money, no network), test or live"),
        OptionSpec(
          "--stripe-account", value: "ACCOUNT", "act for this connected account (acct_...)"),
      ],
      examples: [
        "sluice init", "eval \"$(sluice init --home ./billing)\"",
        "sluice init --mode test --home ~/sluice-test",
      ],
      discussion: """
        A home is made for one mode and keeps it; sandbox is the default. The line on standard \
        output sets $SLUICE_HOME when the shell evaluates it.
        """),
    run: { session throws(Fault) in
      let mode = try session.chosenMode()
      let account = try session.chosenAccount()
      var random = SystemRandomNumberGenerator()
      let facts = HomeFacts(
        id: "home_" + randomName(length: 10, using: &random), mode: mode, stripeAccount: account)
      try session.home.create(
        facts, clock: session.clock, actor: session.login.name, using: &random)
      let folder = Files.absolute(session.home.folder) ?? session.home.folder
      session.note("Made a \(mode.rawValue) home\(mode == .sandbox ? ": no money moves" : "").")
      try session.show(
        [
          "home": .string(folder), "id": .string(facts.id), "mode": .string(mode.rawValue),
          "stripe_account": .optional(account),
        ],
        "export SLUICE_HOME=\(shellQuoted(folder))")
      return .done
    })

  static let journalVerify = Command(
    spec: CommandSpec(
      "journal verify", group: .homeAndJournal, summary: "check the seal of every journal entry",
      examples: ["sluice journal verify"],
      discussion: """
        Each entry's seal covers the entry and the seal before it, under the home's seal.key. An \
        entry that was edited, deleted or inserted is named by its sequence (exit 74).
        """),
    run: { session throws(Fault) in
      let store = try session.openStore()
      try store.checkFile()
      let head = try store.verifyChain()
      try store.checkSchema()
      try session.show(
        ["entries": .integer(head.sequence), "head": .string(head.description), "whole": true],
        "The journal is whole up to its entry \(groupedDigits(Int(head.sequence))), head \(head)")
      return .done
    })

  static let journalExport = Command(
    spec: CommandSpec(
      "journal export", group: .homeAndJournal,
      summary: "print every journal entry, one JSON object a line",
      examples: ["sluice journal export > journal.jsonl"]),
    run: { session throws(Fault) in
      let store = try session.openStore()
      try store.snapshot { () throws(Fault) in
        try store.forEachEntry { entry throws(Fault) in try session.write(entry.json.text + "\n") }
      }
      return .done
    })

  static let journalHead = Command(
    spec: CommandSpec(
      "journal head", group: .homeAndJournal,
      summary: "print the last sequence and seal, to compare later",
      examples: ["sluice journal head"]),
    run: { session throws(Fault) in
      let head = try session.openStore().journalHead()
      try session.show(
        ["sequence": .integer(head.sequence), "seal": .string(head.seal)],
        "\(head.sequence):\(head.seal)")
      return .done
    })

  static let version = Command(
    spec: CommandSpec(
      "version", group: .homeAndJournal, summary: "print the program's version",
      examples: ["sluice version"]),
    run: { session throws(Fault) in
      try session.show(["version": .string(Session.version)], "sluice \(Session.version)")
      return .done
    })
}

extension Session {
  fileprivate func chosenMode() throws(Fault) -> Mode {
    let word = invocation.value("--mode") ?? Mode.sandbox.rawValue
    guard let mode = Mode(rawValue: word) else {
      throw Fault(
        .usage, "there is no mode \(quoted(word))", hint: "choose sandbox, test or live")
    }
    return mode
  }

  fileprivate func chosenAccount() throws(Fault) -> String? {
    guard let account = invocation.value("--stripe-account") else { return nil }
    let isPlain = account.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || byte == 0x5F
    }
    guard account.hasPrefix("acct_"), isPlain, account.utf8.count > 5 else {
      throw Fault(
        .usage, "\(quoted(account)) is no Stripe account", hint: "it begins with acct_")
    }
    return account
  }
}

extension JournalEntry {
  fileprivate var json: JSONValue {
    [
      "sequence": .integer(sequence), "at": .string(at.description),
      "at_ms": .integer(at.milliseconds), "actor": .string(actor), "event": .string(event),
      "subject": .string(subject), "body": .string(body), "seal_key": .string(sealKey),
      "seal": .string(seal),
    ]
  }
}

/// A path as a shell reads it back.
private func shellQuoted(_ path: String) -> String {
  let isPlain = path.utf8.allSatisfy { byte in
    (0x2D...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == 0x5F
  }
  if isPlain { return path }
  let escaped = path.split(separator: "'", omittingEmptySubsequences: false)
  return "'" + escaped.joined(separator: "'\\''") + "'"
}
