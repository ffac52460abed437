internal import Domain

/// One permission of a restricted key: a resource of Stripe's, read or changed.
package struct Permission: Hashable, Sendable {
  package let resource: Resource
  package let access: Access

  /// What may be done with a resource.
  package enum Access: String, CaseIterable, Sendable {
    case read, write
  }

  /// What the Stripe dashboard lists permissions for, by the name that its API has for it.
  package enum Resource: String, CaseIterable, Sendable {
    case paymentIntents = "payment_intents"
    case charges, refunds, invoices, customers, subscriptions, products, balance, payouts, transfers
    case webhookEndpoints = "webhook_endpoints"
  }

  /// This access to this resource.
  package init(_ resource: Resource, _ access: Access) {
    self.resource = resource
    self.access = access
  }

  /// Every permission that can be asked about without any effect.
  package static let askable: [Permission] = Resource.allCases.flatMap { resource in
    Access.allCases.map { Permission(resource, $0) }.filter { $0.isAskable }
  }

  /// "PaymentIntents: write", as the dashboard has it.
  package var name: String { "\(resource.title): \(access.rawValue)" }
}

extension Permission.Resource {
  /// The resource in the dashboard's words.
  package var title: String {
    switch self {
    case .paymentIntents: "PaymentIntents"
    case .charges: "Charges"
    case .refunds: "Refunds"
    case .invoices: "Invoices"
    case .customers: "Customers"
    case .subscriptions: "Subscriptions"
    case .products: "Products"
    case .balance: "Balance"
    case .payouts: "Payouts"
    case .transfers: "Transfers"
    case .webhookEndpoints: "Webhook endpoints"
    }
  }

  /// How the ids of its objects begin; nil where no object of it may be touched, whatever its id.
  fileprivate var prefix: String? {
    switch self {
    case .paymentIntents: "pi"
    case .charges: "ch"
    case .refunds: "re"
    case .invoices: "in"
    case .customers: "cus"
    case .subscriptions: "sub"
    case .products: "prod"
    case .transfers: "tr"
    case .webhookEndpoints: "we"
    case .balance, .payouts: nil
    }
  }
}

/// How a permission is asked about.
///
/// Reading asks for a list of one. Changing asks for a change of an object that there is not, by a
/// parameter that there is not: nothing is created, because no object of that id can be, and
/// nothing is changed, because there is nothing. A key that may answers 404 or 400, another 403.
extension Permission {
  /// The id and the parameter that nothing at Stripe has.
  private static let nothing = "sluice_permission_check"

  private var isAskable: Bool { access == .read || resource.prefix != nil }

  var path: String {
    let list = "/v1/" + resource.rawValue
    guard access == .write, let prefix = resource.prefix else { return list }
    return "\(list)/\(prefix)_\(Self.nothing)"
  }

  var query: String { access == .read && resource != .balance ? "limit=1" : "" }

  var body: [UInt8]? { access == .write ? Array("\(Self.nothing)=1".utf8) : nil }
}

/// What Stripe says of a permission.
package enum Grant: Equatable, Sendable {
  case granted, refused
  /// Stripe does not take the key at all.
  case unknownKey(Reason)
  /// Stripe did not tell; it may tell others.
  case untold(Reason)
  /// Stripe was not reached.
  case unreachable(Reason)
}

extension Permission {
  /// Asks whether the key of a connection has it.
  package func ask(over connection: any StripeConnection) -> Grant {
    precondition(isAskable, "\(name) is never asked about")
    switch connection.ask(.permission(self)) {
    case .neverSent(let why), .lost(let why): return .unreachable(Reason(why))
    case .answer(let answer):
      switch answer.status {
      case 200..<300, 400, 404: return .granted
      case 401: return .unknownKey(Reason(of: answer))
      case 403: return .refused
      default: return .untold(Reason(of: answer))
      }
    }
  }
}
