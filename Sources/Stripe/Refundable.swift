internal import Domain

/// What is refunded: a charge, or whatever a payment intent charged.
package enum Refundable: Equatable, Sendable {
  case charge(String)
  case paymentIntent(String)

  /// What an id names; anything that is no intent is a charge.
  package init(_ id: String) {
    self = id.hasPrefix("pi_") ? .paymentIntent(id) : .charge(id)
  }

  package var id: String {
    switch self {
    case .charge(let id), .paymentIntent(let id): id
    }
  }

  /// The member of a refund, and the parameter of a request, that holds the id.
  var name: String {
    switch self {
    case .charge: "charge"
    case .paymentIntent: "payment_intent"
    }
  }
}

extension Movement {
  /// The invoice that is paid.
  var payable: String {
    guard let invoice else { preconditionFailure("\(operation.rawValue) without an invoice") }
    return invoice
  }

  /// What is refunded.
  var refundable: Refundable {
    guard let charge else { preconditionFailure("\(operation.rawValue) without a charge") }
    return Refundable(charge)
  }
}
