internal import Domain
internal import JSON

/// An open invoice of the sandbox's: the same ones in every home, until they are paid.
struct SandboxInvoice: Equatable {
  let id: String
  let customer: String
  /// Minor units that it asks for.
  let amount: Int64
  let currency: String
  /// How many days before today it was due.
  let daysOverdue: Int64
  /// What a read shows, although the list shows it open.
  let turn: Turn

  /// What became of an invoice after it was listed.
  enum Turn: Equatable {
    case none, paid, void
    /// It asks for this much more.
    case dearer(Int64)
  }

  /// The invoice of an id.
  static func named(_ id: String) -> SandboxInvoice? { all.first { $0.id == id } }

  /// Every invoice there is.
  static let all: [SandboxInvoice] =
    plain.enumerated().map { index, row in
      let number = index < 9 ? "0\(index + 1)" : "\(index + 1)"
      return SandboxInvoice(
        id: "in_sandbox_\(number)", customer: "cus_\(row.customer)_\(number)",
        amount: row.amount, currency: row.currency, daysOverdue: row.days, turn: .none)
    }
    + named.map { row in
      SandboxInvoice(
        id: "in_sandbox_\(row.name)", customer: "cus_sandbox_\(row.name)", amount: 4900,
        currency: "usd", daysOverdue: row.days, turn: row.turn)
    }

  private static let plain: [(customer: String, amount: Int64, currency: String, days: Int64)] = [
    ("sandbox", 1900, "usd", 16), ("sandbox", 4900, "usd", 17), ("sandbox", 9900, "usd", 18),
    ("sandbox", 1900, "usd", 19), ("sandbox", 2900, "usd", 21), ("sandbox", 4900, "usd", 24),
    ("sandbox", 1900, "usd", 26), ("sandbox", 7900, "usd", 30), ("sandbox", 1900, "usd", 33),
    ("sandbox", 2500, "eur", 35), ("sandbox", 4500, "eur", 41), ("sandbox", 3000, "jpy", 44),
    ("decline_expired_card", 2900, "usd", 47), ("requires_action", 4900, "usd", 52),
    ("rate_limit", 1900, "usd", 58), ("processing", 2900, "usd", 61),
    ("sandbox", 1900, "usd", 3), ("sandbox", 4900, "usd", 8), ("sandbox", 2900, "usd", 14),
  ]

  private static let named: [(name: String, days: Int64, turn: Turn)] = [
    ("paid_meanwhile", 64, .paid), ("void_meanwhile", 66, .void),
    ("changed_meanwhile", 70, .dearer(500)), ("lost_answer", 75, .none),
    ("decline", 90, .none),
  ]
}

extension SandboxInvoice {
  /// What happens when it is paid: its own name says, or else its customer's.
  var behavior: SandboxBehavior {
    switch id {
    case "in_sandbox_lost_answer": .lostAnswer
    case "in_sandbox_decline": .decline(code: "insufficient_funds")
    default: SandboxBehavior(account: customer)
    }
  }

  /// What it asks for when it is read.
  var asked: Int64 {
    switch turn {
    case .none, .paid, .void: amount
    case .dearer(let more): amount + more
    }
  }

  /// Seconds since the Unix epoch, at the beginning of a day.
  func due(_ now: Timestamp) -> Int64 { (now.day - daysOverdue) * 86400 }

  /// The invoice as Stripe writes it, in a status.
  func json(_ status: String, asking asked: Int64, at now: Timestamp) -> JSONValue {
    let isPaid = status == "paid"
    return [
      "id": .string(id), "object": "invoice", "livemode": false, "customer": .string(customer),
      "currency": .string(currency), "status": .string(status), "total": .integer(asked),
      "amount_due": .integer(asked), "amount_paid": .integer(isPaid ? asked : 0),
      "amount_remaining": .integer(isPaid ? 0 : asked), "due_date": .integer(due(now)),
      "created": .integer(due(now) - 30 * 86400), "collection_method": "send_invoice",
      "number": .string("SANDBOX-" + id.dropFirst("in_sandbox_".count).uppercased()),
    ]
  }
}
