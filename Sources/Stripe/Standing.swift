internal import Domain
internal import JSON
internal import Vault

/// Where an object of Stripe's stands, read for the attempt that it should belong to.
enum Standing: Equatable {
  case charged(object: String, amountMinor: Int64)
  case processing(object: String)
  case declined(Reason)
  /// An intent that someone could still confirm or capture.
  case open(paymentIntent: String)
  /// It is not this attempt's object.
  case mismatch(String)
  /// It is this attempt's, in a place where no job of ours should be.
  case odd(String, object: String)
}

extension Standing {
  /// Judges an object by everything that was asked: kind, amount, currency, customer, job and mode.
  static func of(_ node: JSONNode, _ attempt: Attempt, _ mode: Mode) -> Standing {
    guard let id = node["id"].flatMap(identifier) else { return .mismatch("it has no id") }
    if let difference = difference(of: node, from: attempt) { return .mismatch(difference) }
    if let livemode = node["livemode"], livemode.bool != (mode == .live) {
      return .odd("\(id) is of the wrong mode", object: id)
    }
    let standing =
      switch attempt.operation {
      case .paymentIntentsCreate: ofIntent(node, id)
      case .chargesCreate: ofCharge(node, id)
      case .invoicesPay: ofInvoice(node, id)
      case .refundsCreate: ofRefund(node, id)
      }
    // Sums of such an amount would not fit any more.
    if case .charged(_, let amount) = standing, amount > Money.maximumLimitMinorUnits {
      return .odd("\(id) says that \(amount) minor units moved, which cannot be", object: id)
    }
    return standing
  }

  /// Whether an object carries the name of the attempt's job.
  static func isNamed(_ node: JSONNode, for attempt: Attempt) -> Bool {
    node["metadata"]?["sluice_job"]?.string == attempt.job.description
  }

  /// The first thing in which an object is not what was asked for.
  private static func difference(of node: JSONNode, from attempt: Attempt) -> String? {
    let movement = attempt.movement
    guard node["object"]?.string == kind(of: movement.operation) else { return "another object" }
    guard node["currency"]?.string == movement.amount.currency.code else {
      return "another currency"
    }
    switch movement.operation {
    case .paymentIntentsCreate, .chargesCreate:
      guard node["amount"]?.integer == movement.amount.minorUnits else { return "another amount" }
      guard node["customer"].flatMap(identifier) == movement.account else {
        return "another customer"
      }
      return isNamed(node, for: attempt) ? nil : "another job"
    case .invoicesPay:
      // An invoice carries no name of ours: it is told by its id.
      guard node["id"].flatMap(identifier) == movement.payable else { return "another invoice" }
      return node["customer"].flatMap(identifier) == movement.account ? nil : "another customer"
    case .refundsCreate:
      guard node["amount"]?.integer == movement.amount.minorUnits else { return "another amount" }
      let refundable = movement.refundable
      guard node[refundable.name].flatMap(identifier) == refundable.id else {
        return "another charge"
      }
      return isNamed(node, for: attempt) ? nil : "another job"
    }
  }

  /// What Stripe calls what an operation makes.
  static func kind(of operation: Operation) -> String {
    switch operation {
    case .paymentIntentsCreate: "payment_intent"
    case .chargesCreate: "charge"
    case .invoicesPay: "invoice"
    case .refundsCreate: "refund"
    }
  }

  private static func ofIntent(_ node: JSONNode, _ id: String) -> Standing {
    switch node["status"]?.string {
    case "succeeded":
      guard let received = node["amount_received"]?.integer, received > 0 else {
        return .odd("\(id) succeeded but received nothing", object: id)
      }
      return .charged(object: id, amountMinor: received)
    case "processing": return .processing(object: id)
    case "canceled":
      return .declined(failure(node["last_payment_error"], id, otherwise: "\(id) is canceled"))
    case "requires_payment_method", "requires_confirmation", "requires_action",
      "requires_capture":
      return .open(paymentIntent: id)
    default: return .odd("\(id) has no status that is known", object: id)
    }
  }

  private static func ofCharge(_ node: JSONNode, _ id: String) -> Standing {
    switch node["status"]?.string {
    case "succeeded":
      guard node["paid"]?.bool == true, node["captured"]?.bool == true,
        let amount = node["amount"]?.integer
      else { return .odd("\(id) succeeded but is not paid and captured", object: id) }
      return .charged(object: id, amountMinor: amount)
    case "pending": return .processing(object: id)
    case "failed":
      let message = node["failure_message"]?.string ?? "\(id) failed"
      return .declined(
        Reason(
          message, code: node["failure_code"]?.string,
          declineCode: node["outcome"]?["reason"]?.string, object: id))
    default: return .odd("\(id) has no status that is known", object: id)
    }
  }

  /// What was paid is what counts, even where somebody changed the invoice after it was read: the
  /// batch halts when that is more than was held.
  private static func ofInvoice(_ node: JSONNode, _ id: String) -> Standing {
    switch (node["status"]?.string, node["paid"]?.bool) {
    case ("paid", _), (nil, true):
      if node["paid_out_of_band"]?.bool == true { return .mismatch("a payment outside Stripe") }
      guard let paid = node["amount_paid"]?.integer, paid > 0 else {
        return .mismatch("no amount that was paid")
      }
      return .charged(object: id, amountMinor: paid)
    case ("open", _): return .processing(object: id)
    case ("draft", _), ("void", _), ("uncollectible", _):
      return .mismatch("an invoice that is not open")
    default: return .odd("\(id) has no status that is known", object: id)
    }
  }

  private static func ofRefund(_ node: JSONNode, _ id: String) -> Standing {
    switch node["status"]?.string {
    case "succeeded":
      guard let amount = node["amount"]?.integer else { return .mismatch("another amount") }
      return .charged(object: id, amountMinor: amount)
    case "pending", "requires_action": return .processing(object: id)
    case "failed", "canceled":
      let why = node["failure_reason"]?.string
      return .declined(
        Reason("the refund \(id) did not go through", code: why, object: id))
    default: return .odd("\(id) has no status that is known", object: id)
    }
  }

  private static func failure(
    _ error: JSONNode?, _ id: String, otherwise message: String
  ) -> Reason {
    Reason(
      error?["message"]?.string ?? message, code: error?["code"]?.string,
      declineCode: error?["decline_code"]?.string, object: id)
  }
}

extension Standing {
  /// What it means when it stands in the answer to a send.
  func verdict(requestID: String?) -> Verdict {
    switch self {
    case .charged(let object, let amount): .charged(object: object, amountMinor: amount)
    case .processing(let object): .processing(object: object)
    case .declined(let reason):
      .declined(
        Reason(
          reason.message, code: reason.code, declineCode: reason.declineCode,
          object: reason.object, requestID: requestID))
    case .open(let intent):
      .inDoubt(
        .cancel(paymentIntent: intent),
        Reason("\(intent) waits for its customer", object: intent, requestID: requestID))
    case .mismatch(let difference):
      .inDoubt(
        .lookUp, Reason("Stripe's answer names \(difference)", requestID: requestID))
    case .odd(let message, let object):
      .inDoubt(
        .halt(.unexpectedAnswer), Reason(message, object: object, requestID: requestID))
    }
  }
}
