package import Domain
internal import JSON

/// Whether what a job is about still stands at Stripe as it was planned.
package enum Readiness: Equatable, Sendable {
  /// It can be claimed; with the customer's default payment method, when that had to be read.
  case ready(paymentMethod: String?)
  /// It must not be sent, for this reason; the message says what Stripe has.
  case skip(SkipReason, String)
  case rateLimited(retryAfterSeconds: Int?)
  /// Stripe does not take the key, or the key may not read this.
  case credentials(Reason)
  /// Stripe did not tell.
  case unreachable(Reason)
}

extension Readiness {
  /// What a run must be allowed to read before a job can be claimed; nil when nothing is read.
  package static func read(neededFor job: PlannedJob) -> ReadOperation? {
    switch job.operation {
    case .paymentIntentsCreate: return job.paymentMethod == nil ? .customersRetrieve : nil
    case .chargesCreate: return nil
    case .invoicesPay: return .invoicesRetrieve
    case .refundsCreate:
      switch job.movement.refundable {
      case .charge: return .chargesRetrieve
      case .paymentIntent: return .paymentIntentsRetrieve
      }
    }
  }

  /// Reads at Stripe what a job is about: the customer, the invoice, what is refunded, or nothing.
  package static func read(
    _ job: PlannedJob, over connection: any StripeConnection
  ) -> Readiness {
    guard let read = Self.read(neededFor: job) else { return .ready(paymentMethod: nil) }
    switch connection.ask(question(read, of: job.movement)) {
    case .neverSent(let why), .lost(let why): return .unreachable(Reason(why))
    case .answer(let answer): return of(answer, read, job)
    }
  }

  private static func question(_ read: ReadOperation, of movement: Movement) -> Question {
    switch read {
    case .customersRetrieve: .customer(movement.account)
    case .invoicesRetrieve: .invoice(movement.payable)
    case .chargesRetrieve: .charge(movement.refundable.id)
    case .paymentIntentsRetrieve: .latestCharge(paymentIntent: movement.refundable.id)
    }
  }

  private static func of(
    _ answer: Answer, _ read: ReadOperation, _ job: PlannedJob
  ) -> Readiness {
    if answer.status == 200 {
      let told = answer.json.flatMap { of($0, read, job.movement) }
      return told ?? .unreachable(Reason(of: answer, otherwise: "Stripe's answer is \(no(read))"))
    }
    guard let error = StripeError(answer) else { return .unreachable(Reason(of: answer)) }
    switch answer.status {
    case 404: return missing(read, job.movement)
    case 401, 403: return .credentials(error.reason)
    case 429: return .rateLimited(retryAfterSeconds: answer.retryAfterSeconds)
    default: return .unreachable(error.reason)
    }
  }

  /// What an object says; nil when it is not the one that was asked for, or is not whole.
  private static func of(
    _ node: JSONNode, _ read: ReadOperation, _ movement: Movement
  ) -> Readiness? {
    switch read {
    case .customersRetrieve: ofCustomer(node, movement)
    case .invoicesRetrieve: ofInvoice(node, movement)
    case .chargesRetrieve: ofCharge(node, movement)
    case .paymentIntentsRetrieve: ofIntent(node, movement)
    }
  }

  static func missing(_ read: ReadOperation, _ movement: Movement) -> Readiness {
    switch read {
    case .customersRetrieve:
      .skip(.noSuchCustomer, "Stripe knows no customer \(movement.account)")
    case .invoicesRetrieve: .skip(.noSuchInvoice, "Stripe knows no invoice \(movement.payable)")
    case .chargesRetrieve:
      .skip(.noSuchCharge, "Stripe knows no charge \(movement.refundable.id)")
    case .paymentIntentsRetrieve:
      .skip(.noSuchCharge, "Stripe knows no payment intent \(movement.refundable.id)")
    }
  }

  private static func no(_ read: ReadOperation) -> String {
    switch read {
    case .customersRetrieve: "no customer"
    case .invoicesRetrieve: "no such invoice"
    case .chargesRetrieve: "no such charge"
    case .paymentIntentsRetrieve: "no such intent with its charge"
    }
  }
}

extension Readiness {
  /// How a customer pays when a job does not say.
  private static func ofCustomer(_ node: JSONNode, _ movement: Movement) -> Readiness? {
    guard node.is("customer", movement.account) else { return nil }
    if node["deleted"]?.bool == true { return missing(.customersRetrieve, movement) }
    let method = node["invoice_settings"]?["default_payment_method"].flatMap(identifier)
    guard let method = method ?? node["default_source"].flatMap(identifier) else {
      return .skip(.noPaymentMethod, "the customer has no default payment method")
    }
    return .ready(paymentMethod: method)
  }
}

extension JSONNode {
  /// Whether it is Stripe's object of this kind and id.
  func `is`(_ kind: String, _ id: String) -> Bool {
    self["object"]?.string == kind && self["id"].flatMap(identifier) == id
  }
}
