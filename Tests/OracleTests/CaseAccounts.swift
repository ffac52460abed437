import Support

/// The accounts of a case at localstripe: made before the run, and looked at after it, directly.
struct CaseAccounts {
  /// An account, and what of it is charged or refunded.
  struct Account {
    let customer: String
    /// The invoice that is paid, or the charge or intent that is refunded.
    let object: String?
  }

  /// Money that moved, or was refused, for a job.
  struct Movement {
    /// The name in the object's metadata; an invoice's id, since its payment has none.
    let job: String
    /// What the report should call it.
    let object: String
    let amount: Int64
    let succeeded: Bool
  }

  private struct Made: Decodable {
    let id: String
  }

  private struct List<Value: Decodable>: Decodable {
    let data: [Value]
  }

  private struct Charge: Decodable {
    let id: String
    let amount: Int64
    let status: String
    let metadata: [String: String]
    let payment_intent: String?
  }

  private struct Intent: Decodable {
    let metadata: [String: String]
    let invoice: String?
  }

  private struct Refund: Decodable {
    let id: String
    let amount: Int64
    let status: String
    let metadata: [String: String]
  }

  let accounts: [Account]
  private let plan: CasePlan
  private let stripe: Wire
  /// The intents that were read: whose they are does not change.
  private var intents: [String: Intent] = [:]

  /// Makes them.
  init(of plan: CasePlan, at stripe: Wire) throws {
    self.plan = plan
    self.stripe = stripe
    accounts = try plan.jobs.map { try Self.make($0, plan.operation, stripe) }
  }

  private static func make(
    _ job: CasePlan.Job, _ operation: CasePlan.Operation, _ stripe: Wire
  ) throws -> Account {
    let method = try method(job.card, stripe)
    let made: Made = try stripe.post(
      "/v1/customers",
      ["payment_method": method, "invoice_settings[default_payment_method]": method])
    let customer = made.id
    switch operation {
    case .charges, .intents: return Account(customer: customer, object: nil)
    case .invoices:
      return Account(customer: customer, object: try invoice(customer, job.amount, stripe))
    case .refunds:
      let charge: Made =
        job.refundsIntent
        ? try stripe.post(
          "/v1/payment_intents",
          [
            "customer": customer, "amount": "1000", "currency": "usd", "payment_method": method,
            "confirm": "true",
          ])
        : try stripe.post(
          "/v1/charges", ["customer": customer, "amount": "1000", "currency": "usd"])
      return Account(customer: customer, object: charge.id)
    }
  }

  /// localstripe bills only who has a subscription: one in its trial, which charges nothing by
  /// itself.
  private static func invoice(
    _ customer: String, _ amount: Int64, _ stripe: Wire
  ) throws -> String {
    let plan: Made = try stripe.post(
      "/v1/plans",
      ["amount": "10", "currency": "usd", "interval": "month", "product[name]": "Fees"])
    let _: Made = try stripe.post(
      "/v1/subscriptions",
      ["customer": customer, "items[0][plan]": plan.id, "trial_period_days": "1"])
    let _: Made = try stripe.post(
      "/v1/invoiceitems",
      ["customer": customer, "amount": "\(amount - 10)", "currency": "usd"])
    let invoice: Made = try stripe.post("/v1/invoices", ["customer": customer])
    return invoice.id
  }

  private static func method(_ card: CasePlan.Card, _ stripe: Wire) throws -> String {
    switch card {
    case .paying: return "pm_card_visa"
    case .declined: return "pm_card_chargeCustomerFail"
    case .asking:
      let made: Made = try stripe.post(
        "/v1/payment_methods",
        [
          "type": "card", "card[number]": "4000002500003155", "card[exp_month]": "12",
          "card[exp_year]": "2035", "card[cvc]": "123",
        ])
      return made.id
    }
  }

  /// The plan's lines; a refund's account is who was charged.
  var lines: String {
    let lines = accounts.indices.map { index in
      let account = accounts[index]
      let start = "\(account.customer),\(plan.jobs[index].amount),usd,"
      switch plan.operation {
      case .charges, .intents: return start + "ref-\(plan.name)-\(index),Oracle"
      case .invoices: return start + (account.object ?? "")
      case .refunds: return start + "ref-\(plan.name)-\(index),\(account.object ?? "")"
      }
    }
    let last =
      switch plan.operation {
      case .charges, .intents: "reference,description"
      case .invoices: "invoice"
      case .refunds: "reference,charge"
      }
    return (["account,amount_minor,currency," + last] + lines).joined(separator: "\n") + "\n"
  }

  /// Every charge, or refund, that localstripe has of these accounts.
  mutating func movements() throws -> [Movement] {
    var movements: [Movement] = []
    for account in accounts {
      switch plan.operation {
      case .refunds: movements += try refunds(of: account.object ?? "")
      case .charges, .intents, .invoices: movements += try charges(of: account.customer)
      }
    }
    return movements
  }

  private mutating func charges(of customer: String) throws -> [Movement] {
    let list: List<Charge> = try stripe.get("/v1/charges?limit=1000&customer=" + customer)
    for id in list.data.compactMap(\.payment_intent) where intents[id] == nil {
      intents[id] = try stripe.get("/v1/payment_intents/" + id)
    }
    return list.data.map { charge in
      let intent = charge.payment_intent.flatMap { intents[$0] }
      let name = charge.metadata["sluice_job"] ?? intent?.metadata["sluice_job"]
      return Movement(
        job: intent?.invoice ?? name ?? "nobody",
        object: intent?.invoice ?? charge.payment_intent ?? charge.id, amount: charge.amount,
        succeeded: charge.status == "succeeded")
    }
  }

  private func refunds(of charge: String) throws -> [Movement] {
    let name = charge.hasPrefix("pi_") ? "payment_intent" : "charge"
    let list: List<Refund> = try stripe.get("/v1/refunds?limit=1000&\(name)=" + charge)
    return list.data.map {
      Movement(
        job: $0.metadata["sluice_job"] ?? "nobody", object: $0.id, amount: $0.amount,
        succeeded: $0.status == "succeeded")
    }
  }
}
