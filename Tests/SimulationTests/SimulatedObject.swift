import Domain

/// Something at the simulated Stripe: a payment intent, a charge, an invoice or a refund.
struct SimulatedObject {
  enum Kind: String {
    case intent = "payment_intent"
    case charge, invoice, refund
  }

  var id: String
  var kind: Kind
  /// Whose it is; an invoice that grows dearer or cheaper keeps its customer.
  var customer: String
  /// Minor units.
  var amount: Int64
  var currency = "usd"
  var status: String
  /// Seconds since the Unix epoch.
  let created: Int64
  /// The job in its metadata.
  var job: String?
  /// What a refund gives back.
  var target: String?
  /// Minor units that went back.
  var refunded: Int64 = 0
  var isLive = false

  /// Whether money moved.
  var hasMoved: Bool { status == "succeeded" || status == "paid" }

  /// Whether money may still move without another request of ours.
  var isOpen: Bool {
    switch status {
    case "requires_payment_method", "requires_action", "requires_confirmation",
      "requires_capture", "processing", "pending":
      true
    default: false
    }
  }

  /// Whether it waits for somebody to confirm or capture it.
  var isConfirmable: Bool { status.hasPrefix("requires_") }

  /// The object as Stripe writes it, as far as anyone here reads it.
  var json: String {
    let head = "{\"id\":\"\(id)\",\"object\":\"\(kind.rawValue)\",\"currency\":\"\(currency)\","
    let metadata = job.map { "{\"sluice_job\":\"\($0)\"}" } ?? "{}"
    let tail = "\"livemode\":\(isLive),\"metadata\":\(metadata)}"
    switch kind {
    case .intent:
      return head + "\"customer\":\"\(customer)\",\"amount\":\(amount),\"status\":\"\(status)\","
        + "\"amount_received\":\(hasMoved ? amount : 0),"
        + "\"latest_charge\":{\"id\":\"ch_of_\(id)\",\"amount_refunded\":\(refunded)}," + tail
    case .charge:
      return head + "\"customer\":\"\(customer)\",\"amount\":\(amount),\"status\":\"\(status)\","
        + "\"paid\":\(hasMoved),\"captured\":\(hasMoved),\"amount_refunded\":\(refunded)," + tail
    case .invoice:
      let shown = status == "processing" ? "open" : status
      return head + "\"customer\":\"\(customer)\",\"status\":\"\(shown)\","
        + "\"amount_remaining\":\(hasMoved ? 0 : amount),"
        + "\"amount_paid\":\(hasMoved ? amount : 0)," + tail
    case .refund:
      let member = target?.hasPrefix("pi_") == true ? "payment_intent" : "charge"
      return head + "\"amount\":\(amount),\"status\":\"\(status)\","
        + "\"\(member)\":\"\(target ?? "")\"," + tail
    }
  }
}

/// What Stripe and the banks do with an account, whenever it is charged.
enum Behaviour: CaseIterable {
  case pays
  /// The bank says no; an intent stays confirmable, a failed charge stays in the lists.
  case declines
  /// The bank says no, and nothing is left that anybody could confirm.
  case declinesForGood
  case takesTime, takesTimeAndFails
  case wantsCustomer, wantsCapture
  case canceled
  /// Stripe refuses the request itself.
  case rejects
}

/// Money that moved at Stripe, whatever our tables say.
struct Moved {
  let job: String
  let object: String
  /// Minor units.
  let amount: Int64
  /// When, by Stripe's clock.
  let at: Timestamp
}
