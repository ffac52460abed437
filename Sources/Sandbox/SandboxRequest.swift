internal import SQLite

/// A POST as it came in: what it asks for, and what the sandbox does with it.
struct SandboxRequest {
  /// What a request asks for, with the thing it is about.
  enum Kind: Equatable {
    case charge
    case paymentIntent
    case payment(SandboxInvoice)
    case refund(SandboxObject)
    /// There is nothing at the path, or nothing of the id.
    case none
  }

  let path: String
  let kind: Kind
  let behavior: SandboxBehavior

  init(_ path: String, _ form: SandboxForm, _ record: SandboxRecord) throws(SQLiteError) {
    self.path = path
    kind = try Self.kind(path, form, record)
    behavior =
      switch kind {
      case .charge, .paymentIntent, .none: SandboxBehavior(account: form["customer"] ?? "")
      case .payment(let invoice): invoice.behavior
      case .refund(let object): SandboxBehavior(account: object.customer)
      }
  }

  private static func kind(
    _ path: String, _ form: SandboxForm, _ record: SandboxRecord
  ) throws(SQLiteError) -> Kind {
    switch path {
    case "/v1/charges": return .charge
    case "/v1/payment_intents": return .paymentIntent
    case "/v1/refunds":
      let object = try record.object(form["charge"] ?? form["payment_intent"] ?? "")
      let kind = form["charge"] == nil ? "payment_intent" : "charge"
      return object.flatMap { $0.kind == kind ? .refund($0) : nil } ?? .none
    default:
      let parts = path.split(separator: "/")
      guard parts.count == 4, parts[1] == "invoices", parts[3] == "pay" else { return .none }
      return SandboxInvoice.named(String(parts[2])).map { .payment($0) } ?? .none
    }
  }
}
