import Domain
import Journal
import Sandbox
package import Stripe
package import Vault

/// The sandbox behind a wall that counts what passes and does what a test says.
package final class TestStripe: StripeConnection {
  /// Every send, in order, re-sends included.
  package private(set) var sends: [Attempt] = []
  /// Every question, in order.
  package private(set) var questions: [Question] = []
  /// What happens at a send instead of, or before, the sandbox's answer; nil lets it pass.
  package var onSend: (Attempt) -> Interception = { _ in .pass }
  /// What is answered to a question instead of the sandbox's answer; nil lets it pass.
  package var onQuestion: (Question) -> Reply? = { _ in nil }

  private let sandbox: SandboxStripe

  /// What a test does to a send.
  package enum Interception {
    case pass
    /// Nothing is executed, and this is the reply.
    case instead(Reply)
    /// It is executed, and this is the reply all the same.
    case executed(Reply)
  }

  /// The Stripe of a test's home; it tells that home's time unless it has a clock of its own.
  package init(_ test: TestHome, clock: TestClock? = nil) throws {
    sandbox = try SandboxStripe(path: test.home.sandboxPath, clock: clock ?? test.clock)
  }

  package func send(_ permit: consuming Permit) -> Reply {
    let attempt = permit.attempt
    sends.append(attempt)
    switch onSend(attempt) {
    case .pass: return sandbox.send(permit)
    case .instead(let reply): return reply
    case .executed(let reply):
      _ = sandbox.send(permit)
      return reply
    }
  }

  package func ask(_ question: Question) -> Reply {
    questions.append(question)
    return onQuestion(question) ?? sandbox.ask(question)
  }

  /// An error answer of Stripe's at the sandbox's hour.
  package static func answer(
    _ status: Int, type: String, code: String? = nil, at clock: TestClock
  ) -> Reply {
    let code = code.map { ",\"code\":\"\($0)\"" } ?? ""
    let body = "{\"error\":{\"type\":\"\(type)\"\(code),\"message\":\"no\"}}"
    return .answer(
      Answer(
        status: status, headers: ["date": clock.now().httpDate], body: Array(body.utf8)))
  }
}
