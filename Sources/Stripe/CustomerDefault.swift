internal import JSON

/// How a customer pays when a job does not say.
package enum CustomerDefault: Equatable, Sendable {
  case paymentMethod(String)
  /// The customer has no default payment method.
  case none
  case noSuchCustomer
  case rateLimited(retryAfterSeconds: Int?)
  /// Stripe does not take the key.
  case credentials(Reason)
  /// Stripe did not tell.
  case unreachable(Reason)

  /// Reads the default payment method of a customer.
  package static func read(
    _ account: String, over connection: any StripeConnection
  ) -> CustomerDefault {
    switch connection.ask(.customer(account)) {
    case .neverSent(let why), .lost(let why): .unreachable(Reason(why))
    case .answer(let answer): of(answer, account)
    }
  }

  private static func of(_ answer: Answer, _ account: String) -> CustomerDefault {
    if answer.status == 200 { return of(answer.json, account, answer) }
    guard let error = StripeError(answer) else { return .unreachable(Reason(of: answer)) }
    switch answer.status {
    case 404: return .noSuchCustomer
    case 401, 403: return .credentials(error.reason)
    case 429: return .rateLimited(retryAfterSeconds: answer.retryAfterSeconds)
    default: return .unreachable(error.reason)
    }
  }

  private static func of(
    _ json: JSONNode?, _ account: String, _ answer: Answer
  ) -> CustomerDefault {
    guard let json, json["object"]?.string == "customer",
      json["id"].flatMap(identifier) == account
    else { return .unreachable(Reason(of: answer, otherwise: "Stripe's answer is no customer")) }
    if json["deleted"]?.bool == true { return .noSuchCustomer }
    let method = json["invoice_settings"]?["default_payment_method"].flatMap(identifier)
    let source = json["default_source"].flatMap(identifier)
    return (method ?? source).map { .paymentMethod($0) } ?? .none
  }
}
