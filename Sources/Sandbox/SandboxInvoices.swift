internal import Domain
internal import JSON
internal import SQLite
internal import Stripe

/// The sandbox's invoices: listed, read, paid.
extension SandboxStripe {
  /// Pays an invoice once, or says why not.
  func pay(
    _ invoice: SandboxInvoice, _ behavior: SandboxBehavior, at now: Timestamp
  ) throws(SQLiteError) -> (Int, JSONValue) {
    switch try status(of: invoice) {
    case "open": break
    case "paid": return Self.refused("Invoice is already paid")
    default: return Self.refused("This invoice can no longer be paid.")
    }
    switch behavior {
    case .decline(let code): return Self.declined(SandboxObject.error(code), invoice)
    case .authenticationRequired:
      return Self.declined(SandboxObject.error("authentication_required"), invoice)
    case .requiresAction:
      return Self.declined(
        [
          "type": "invalid_request_error", "code": "invoice_payment_intent_requires_action",
          "message": "This payment requires additional user action.",
        ], invoice)
    case .noPaymentMethod:
      return Self.refused("This customer has no attached payment source or default payment method.")
    case .missing: return Self.refused("No such customer: '\(invoice.customer)'")
    case .processing, .processingFails:
      try record.pay(invoice.id, invoice.asked, "processing")
      return (200, invoice.json("open", asking: invoice.asked, at: now))
    case .succeed, .rateLimit, .unavailable, .serverError, .serverErrorCharged, .lostAnswer,
      .unreachable:
      try record.pay(invoice.id, invoice.asked, "paid")
      return (200, invoice.json("paid", asking: invoice.asked, at: now))
    }
  }

  private static func refused(_ message: String) -> (Int, JSONValue) {
    (400, error("invalid_request_error", nil, message))
  }

  /// A decline names the invoice's own intent, as Stripe's does.
  private static func declined(
    _ error: JSONValue, _ invoice: SandboxInvoice
  ) -> (Int, JSONValue) {
    guard case .object(var members) = error else { return (402, .null) }
    members.append(JSONMember(key: "payment_intent", value: .string("pi_of_" + invoice.id)))
    return (402, ["error": .object(members)])
  }

  func invoice(_ id: String) throws(SQLiteError) -> Reply {
    guard let invoice = SandboxInvoice.named(id) else { return missing(id) }
    try advance(invoice)
    return reply(
      200, invoice.json(try status(of: invoice), asking: invoice.asked, at: clock.now()))
  }

  /// The open invoices that were due by then, as they were when somebody made the list.
  func overdue(_ dueBefore: Timestamp, _ after: String?) throws(SQLiteError) -> Reply {
    let now = clock.now()
    var page: [JSONValue] = []
    for invoice in SandboxInvoice.all where invoice.due(now) * 1000 <= dueBefore.milliseconds {
      try advance(invoice)
      if try record.payment(of: invoice.id) != "paid" {
        page.append(invoice.json("open", asking: invoice.amount, at: now))
      }
    }
    guard let after else { return list(page, hasMore: false) }
    // All of them fit on one page, so that nothing comes after any of them.
    return SandboxInvoice.named(after) == nil ? missing(after) : list([], hasMore: false)
  }

  private func status(of invoice: SandboxInvoice) throws(SQLiteError) -> String {
    switch (try record.payment(of: invoice.id), invoice.turn) {
    case ("paid", _), (_, .paid): "paid"
    case (_, .void): "void"
    case (_, .none), (_, .dearer): "open"
    }
  }

  /// A payment that is processing is done the next time anybody looks.
  private func advance(_ invoice: SandboxInvoice) throws(SQLiteError) {
    guard try record.payment(of: invoice.id) == "processing" else { return }
    try record.pay(
      invoice.id, invoice.asked, invoice.behavior == .processingFails ? "failed" : "paid")
  }
}

extension SandboxRecord {
  /// Writes where the payment of an invoice stands; one that is paid stays so.
  func pay(_ invoice: String, _ amount: Int64, _ status: String) throws(SQLiteError) {
    try database.run(
      """
      INSERT INTO payment (invoice, amount, status)
      VALUES (:invoice, :amount, :status)
      ON CONFLICT (invoice) DO UPDATE SET status = excluded.status
      WHERE status <> 'paid'
      """,
      [":invoice": .text(invoice), ":amount": .integer(amount), ":status": .text(status)])
  }

  /// Where the payment of an invoice stands: "processing", "paid", "failed".
  func payment(of invoice: String) throws(SQLiteError) -> String? {
    var status: String?
    try database.forEach(
      "SELECT status FROM payment WHERE invoice = :invoice", [":invoice": .text(invoice)]
    ) { row in
      status = row.text("status")
      return false
    }
    return status
  }
}
