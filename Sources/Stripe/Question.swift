package import Domain
internal import HTTP

/// What can be asked of Stripe without a permit: reads, and the cancelling of an intent.
package enum Question: Equatable, Sendable {
  /// What time it is: the cheapest read whose answer carries a date.
  case time
  case customer(String)
  case paymentIntent(String)
  case charge(String)
  /// One page of what an operation made for a customer since then, after the object of an id.
  case list(Operation, customer: String, since: Timestamp, after: String?)
  /// That an intent be cancelled, so that nobody can confirm it any more.
  case cancel(paymentIntent: String)
}

extension Question {
  /// How a question is put.
  package enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
  }

  /// GET, except for a cancel.
  package var method: Method {
    switch self {
    case .time, .customer, .paymentIntent, .charge, .list: .get
    case .cancel: .post
    }
  }

  /// The path, every id in it escaped.
  package var path: String {
    switch self {
    case .time: "/v1/customers"
    case .customer(let id): "/v1/customers/" + HTTPForm.escape(id)
    case .paymentIntent(let id): "/v1/payment_intents/" + HTTPForm.escape(id)
    case .charge(let id): "/v1/charges/" + HTTPForm.escape(id)
    case .list(let operation, _, _, _): StripeRequest.path(of: operation)
    case .cancel(let id): "/v1/payment_intents/" + HTTPForm.escape(id) + "/cancel"
    }
  }

  /// The query without its question mark; empty when there is none.
  package var query: String {
    switch self {
    case .time: return "limit=1"
    case .customer, .paymentIntent, .charge, .cancel: return ""
    case .list(_, let customer, let since, let after):
      let pairs = [
        (name: "customer", value: customer),
        (name: "created[gte]", value: String(since.milliseconds / 1000)),
        (name: "limit", value: "100"),
      ]
      return HTTPForm.encode(pairs + (after.map { [(name: "starting_after", value: $0)] } ?? []))
    }
  }

  /// What a POST carries, never empty: libcurl would repeat a POST without a body by itself.
  package var body: [UInt8]? {
    switch self {
    case .time, .customer, .paymentIntent, .charge, .list: nil
    case .cancel: Array("cancellation_reason=abandoned".utf8)
    }
  }
}
