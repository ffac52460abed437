import Support

/// What one seed decides: the jobs, the cap, and what happens to which request.
struct CasePlan {
  enum Operation: String, CaseIterable {
    case charges = "charges.create"
    case intents = "payment_intents.create"
    case invoices = "invoices.pay"
    case refunds = "refunds.create"

    /// What a run reads before a claim.
    var reads: [String] {
      switch self {
      case .charges: []
      case .intents: ["customers.retrieve"]
      case .invoices: ["invoices.retrieve"]
      case .refunds: ["charges.retrieve", "payment_intents.retrieve"]
      }
    }
  }

  enum Card: CaseIterable {
    case paying, declined
    /// Its bank wants the customer: only an intent asks.
    case asking
  }

  struct Job {
    let card: Card
    let amount: Int64
    /// Whether it is an intent, and not a charge, whose money goes back.
    let refundsIntent: Bool
  }

  let name: String
  let operation: Operation
  let jobs: [Job]
  let cap: Int64
  /// Faults by the number of the request.
  let faults: [String: String]

  /// The plan of a seed.
  init(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    name = "\(seed)"
    operation = Operation.allCases.randomElement(using: &random) ?? .charges
    let cards: [Card] =
      switch operation {
      case .charges, .invoices: [.paying, .paying, .paying, .declined]
      case .intents: [.paying, .paying, .paying, .paying, .declined, .asking]
      case .refunds: [.paying]
      }
    jobs = (0..<Int.random(in: 2...7, using: &random)).map { _ in
      Job(
        card: cards.randomElement(using: &random) ?? .paying,
        amount: Int64.random(in: 50...400, using: &random),
        refundsIntent: Bool.random(using: &random))
    }
    let total = jobs.reduce(0) { $0 + $1.amount }
    cap = Int.random(in: 0..<4, using: &random) == 0 ? total * 2 / 3 : total
    faults = Self.faults(&random)
  }

  private static func faults(_ random: inout SeededRandom) -> [String: String] {
    let rate = [0.05, 0.2, 0.35, 0.5].randomElement(using: &random) ?? 0.2
    let killRate = [0.1, 0.4].randomElement(using: &random) ?? 0.1
    var faults: [String: String] = [:]
    for number in 1...200 where Double.random(in: 0..<1, using: &random) < rate {
      let kills = Double.random(in: 0..<1, using: &random) < killRate
      faults["\(number)"] =
        (kills ? Schedule.kills : Schedule.faults).randomElement(using: &random)
    }
    return faults
  }

  /// The job file.
  var jobFile: String {
    let reads = operation.reads.map { ", \"\($0)\"" }.joined()
    return """
      {"name": "oracle-\(name)", "operation": "\(operation.rawValue)", "currency": "usd",
       "policy": {"allowed_operations": ["\(operation.rawValue)"\(reads)],
         "caps": [{"per": "batch", "amount": "\(cap / 100).\(padded(cap % 100))",
           "currency": "usd"}]},
       "halt": {"unreachable_in_a_row": 3}}

      """
  }

  private func padded(_ cents: Int64) -> String { cents < 10 ? "0\(cents)" : "\(cents)" }
}
