internal import Domain
internal import Journal
internal import Stripe
internal import System

/// What a job from cron would find: `HOME`, a short `PATH`, another folder, and nothing else.
extension Examination {
  func examineEnvironment() {
    add(homeName)
    if let facts, facts.mode != .sandbox { add(keyName) }
  }

  private var homeName: Diagnosis {
    if let named = patient.homeOption { return absolute(named, "--home") }
    if let named = patient.variable("SLUICE_HOME") { return absolute(named, "$SLUICE_HOME") }
    let line = "put SLUICE_HOME=\(patient.home.folder) into the crontab"
    if patient.variable("XDG_STATE_HOME") != nil {
      return .warning(
        "cron", "the home is found by $XDG_STATE_HOME, which cron does not set", hint: line)
    }
    guard patient.variable("HOME") != nil else {
      return .warning(
        "cron", "$HOME is not set, so the home is looked for where one stands",
        hint: "set $SLUICE_HOME to the home's whole path")
    }
    return .ok("cron", "the home is found without any variable of yours")
  }

  private func absolute(_ path: String, _ name: String) -> Diagnosis {
    guard path.hasPrefix("/") else {
      return .warning(
        "cron", "\(name) is not a whole path, and cron starts in another folder",
        hint: "write it as \(Files.absolute(path) ?? "a path that begins with /")")
    }
    let hint =
      name.hasPrefix("-") ? "give it on the crontab's line, too" : "set it in the crontab, too"
    return .ok("cron", "the home is named by \(name), as a whole path", hint: hint)
  }

  private var keyName: Diagnosis {
    if let path = patient.keyFile { return keyFile(path, "--stripe-key-file") }
    if let path = patient.variable("SLUICE_STRIPE_KEY_FILE") {
      return keyFile(path, "$SLUICE_STRIPE_KEY_FILE")
    }
    if patient.variable("CREDENTIALS_DIRECTORY") != nil {
      return .ok("cron", "the key is a credential of the service")
    }
    return .warning(
      "cron", "no file is named that holds the key, and cron has no variable of your shell",
      hint: "put the key into a file of mode 600, and SLUICE_STRIPE_KEY_FILE=/its/path into the "
        + "crontab")
  }

  private func keyFile(_ path: String, _ name: String) -> Diagnosis {
    guard path.hasPrefix("/") else {
      return .warning(
        "cron", "\(name) is not a whole path, and cron starts in another folder",
        hint: "write it as \(Files.absolute(path) ?? "a path that begins with /")")
    }
    return .ok("cron", "the key is in a file that \(name) names by its whole path")
  }
}
