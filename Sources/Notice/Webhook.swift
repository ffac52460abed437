package import Domain
internal import HTTP
internal import JSON
package import Journal

/// Where notices are posted: an address of the environment's, which is a secret in itself.
///
/// A notice that cannot be delivered is told and journaled; it never stops or repeats a charge.
package struct Webhook: Sendable {
  private let variable: String
  private let address: String?
  private let userAgent: String

  /// The webhook whose address a variable of the environment holds.
  package init(variable: String, in environment: [String: String], programVersion: String) {
    self.variable = variable
    address = environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    userAgent = "sluice/" + programVersion
  }

  /// Posts a notice and journals what came of it; says why it was not delivered, or nil.
  ///
  /// Throws where the journal cannot be written.
  package func deliver(_ notice: Notice, _ store: Store) throws(Fault) -> String? {
    let problem = post(notice)
    let transaction = try store.begin()
    try transaction.append(
      problem == nil ? .notified : .notifyFailed, subject: "notice of \(notice.subject)",
      ["event": .string(notice.event.rawValue), "problem": .optional(problem)])
    _ = try transaction.commit()
    return problem
  }

  /// Posts it once: a second try could say everything twice.
  private func post(_ notice: Notice) -> String? {
    guard let address else { return "$\(variable) is not set" }
    let url: SecureURL
    do {
      url = try SecureURL(address)
    } catch {
      return "the URL in $\(variable) \(error.message)"
    }
    var options = HTTPOptions()
    options.connectTimeoutMilliseconds = 5_000
    options.totalTimeoutMilliseconds = 10_000
    options.maximumBodyBytes = 64 << 10
    options.allowsPlainHTTP = url.isPlainHTTP
    let request = HTTPRequest(
      method: .post, url: url.text,
      headers: [
        (name: "Content-Type", value: "application/json"), (name: "User-Agent", value: userAgent),
      ],
      body: Array(notice.json.text.utf8))
    switch HTTPClient(options).perform(request) {
    case .response(let answer) where (200..<300).contains(answer.status): return nil
    case .response(let answer): return "the webhook answers \(answer.status)"
    case .neverSent(let why), .lost(let why):
      // libcurl names the host in some messages, and nothing of the path.
      return "the webhook of $\(variable) does not answer: \(printable(why))"
    }
  }
}
