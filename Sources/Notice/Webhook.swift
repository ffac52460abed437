internal import Domain
internal import HTTP
internal import JSON

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

  /// Why nothing can be posted to it, without its address; nil when it is set and well formed.
  package var problem: String? {
    do throws(Unusable) {
      _ = try url()
      return nil
    } catch {
      return error.problem
    }
  }

  private struct Unusable: Error { let problem: String }

  private func url() throws(Unusable) -> SecureURL {
    guard let address else { throw Unusable(problem: "$\(variable) is not set") }
    do throws(SecureURL.Problem) {
      return try SecureURL(address)
    } catch {
      throw Unusable(problem: "the URL in $\(variable) \(error.message)")
    }
  }

  /// Posts a notice and says why it was not delivered, or nil; once, since a second try could say
  /// everything twice.
  package func post(_ notice: Notice) -> String? {
    let url: SecureURL
    do throws(Unusable) {
      url = try self.url()
    } catch {
      return error.problem
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
