internal import Domain
internal import JSON
internal import Journal
internal import System

extension Command {
  static let initialize = Command(
    spec: CommandSpec(
      "init", group: .homeAndJournal, summary: "make the home: its database, mode and seal key",
      options: [
        OptionSpec(
          "--mode", value: "MODE", "what the home is for, the sandbox unless said otherwise",
          choices: Mode.allCases.map(\.rawValue)),
        OptionSpec(
          "--stripe-account", value: "ACCOUNT", "act for this connected account (acct_...)"),
      ],
      examples: [
        "sluice init", "eval \"$(sluice init --home ./billing)\"",
        "sluice init --mode test --home ~/sluice-test",
      ],
      discussion: """
        A home is made for one mode and keeps it; in the sandbox there is no money and no network. \
        The line on standard \
        output sets $SLUICE_HOME when the shell evaluates it.
        """),
    run: { session throws(Fault) in
      let mode = session.invocation.value("--mode").flatMap(Mode.init(rawValue:)) ?? .sandbox
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

/// A path as a shell reads it back.
private func shellQuoted(_ path: String) -> String {
  let isPlain = path.utf8.allSatisfy { byte in
    (0x2D...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == 0x5F
  }
  if isPlain { return path }
  let escaped = path.unicodeScalars.map { $0 == "'" ? "'\\''" : String($0) }
  return "'" + escaped.joined() + "'"
}
