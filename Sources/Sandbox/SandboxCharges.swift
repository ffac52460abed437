internal import Domain
internal import JSON
internal import SQLite

extension SandboxStripe {
  /// Makes a charge or an intent, declined or not.
  func charge(
    _ request: SandboxRequest, _ form: SandboxForm, at now: Timestamp
  ) throws(SQLiteError) -> (Int, JSONValue) {
    if let invalid = Self.invalid(form, request.behavior) { return invalid }
    let object = try make(request, form, at: now)
    try record.insert(object)
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
    _ request: SandboxRequest, _ form: SandboxForm, at now: Timestamp
  ) throws(SQLiteError) -> SandboxObject {
    let isCharge = request.kind == .charge
    let number = try record.nextNumber()
    let (status, failure) = Self.outcome(of: request.behavior, isCharge: isCharge)
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
