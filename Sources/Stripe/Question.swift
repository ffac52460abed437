package import Domain
internal import HTTP

/// What can be asked of Stripe without a permit: reads, and the cancelling of an intent.
package enum Question: Equatable, Sendable {
  /// What time it is: the cheapest read whose answer carries a date.
  case time
  case customer(String)
  case paymentIntent(String)
  /// An intent with the charge it made, which tells what of it was refunded.
  case latestCharge(paymentIntent: String)
  case charge(String)
  case invoice(String)
  case refund(String)
  /// One page of what was made since then, newest first, after the object of an id.
  case list(Listing, since: Timestamp, after: String?)
  /// One page of the open invoices that were due by then, after the invoice of an id.
  case overdueInvoices(dueBefore: Timestamp, after: String?)
  /// That an intent be cancelled, so that nobody can confirm it any more.
  case cancel(paymentIntent: String)
  /// Something that can have no effect, to see whether the key would be allowed to ask for more.
  case permission(Permission)
}

/// What a list is of.
package enum Listing: Equatable, Sendable {
  case paymentIntents(customer: String)
  case charges(customer: String)
  case refunds(Refundable)
}

extension Question {
  /// How a question is put.
  package enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
  }

  /// GET, except for a cancel and a permission to change things.
  package var method: Method {
    switch self {
    case .time, .customer, .paymentIntent, .latestCharge, .charge, .invoice, .refund, .list,
      .overdueInvoices:
      .get
    case .cancel: .post
    case .permission(let permission): permission.access == .write ? .post : .get
    }
  }

  /// The path, every id in it escaped.
  package var path: String {
    switch self {
    case .time: "/v1/customers"
    case .customer(let id): "/v1/customers/" + HTTPForm.escape(id)
    case .paymentIntent(let id), .latestCharge(let id):
      "/v1/payment_intents/" + HTTPForm.escape(id)
    case .charge(let id): "/v1/charges/" + HTTPForm.escape(id)
    case .invoice(let id): "/v1/invoices/" + HTTPForm.escape(id)
    case .refund(let id): "/v1/refunds/" + HTTPForm.escape(id)
    case .list(.paymentIntents, _, _): "/v1/payment_intents"
    case .list(.charges, _, _): "/v1/charges"
    case .list(.refunds, _, _): "/v1/refunds"
    case .overdueInvoices: "/v1/invoices"
    case .cancel(let id): "/v1/payment_intents/" + HTTPForm.escape(id) + "/cancel"
    case .permission(let permission): permission.path
    }
  }

  /// The query without its question mark; empty when there is none.
  package var query: String {
    switch self {
    case .time: "limit=1"
    case .customer, .paymentIntent, .charge, .invoice, .refund, .cancel: ""
    case .permission(let permission): permission.query
    case .latestCharge: HTTPForm.encode([(name: "expand[]", value: "latest_charge")])
    case .list(let listing, let since, let after):
      Self.page(
        [listing.filter, (name: "created[gte]", value: Self.seconds(since))], after: after)
    case .overdueInvoices(let due, let after):
      Self.page(
        [(name: "status", value: "open"), (name: "due_date[lte]", value: Self.seconds(due))],
        after: after)
    }
  }

  private static func page(_ filter: [(name: String, value: String)], after: String?) -> String {
    HTTPForm.encode(
      filter + [(name: "limit", value: "100")]
        + (after.map { [(name: "starting_after", value: $0)] } ?? []))
  }

  private static func seconds(_ instant: Timestamp) -> String {
    String(instant.milliseconds / 1000)
  }

  /// What a POST carries, never empty: libcurl would repeat a POST without a body by itself.
  package var body: [UInt8]? {
    switch self {
    case .time, .customer, .paymentIntent, .latestCharge, .charge, .invoice, .refund, .list,
      .overdueInvoices:
      nil
    case .cancel: Array("cancellation_reason=abandoned".utf8)
    case .permission(let permission): permission.body
    }
  }
}

extension Listing {
  fileprivate var filter: (name: String, value: String) {
    switch self {
    case .paymentIntents(let customer), .charges(let customer):
      (name: "customer", value: customer)
    case .refunds(let refundable): (name: refundable.name, value: refundable.id)
    }
  }
}
