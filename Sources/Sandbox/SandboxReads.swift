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
      guard let object = try record.object(id) else { return missing(id) }
      return reply(200, try shown(object))
    case .latestCharge(let id):
      guard let object = try record.object(id) else { return missing(id) }
      return reply(200, try withCharge(object))
    case .invoice(let id): return try invoice(id)
    case .refund(let id):
      guard let refund = try record.refund(id) else { return missing(id) }
      return reply(200, try advanced(refund).json)
    case .list(.paymentIntents(let customer), let since, let after):
      return try list("payment_intent", of: customer, since, after)
    case .list(.charges(let customer), let since, let after):
      return try list("charge", of: customer, since, after)
    case .list(.refunds(let refundable), let since, let after):
      return try refunds(of: refundable.id, since, after)
    case .overdueInvoices(let due, let after): return try overdue(due, after)
    case .cancel(let id): return try cancel(id)
    case .permission: return list([], hasMore: false)
    }
  }

  private func customer(_ id: String) -> Reply {
    let behavior = SandboxBehavior(account: id)
    if behavior == .missing { return missing(id) }
    let method: JSONValue = behavior == .noPaymentMethod ? .null : .string("pm_sandbox_\(id)")
    return reply(
      200,
      [
        "id": .string(id), "object": "customer", "livemode": false,
        "invoice_settings": ["default_payment_method": method],
      ])
  }

  private func list(
    _ kind: String, of customer: String, _ since: Timestamp, _ after: String?
  ) throws(SQLiteError) -> Reply {
    let found = try record.objects(
      kind: kind, customer: customer, since: since.milliseconds / 1000, after: after,
      limit: Self.pageSize + 1)
    var page: [JSONValue] = []
    for object in found.prefix(Self.pageSize) { page.append(try shown(object)) }
    return list(page, hasMore: found.count > Self.pageSize)
  }

  /// How many objects a page of a list has.
  static var pageSize: Int { 100 }

  func list(_ page: [JSONValue], hasMore: Bool) -> Reply {
    reply(200, ["object": "list", "has_more": .bool(hasMore), "data": .array(page)])
  }

  /// An object as it stands now, what was refunded of it included.
  private func shown(_ object: SandboxObject) throws(SQLiteError) -> JSONValue {
    try advanced(object).json(refunded: try record.refunded(of: object.id))
  }

  private func withCharge(_ object: SandboxObject) throws(SQLiteError) -> JSONValue {
    let refunded = try record.refunded(of: object.id)
    guard case .object(var members) = try shown(object) else { return .null }
    members.append(
      JSONMember(
        key: "latest_charge",
        value: ["object": "charge", "amount_refunded": .integer(refunded)]))
    return .object(members)
  }

  private func cancel(_ id: String) throws(SQLiteError) -> Reply {
    guard var object = try record.object(id) else { return missing(id) }
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

  func missing(_ id: String) -> Reply {
    let (status, json) = Self.missing(id)
    return reply(status, json)
  }
}
