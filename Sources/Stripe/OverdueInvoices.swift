package import Domain
internal import JSON

/// The open invoices that are overdue at Stripe, as JSON Lines for the planner.
///
/// They come page by page, so that any number of them takes little memory. Invoices without a due
/// date, which Stripe collects by itself, are not among them.
package struct OverdueInvoices {
  private let connection: any StripeConnection
  private let clock: any Clock
  private let dueBefore: Timestamp
  /// Where the next page begins; `isOver` once there is none.
  private var after: String?
  private var isOver = false
  private var cursors: Set<String> = []
  private var count = 0

  /// So many invoices are more than any list that ends.
  private static let maximumCount = 1_000_000
  /// How often one page is asked for before a rate limit is taken for an answer.
  private static let maximumAsks = 5

  /// The invoices that were due at least so many days ago, by Stripe's clock if it tells the time.
  package init(
    overdueDays: Int, now: Timestamp, over connection: any StripeConnection, clock: any Clock
  ) {
    self.connection = connection
    self.clock = clock
    let stripeTime: Timestamp? =
      if case .answer(let answer) = connection.ask(.time) { answer.date } else { nil }
    dueBefore = (stripeTime ?? now) + Milliseconds(-Milliseconds.days(Int64(overdueDays)).count)
  }

  /// The next lines; empty when there are no more.
  ///
  /// Throws `unreachable` or `configuration`, after which nothing of what came before counts.
  package mutating func next() throws(Fault) -> [UInt8] {
    while !isOver {
      let page = try page()
      count += page.count
      guard count <= Self.maximumCount else {
        throw Self.unreadable("Stripe lists over \(groupedDigits(Self.maximumCount)) invoices")
      }
      let lines = page.compactMap(line)
      if !lines.isEmpty { return lines.flatMap { Array(($0.text + "\n").utf8) } }
    }
    return []
  }

  private mutating func page() throws(Fault) -> [JSONNode] {
    let answer = try ask(.overdueInvoices(dueBefore: dueBefore, after: after))
    guard let json = answer.json, let data = json["data"]?.array,
      let hasMore = json["has_more"]?.bool
    else { throw Self.unreadable("Stripe's list of invoices is cut off") }
    isOver = !hasMore
    guard hasMore else { return data }
    guard let last = data.last?["id"].flatMap(identifier) else {
      throw Self.unreadable("Stripe's list of invoices does not go on")
    }
    guard cursors.insert(last).inserted else {
      throw Self.unreadable("Stripe's list of invoices goes in circles")
    }
    after = last
    return data
  }

  private func ask(_ question: Question) throws(Fault) -> Answer {
    for number in 1...Self.maximumAsks {
      switch connection.ask(question) {
      case .neverSent(let why), .lost(let why): throw Self.unreadable(why)
      case .answer(let answer):
        switch answer.status {
        case 200: return answer
        case 401, 403: throw Self.refused(Reason(of: answer))
        case 429:
          guard number < Self.maximumAsks else { break }
          clock.sleep(.seconds(Int64(answer.retryAfterSeconds ?? 1 << number)))
        default: throw Self.unreadable(Reason(of: answer).message)
        }
      }
    }
    throw Self.unreadable("Stripe asks to slow down, again and again")
  }

  private static func unreadable(_ why: String) -> Fault {
    Fault(
      .unreachable, "the overdue invoices cannot be read: \(why)",
      hint: "nothing was queued; try again later")
  }

  private static func refused(_ reason: Reason) -> Fault {
    Fault(
      .configuration, "Stripe does not let this key read invoices: \(reason.message)",
      hint: "give the restricted key the permission \"Invoices: read\"")
  }
}

extension OverdueInvoices {
  /// An invoice as a line of a plan; nil when there is nothing to ask of anybody.
  ///
  /// Status and due date are looked at again, because a plan must not rest on a filter that
  /// somebody in between ignored.
  private func line(_ node: JSONNode) -> JSONValue? {
    guard node["object"]?.string == "invoice", node["status"]?.string == "open",
      let invoice = node["id"].flatMap(identifier),
      let account = node["customer"].flatMap(identifier), let currency = node["currency"]?.string,
      let remaining = node["amount_remaining"]?.integer, remaining > 0,
      let dueSeconds = node["due_date"]?.integer, (0..<1 << 40).contains(dueSeconds)
    else { return nil }
    let due = Timestamp(milliseconds: dueSeconds * 1000)
    guard due <= dueBefore else { return nil }
    let name = node["number"]?.string ?? invoice
    return [
      "account": .string(account), "amount_minor": .integer(remaining),
      "currency": .string(currency), "invoice": .string(invoice), "reference": .string(invoice),
      "description": .string("Invoice \(name), due \(due.description.prefix(10))"),
    ]
  }
}
