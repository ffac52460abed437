internal import JSON
internal import SQLite

/// A payment intent or a charge in the sandbox's own record.
struct SandboxObject: Equatable {
  var id: String
  /// "payment_intent" or "charge".
  var kind: String
  var customer: String
  /// Minor units.
  var amount: Int64
  var currency: String
  var status: String
  /// Why it failed, in Stripe's code.
  var failure: String?
  /// Seconds since the Unix epoch.
  var created: Int64
  var metadata: [JSONMember]

  init(
    id: String, kind: String, customer: String, amount: Int64, currency: String, status: String,
    failure: String?, created: Int64, metadata: [JSONMember]
  ) {
    self.id = id
    self.kind = kind
    self.customer = customer
    self.amount = amount
    self.currency = currency
    self.status = status
    self.failure = failure
    self.created = created
    self.metadata = metadata
  }

  init(row: borrowing Row) {
    id = row.text("id")
    kind = row.text("kind")
    customer = row.text("customer")
    amount = row.integer("amount")
    currency = row.text("currency")
    status = row.text("status")
    failure = row.optionalText("failure")
    created = row.integer("created")
    metadata = Self.metadata(row.text("metadata"))
  }

  /// Metadata as it was written.
  static func metadata(_ text: String) -> [JSONMember] {
    let members = (try? JSONReader.read(Array(text.utf8)))?.members ?? []
    return members.map { JSONMember(key: $0.key, value: .string($0.value.string ?? "")) }
  }

  var hasMoved: Bool { status == "succeeded" }

  /// The object as Stripe writes it, as far as anyone here reads it.
  var json: JSONValue { json(refunded: 0) }

  /// The object, so many minor units of which went back.
  func json(refunded: Int64) -> JSONValue {
    kind == "charge" ? charge(refunded: refunded) : paymentIntent
  }

  private var paymentIntent: JSONValue {
    [
      "id": .string(id), "object": "payment_intent", "amount": .integer(amount),
      "amount_received": .integer(hasMoved ? amount : 0), "currency": .string(currency),
      "customer": .string(customer), "created": .integer(created), "livemode": false,
      "status": .string(status), "last_payment_error": failure.map(Self.error) ?? .null,
      "metadata": .object(metadata),
    ]
  }

  private func charge(refunded: Int64) -> JSONValue {
    [
      "id": .string(id), "object": "charge", "amount": .integer(amount),
      "currency": .string(currency), "customer": .string(customer), "created": .integer(created),
      "livemode": false, "paid": .bool(hasMoved), "captured": .bool(hasMoved),
      "amount_refunded": .integer(refunded), "status": .string(status),
      "failure_code": .optional(failure),
      "failure_message": failure.map { _ in "The payment failed." } ?? .null,
      "metadata": .object(metadata),
    ]
  }

  /// The members of an error of the card.
  static func error(_ code: String) -> JSONValue {
    let isOwnCode = [
      "expired_card", "incorrect_cvc", "processing_error", "authentication_required",
    ]
    .contains(code)
    return [
      "type": "card_error", "code": .string(isOwnCode ? code : "card_declined"),
      "decline_code": .string(code),
      "message": code == "authentication_required"
        ? "Your card was declined. This transaction requires authentication."
        : "Your card was declined.",
    ]
  }
}
