package import Domain
package import Journal

/// Tells people what happens in a home, as far as a webhook is named for it.
package struct Messenger: Sendable {
  private let environment: [String: String]
  private let programVersion: String
  /// Says on the spot what could not be told.
  private let warn: @Sendable (String) -> Void

  /// A messenger that finds the addresses of webhooks in an environment.
  package init(
    environment: [String: String], programVersion: String,
    warn: @escaping @Sendable (String) -> Void
  ) {
    self.environment = environment
    self.programVersion = programVersion
    self.warn = warn
  }

  /// Posts a notice to the webhook whose address a variable holds, where one is named.
  ///
  /// What cannot be told is said and journaled, and nothing else comes of it.
  package func tell(
    _ notice: Notice, at variable: String?, _ store: Store
  ) throws(Fault) {
    guard let variable else { return }
    let webhook = Webhook(variable: variable, in: environment, programVersion: programVersion)
    if let problem = try webhook.deliver(notice, store) {
      warn("nobody was told of \(notice.subject): \(problem)")
    }
  }
}
