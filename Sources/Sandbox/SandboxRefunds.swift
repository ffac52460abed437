internal import Domain
internal import JSON
internal import SQLite
internal import Stripe

/// The sandbox's refunds of what it charged earlier.
extension SandboxStripe {
  /// Gives money back, never more than is left of it; a bank does not decline that.
  func refund(
    _ object: SandboxObject, _ behavior: SandboxBehavior, _ form: SandboxForm, at now: Timestamp
  ) throws(SQLiteError) -> (Int, JSONValue) {
    guard object.hasMoved else {
      return (400, Self.error("invalid_request_error", nil, "\(object.id) has not been paid."))
    }
    let left = object.amount - (try record.refunded(of: object.id))
    guard let amount = form["amount"].map({ Int64($0) }) ?? left, amount > 0 else {
      return (
        400, Self.error("invalid_request_error", "parameter_invalid_integer", "Invalid integer.")
      )
    }
    guard amount <= left else {
      return (
        400,
        Self.error(
          "invalid_request_error", "charge_already_refunded",
          "\(amount) is more than the \(left) that is left of \(object.id).")
      )
    }
    let refund = SandboxRefund(
      id: "re_sandbox_\(try record.nextRefundNumber())", object: object.id, amount: amount,
      currency: object.currency, status: behavior == .processing ? "pending" : "succeeded",
      created: now.milliseconds / 1000, metadata: form.metadata)
    try record.insert(refund)
    return (200, refund.json)
  }

  func refunds(
    of object: String, _ since: Timestamp, _ after: String?
  ) throws(SQLiteError) -> Reply {
    let found = try record.refunds(
      of: object, since: since.milliseconds / 1000, after: after, limit: Self.pageSize + 1)
    var page: [JSONValue] = []
    for refund in found.prefix(Self.pageSize) { page.append(try advanced(refund).json) }
    return list(page, hasMore: found.count > Self.pageSize)
  }

  /// What is pending is done the next time anybody looks.
  func advanced(_ refund: SandboxRefund) throws(SQLiteError) -> SandboxRefund {
    guard refund.status == "pending" else { return refund }
    var refund = refund
    refund.status = "succeeded"
    try record.setRefundStatus(refund.id, refund.status)
    return refund
  }
}
