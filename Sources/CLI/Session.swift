internal import Approval
internal import Domain
internal import JSON
internal import Journal
internal import Notice
internal import Planner
internal import Sandbox
internal import Stripe
internal import System

/// One command being carried out: its words, its surroundings, its home.
struct Session: Sendable {
  let invocation: Invocation
  let environment: [String: String]
  let login: Login
  let clock = SystemClock()

  /// The program's version, as `--version` and Stripe see it.
  static let version = "0.1.0"

  // MARK: The home

  /// The home that is named by `--home`, `$SLUICE_HOME` or its usual place.
  var home: Home {
    if let folder = invocation.value("--home") { return Home(folder: folder) }
    if let folder = variable("SLUICE_HOME") { return Home(folder: folder) }
    if let folder = variable("XDG_STATE_HOME") { return Home(folder: folder + "/sluice") }
    return Home(folder: (variable("HOME") ?? ".") + "/.local/state/sluice")
  }

  /// Opens the home's database; what is written then is written by whoever a token names, or else
  /// by this login.
  func openStore() throws(Fault) -> Store {
    let store = try openAsLogin()
    return try store.reopened(as: person(in: store).name)
  }

  /// The same for a look or a brake, which whoever it is may take: a token that names nobody is
  /// warned of, and the login's name stands in the journal.
  func openStoreForAnybody() throws(Fault) -> Store {
    let store = try openAsLogin()
    do throws(Fault) {
      return try store.reopened(as: person(in: store).name)
    } catch {
      warn("\(error.message); \(login.name) goes on without it")
      return store
    }
  }

  private func openAsLogin() throws(Fault) -> Store {
    try Store(home: home, clock: clock, actor: login.name)
  }

  /// Who decides: the holder of the token that `$SLUICE_APPROVER_TOKEN_FILE` holds, or else whose
  /// login this is.
  func person(in store: Store) throws(Fault) -> Person {
    guard let path = variable("SLUICE_APPROVER_TOKEN_FILE") else {
      return Person(name: login.name, uid: login.uid)
    }
    let file = SecretFile(path: path, holding: "token", namedBy: "$SLUICE_APPROVER_TOKEN_FILE")
    let token = try file.readPrivate(orIn: variable("CREDENTIALS_DIRECTORY"))
    return try Approvers(store).person(holding: token)
  }

  /// The text of a flag, if it is given; throws `usage` when it holds what must not be kept.
  func text(_ flag: String) throws(Fault) -> String? {
    guard let text = invocation.value(flag) else { return nil }
    try FreeText.check(text, flag)
    return text
  }

  /// A variable of the environment; an empty one counts as not set.
  func variable(_ name: String) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  // MARK: Stripe

  /// Where the home's requests go: the sandbox's name for itself, Stripe, or what was named for a
  /// test.
  func apiURL(of facts: HomeFacts) throws(Fault) -> String {
    let named = invocation.value("--stripe-url") ?? variable("SLUICE_STRIPE_URL")
    switch facts.mode {
    case .sandbox: return "sandbox"
    case .test: return try StripeURL(named ?? StripeAPI.url, mode: .test).text
    case .live:
      if let named, named != StripeAPI.url {
        throw Fault(
          .configuration, "a live home talks to \(StripeAPI.url) only, not to \(quoted(named))",
          hint: "leave out --stripe-url and $SLUICE_STRIPE_URL")
      }
      return StripeAPI.url
    }
  }

  /// The way to Stripe for this home, or to its double.
  func connect(_ store: Store) throws(Fault) -> any StripeConnection {
    let mode = store.facts.mode
    if mode == .sandbox {
      return try SandboxStripe(path: store.home.sandboxPath, clock: clock)
    }
    let key = try StripeKey.find(
      file: invocation.value("--stripe-key-file"), environment: environment, mode: mode)
    if let warning = key.warning { warn(warning) }
    return try connect(store.facts, with: key)
  }

  /// The way to the Stripe of a home with a key of its own.
  func connect(_ home: HomeFacts, with key: StripeKey) throws(Fault) -> any StripeConnection {
    CurlConnection(
      url: try StripeURL(try apiURL(of: home), mode: home.mode), key: key,
      stripeAccount: home.stripeAccount, programVersion: Self.version)
  }

  // MARK: Saying things

  /// Tells people who are not looking.
  var messenger: Messenger {
    Messenger(environment: environment, programVersion: Session.version) { warn($0) }
  }

  var wantsJSON: Bool { invocation.flag("--json") }

  var isQuiet: Bool { invocation.flag("--quiet") }

  /// Prints the result of a command, for a program or for a person.
  ///
  /// What tells of money in `home` ends with a line that says so when it is no money.
  func show(
    _ json: @autoclosure () -> JSONValue, _ text: @autoclosure () -> String,
    of home: HomeFacts? = nil
  ) throws(Fault) {
    if wantsJSON { return try write(json().text + "\n") }
    try write(text() + "\n" + (home?.mode == .sandbox ? "sandbox: no money moves\n" : ""))
  }

  /// Whether the terminal, if this is one, can go back to where it has written.
  var hasCursor: Bool { variable("TERM").map { $0 != "dumb" } ?? false }

  /// Writes to standard output; a reader that has gone away is no error, a full disk is.
  func write(_ text: String) throws(Fault) { _ = try isRead(text) }

  /// Writes to standard output; false when its reader has gone away.
  func isRead(_ text: String) throws(Fault) -> Bool {
    do {
      try Terminal.write(text, to: .output)
      return true
    } catch {
      guard !error.isBrokenPipe else { return false }
      throw Fault(
        .storage, "standard output cannot be written: \(error.message)",
        hint: "what was asked is done; see `sluice list`")
    }
  }

  /// Says something beside the result, unless asked to be quiet.
  func note(_ text: String) {
    if !isQuiet { try? Terminal.write(text + "\n", to: .error) }
  }

  /// Says something that must not be missed.
  func warn(_ text: String) {
    if let log { return log.warn(text) }
    try? Terminal.write("sluice: warning: \(text)\n", to: .error)
  }
}

extension Store {
  /// The same home, with this name in the journal for what is written.
  fileprivate func reopened(as actor: String) throws(Fault) -> Store {
    actor == self.actor ? self : try Store(home: home, clock: clock, actor: actor)
  }
}
