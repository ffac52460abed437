internal import Domain
internal import JSON
internal import SQLite
internal import Stripe

/// The sandbox's answers to questions, none of which moves money.
extension SandboxStripe {
  func read(_ question: Question) throws(SQLiteError) -> Reply {
    switch question {
    case .time: return reply(200, ["object": "list", "data": [], "has_more": false])
    case .customer(let id): return customer(id)
    case .paymentIntent(let id), .charge(let id):
      guard let object = try record.object(id) else { return Self.missing(id, in: self) }
      return reply(200, try advanced(object).json)
    case .list(let operation, let customer, let since, let after):
      return try list(operation, customer, since, after)
    case .cancel(let id): return try cancel(id)
    }
  }

  private func customer(_ id: String) -> Reply {
    let behavior = SandboxBehavior(account: id)
    if behavior == .missing { return Self.missing(id, in: self) }
    let method: JSONValue = behavior == .noPaymentMethod ? .null : .string("pm_sandbox_\(id)")
    return reply(
      200,
      [
        "id": .string(id), "object": "customer", "livemode": false,
        "invoice_settings": ["default_payment_method": method],
      ])
  }

  private func list(
    _ operation: Operation, _ customer: String, _ since: Timestamp, _ after: String?
  ) throws(SQLiteError) -> Reply {
    let limit = 100
    let kind = operation == .chargesCreate ? "charge" : "payment_intent"
    let found = try record.objects(
      kind: kind, customer: customer, since: since.milliseconds / 1000, after: after,
      limit: limit + 1)
    var page: [JSONValue] = []
    for object in found.prefix(limit) { page.append(try advanced(object).json) }
    return reply(
      200, ["object": "list", "has_more": .bool(found.count > limit), "data": .array(page)])
  }

  private func cancel(_ id: String) throws(SQLiteError) -> Reply {
    guard var object = try record.object(id) else { return Self.missing(id, in: self) }
    switch object.status {
    case "requires_payment_method", "requires_action", "requires_capture":
      object.status = "canceled"
      try record.setStatus(id, object.status, failure: nil)
      return reply(200, object.json)
    default:
      return reply(
        400,
        Self.error(
          "invalid_request_error", "payment_intent_unexpected_state",
          "You cannot cancel this PaymentIntent because it has a status of \(object.status)."))
    }
  }

  /// What is processing is done the next time anybody looks.
  private func advanced(_ object: SandboxObject) throws(SQLiteError) -> SandboxObject {
    guard object.status == "processing" || object.status == "pending" else { return object }
    var object = object
    if SandboxBehavior(account: object.customer) == .processingFails {
      object.status = object.kind == "charge" ? "failed" : "requires_payment_method"
      object.failure = "insufficient_funds"
    } else {
      object.status = "succeeded"
    }
    try record.setStatus(object.id, object.status, failure: object.failure)
    return object
  }

  private static func missing(_ id: String, in sandbox: SandboxStripe) -> Reply {
    sandbox.reply(
      404, error("invalid_request_error", "resource_missing", "No such object: '\(id)'"))
  }
}
