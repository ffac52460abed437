/// The JSON report, as a program that knows only its documentation reads it.
struct ReportDocument: Decodable {
  struct Halt: Decodable, Equatable {
    let reason: String
    let number: Int?
  }

  struct Budget: Decodable, Equatable {
    let limit: Int64
    let spent: Int64
    let held: Int64
  }

  struct Reason: Decodable, Equatable {
    let reason: String
    let jobs: Int
  }

  struct Job: Decodable, Equatable {
    let number: Int
    let account: String
    let reference: String
    let amount: Int64
    let outcome: String
    let reason: String?
    let object: String?
  }

  /// A number, or the word beside the numbers.
  enum Cell: Decodable, Equatable {
    case number(Int64)
    case word(String)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      do {
        self = .number(try container.decode(Int64.self))
      } catch {
        self = .word(try container.decode(String.self))
      }
    }
  }

  let batch: String
  let state: String
  let halt: Halt?
  let budgets: [Budget]
  let keys: [String]
  let counts: [String: Int64]
  private let totals: [[String: Cell]]
  let skipped: [Reason]
  let jobs: [Job]

  /// The money under each heading, in minor units; batches of these tests have one currency.
  var money: [String: Int64] {
    (totals.first ?? [:]).compactMapValues { cell in
      if case .number(let number) = cell { number } else { nil }
    }
  }

  /// The jobs under a heading.
  func jobs(_ outcome: String) -> [Job] { jobs.filter { $0.outcome == outcome } }

  /// What is wrong with its sums, in count and in money; empty when all add up.
  var mistakes: [String] {
    var mistakes: [String] = []
    for (name, sums) in [("counts", counts), ("totals", money)] {
      let headings = sums.filter { $0.key != "submitted" }.values.reduce(0, +)
      if headings != sums["submitted"] { mistakes.append("\(name): \(sums)") }
    }
    for heading in counts.keys where heading != "submitted" {
      let listed = jobs(heading)
      if Int64(listed.count) != counts[heading] { mistakes.append("\(heading): \(listed.count)") }
      let sum = listed.reduce(0) { $0 + $1.amount }
      if sum != money[heading] ?? 0 { mistakes.append("\(heading): \(sum)") }
    }
    let held = ["processing", "in_doubt", "unknown"].reduce(0) { $0 + (money[$1] ?? 0) }
    for budget in budgets {
      if budget.spent != money["charged"] ?? 0 { mistakes.append("spent \(budget.spent)") }
      if budget.held != held { mistakes.append("held \(budget.held)") }
      if budget.spent + budget.held > budget.limit { mistakes.append("over \(budget.limit)") }
    }
    return mistakes
  }
}
