internal import Domain
internal import JSON

extension Readiness {
  /// A charge can be refunded by what is left of it.
  static func ofCharge(_ node: JSONNode, _ movement: Movement) -> Readiness? {
    guard node.is("charge", movement.refundable.id) else { return nil }
    return refund(
      node, movement,
      wentThrough: node["status"]?.string == "succeeded" && node["paid"]?.bool == true
        && node["captured"]?.bool == true,
      moved: node["amount_captured"]?.integer ?? node["amount"]?.integer,
      refunded: node["amount_refunded"]?.integer)
  }

  /// An intent can be refunded by what is left of the charge it made.
  static func ofIntent(_ node: JSONNode, _ movement: Movement) -> Readiness? {
    guard node.is("payment_intent", movement.refundable.id) else { return nil }
    return refund(
      node, movement, wentThrough: node["status"]?.string == "succeeded",
      moved: node["amount_received"]?.integer,
      refunded: node["latest_charge"]?["amount_refunded"]?.integer)
  }

  private static func refund(
    _ node: JSONNode, _ movement: Movement, wentThrough: Bool, moved: Int64?, refunded: Int64?
  ) -> Readiness? {
    let id = movement.refundable.id
    let planned = movement.amount
    let customer = node["customer"].flatMap(identifier)
    guard customer == movement.account else {
      let whose = customer ?? "no customer"
      return .skip(.chargeMismatch, "\(id) is of \(whose), not of \(movement.account)")
    }
    guard let currency = node["currency"]?.string, let status = node["status"]?.string else {
      return nil
    }
    guard currency == planned.currency.code else {
      return .skip(.chargeMismatch, "\(id) is in \(shown(currency)), not in \(planned.currency)")
    }
    guard wentThrough else {
      return .skip(.chargeMismatch, "\(id) took no money: its status is \(shown(status))")
    }
    guard let moved, let refunded, moved >= 0, refunded >= 0 else { return nil }
    let left = Money(minorUnits: moved - refunded, currency: planned.currency)
    guard left.minorUnits >= planned.minorUnits else {
      return .skip(.chargeRefunded, "\(left) of \(id) is left; a refund of \(planned) was planned")
    }
    return .ready(paymentMethod: nil)
  }
}
