internal import Domain
internal import JSON
internal import SQLite
internal import Stripe

extension SandboxStripe {
  /// Stripe's rules of idempotency: a saved answer is given again, to the same question only.
  func answer(
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
    let request = try SandboxRequest(path, form, record)
    let behavior = request.behavior
    if let fault = try unexecuted(behavior, key) { return fault }
    let (status, json) = try execute(request, form, at: now)
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
    _ request: SandboxRequest, _ form: SandboxForm, at now: Timestamp
  ) throws(SQLiteError) -> (Int, JSONValue) {
    let failure = (500, Self.error("api_error", nil, "Something went wrong on Stripe's end."))
    if request.behavior == .serverError { return failure }
    let answer =
      switch request.kind {
      case .charge, .paymentIntent: try charge(request, form, at: now)
      case .payment(let invoice): try pay(invoice, request.behavior, at: now)
      case .refund(let object): try refund(object, request.behavior, form, at: now)
      case .none: Self.missing(request.path)
      }
    return request.behavior == .serverErrorCharged && answer.0 == 200 ? failure : answer
  }

  /// The answer about something that is not there.
  static func missing(_ id: String) -> (Int, JSONValue) {
    (404, error("invalid_request_error", "resource_missing", "No such object: '\(id)'"))
  }
}
