package import Domain
internal import JSON
internal import SQLite
package import Stripe
internal import System
package import Vault

/// An embedded Stripe: no account, no network, and the same rules, crashes included.
///
/// It commits to its own file before it answers, keeps idempotency keys for 24 hours, and does with
/// an account what the account's id says (`SandboxBehavior`); a fault fires once per key.
package final class SandboxStripe: StripeConnection {
  let record: SandboxRecord
  let clock: any Clock
  private var requests = 0

  /// Opens the sandbox's record, making it when it is missing; throws `storage` when it cannot.
  package init(path: String, clock: any Clock) throws(Fault) {
    self.clock = clock
    do throws(SystemError) {
      // The file is private from its first moment on, like everything in a home.
      if try Files.facts(of: path) == nil { try Files.create(path, []) }
    } catch {
      throw Fault(
        .storage, "the sandbox's file \(path) cannot be made: \(error.message)",
        hint: "nothing was sent; check the owner and mode of the home and its disk")
    }
    do {
      record = try SandboxRecord(path: path)
    } catch {
      throw Fault(
        .storage, "the sandbox's file \(path) cannot be opened: \(error.message)",
        hint: "nothing was sent; check the owner and mode of the home and its disk")
    }
  }

  package func send(_ permit: consuming Permit) -> Reply {
    let attempt = permit.attempt
    let path = StripeRequest.path(of: attempt.movement)
    let form = SandboxForm(attempt.body)
    do throws(SQLiteError) {
      return try record.transact { () throws(SQLiteError) in
        try answer(attempt.idempotencyKey, path, attempt.body, form)
      }
    } catch {
      return .lost("the sandbox failed: \(error.message)")
    }
  }

  package func ask(_ question: Question) -> Reply {
    do throws(SQLiteError) {
      return try record.transact { () throws(SQLiteError) in try read(question) }
    } catch {
      return .lost("the sandbox failed: \(error.message)")
    }
  }

  func reply(_ status: Int, _ json: JSONValue, isReplay: Bool = false) -> Reply {
    reply(status, text: json.text, isReplay: isReplay)
  }

  func reply(_ status: Int, text: String, isReplay: Bool = false) -> Reply {
    requests += 1
    var headers = [
      "date": clock.now().httpDate, "content-type": "application/json",
      "request-id": "req_sandbox_\(requests)",
    ]
    if isReplay { headers["idempotent-replayed"] = "true" }
    return .answer(Answer(status: status, headers: headers, body: Array(text.utf8)))
  }

  static func error(
    _ type: String, _ code: String?, _ message: String
  ) -> JSONValue {
    ["error": ["type": .string(type), "code": .optional(code), "message": .string(message)]]
  }
}
