package import Domain
internal import JSON
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
  /// What cannot be told is said and journaled, and nothing else comes of it; nor does a journal
  /// that another process keeps busy. Throws where the journal cannot be written.
  package func tell(
    _ notice: Notice, at variable: String?, _ store: Store
  ) throws(Fault) {
    guard let variable else { return }
    let webhook = Webhook(variable: variable, in: environment, programVersion: programVersion)
    let problem = webhook.post(notice)
    if let problem { warn("nobody was told of \(notice.subject): \(problem)") }
    do throws(Fault) {
      try store.record(notice, problem)
    } catch {
      guard error.exit == .busy else { throw error }
      warn("the journal does not say what was told of \(notice.subject): \(error.message)")
    }
  }
}

extension Store {
  /// Journals what came of a notice: it was delivered, or there was a problem.
  fileprivate func record(_ notice: Notice, _ problem: String?) throws(Fault) {
    let transaction = try begin()
    try transaction.append(
      problem == nil ? .notified : .notifyFailed,
      subject: Notice.journalSubject(of: notice.subject),
      ["event": .string(notice.event.rawValue), "problem": .optional(problem)])
    _ = try transaction.commit()
  }
}
