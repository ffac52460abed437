internal import Domain
internal import JSON

extension Readiness {
  /// An invoice can be paid when it is open, whole and just as planned: Stripe charges what the
  /// invoice says at that moment, whatever anybody approved.
  static func ofInvoice(_ node: JSONNode, _ movement: Movement) -> Readiness? {
    let invoice = movement.payable
    guard node.is("invoice", invoice) else { return nil }
    if node["deleted"]?.bool == true { return missing(.invoicesRetrieve, movement) }
    switch (node["status"]?.string, node["paid"]?.bool) {
    case ("open", _): break
    case ("paid", _), (nil, true):
      return .skip(.invoicePaid, "\(invoice) is paid already; \(movement.amount) was planned")
    case (let status?, _):
      return .skip(
        .invoiceNotOpen, "\(invoice) is \(shown(status)), not open; \(movement.amount) was planned")
    case (nil, _): return nil
    }
    guard let remaining = node["amount_remaining"]?.integer,
      let paid = node["amount_paid"]?.integer,
      let currency = node["currency"]?.string
    else { return nil }
    let customer = node["customer"].flatMap(identifier)
    return change(of: movement, customer, currency, remaining: remaining, paid: paid)
      .map { .skip(.invoiceChanged, "\(invoice) \($0)") } ?? .ready(paymentMethod: nil)
  }

  /// The first thing in which an open invoice is not what was planned.
  private static func change(
    of movement: Movement, _ customer: String?, _ currency: String, remaining: Int64, paid: Int64
  ) -> String? {
    guard customer == movement.account else {
      return "is of \(customer ?? "no customer"), not of \(movement.account)"
    }
    let planned = movement.amount
    guard currency == planned.currency.code else {
      return "is in \(shown(currency)), not in \(planned.currency)"
    }
    // Only an invoice that is paid in one go can be told afterwards by what was paid.
    guard paid == 0 else {
      let part = Money(minorUnits: paid, currency: planned.currency)
      return "is paid in part, by \(part); \(planned) was planned"
    }
    guard remaining == planned.minorUnits else {
      let asked = Money(minorUnits: remaining, currency: planned.currency)
      return "asks for \(asked); \(planned) was planned"
    }
    return nil
  }

  /// A word of Stripe's, safe in a message.
  static func shown(_ word: String) -> String { Reason(word).message }
}
