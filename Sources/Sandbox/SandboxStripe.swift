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
    let path = StripeRequest.path(of: attempt.operation)
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

extension SandboxStripe {
  /// Stripe's rules of idempotency: a saved answer is given again, to the same question only.
  private func answer(
    _ key: String, _ path: String, _ body: [UInt8], _ form: SandboxForm
  ) throws(SQLiteError) -> Reply {
    let now = clock.now()
    try record.prune(before: now + Milliseconds.hours(-24))
    if let saved = try record.savedAnswer(key) {
      guard saved.path == path, saved.body == body else {
        return reply(
          400,
          Self.error(
            "idempotency_error", nil,
            "Keys for idempotent requests can only be used "
              + "with the same parameters they were first used with."))
      }
      return reply(saved.status, text: saved.text, isReplay: true)
    }
    let behavior = SandboxBehavior(account: form["customer"] ?? "")
    if let fault = try unexecuted(behavior, key) { return fault }
    let (status, json) = try execute(behavior, path, form, at: now)
    try record.save(key, path: path, body: body, status: status, text: json.text, at: now)
    if behavior == .lostAnswer, try record.fires(key) {
      return .lost("the connection was closed before the answer came")
    }
    return reply(status, json)
  }

  /// A fault before anything is executed, the first time; such an answer is never saved.
  private func unexecuted(
    _ behavior: SandboxBehavior, _ key: String
  ) throws(SQLiteError) -> Reply? {
    switch behavior {
    case .rateLimit:
      guard try record.fires(key) else { return nil }
      return reply(429, Self.error("invalid_request_error", "rate_limit", "Too many requests."))
    case .unavailable:
      guard try record.fires(key) else { return nil }
      return reply(503, Self.error("api_error", nil, "Stripe is not available."))
    case .unreachable:
      guard try record.fires(key) else { return nil }
      return .neverSent("the connection was refused")
    case .succeed, .decline, .authenticationRequired, .requiresAction, .processing,
      .processingFails, .serverError, .serverErrorCharged, .lostAnswer, .noPaymentMethod, .missing:
      return nil
    }
  }

  private func execute(
    _ behavior: SandboxBehavior, _ path: String, _ form: SandboxForm, at now: Timestamp
  ) throws(SQLiteError) -> (Int, JSONValue) {
    if let invalid = Self.invalid(form, behavior) { return invalid }
    if behavior == .serverError {
      return (500, Self.error("api_error", nil, "Something went wrong on Stripe's end."))
    }
    let object = try make(behavior, path, form, at: now)
    try record.insert(object)
    if behavior == .serverErrorCharged {
      return (500, Self.error("api_error", nil, "Something went wrong on Stripe's end."))
    }
    guard let failure = object.failure else { return (200, object.json) }
    return (402, ["error": Self.declined(failure, object)])
  }

  /// What Stripe refuses before it tries to charge; such an answer is saved here, which changes
  /// nothing, since the same request is refused again.
  private static func invalid(
    _ form: SandboxForm, _ behavior: SandboxBehavior
  ) -> (Int, JSONValue)? {
    let customer = form["customer"] ?? ""
    if behavior == .missing {
      return (
        400,
        error("invalid_request_error", "resource_missing", "No such customer: '\(customer)'")
      )
    }
    guard let amount = form["amount"].flatMap(Int64.init), amount > 0,
      let currency = form["currency"]
    else {
      return (400, error("invalid_request_error", "parameter_missing", "Missing required param."))
    }
    if currency == "usd", amount < 50 {
      return (
        400,
        error("invalid_request_error", "amount_too_small", "Amount must be at least $0.50 usd")
      )
    }
    return nil
  }

  private func make(
    _ behavior: SandboxBehavior, _ path: String, _ form: SandboxForm, at now: Timestamp
  ) throws(SQLiteError) -> SandboxObject {
    let isCharge = path == StripeRequest.path(of: .chargesCreate)
    let number = try record.nextNumber()
    let (status, failure) = Self.outcome(of: behavior, isCharge: isCharge)
    return SandboxObject(
      id: "\(isCharge ? "ch" : "pi")_sandbox_\(number)",
      kind: isCharge ? "charge" : "payment_intent", customer: form["customer"] ?? "",
      amount: form["amount"].flatMap(Int64.init) ?? 0, currency: form["currency"] ?? "",
      status: status, failure: failure, created: now.milliseconds / 1000,
      metadata: form.metadata)
  }

  private static func outcome(
    of behavior: SandboxBehavior, isCharge: Bool
  ) -> (status: String, failure: String?) {
    let failed = isCharge ? "failed" : "requires_payment_method"
    switch behavior {
    case .decline(let code): return (failed, code)
    case .authenticationRequired: return (failed, "authentication_required")
    case .noPaymentMethod: return (failed, "card_declined")
    case .requiresAction:
      return isCharge ? (failed, "authentication_required") : ("requires_action", nil)
    case .processing, .processingFails: return (isCharge ? "pending" : "processing", nil)
    case .succeed, .rateLimit, .unavailable, .serverError, .serverErrorCharged, .lostAnswer,
      .unreachable, .missing:
      return ("succeeded", nil)
    }
  }

  /// The error of a decline, naming the object it left behind.
  private static func declined(_ code: String, _ object: SandboxObject) -> JSONValue {
    guard case .object(var members) = SandboxObject.error(code) else { return .null }
    members.append(
      object.kind == "charge"
        ? JSONMember(key: "charge", value: .string(object.id))
        : JSONMember(key: "payment_intent", value: object.json))
    return .object(members)
  }
}
