internal import Domain
internal import JSON
internal import Journal
internal import Report
internal import System
internal import Vault

extension Command {
  static let budgetList = Command(
    spec: CommandSpec(
      "budget list", group: .keysAndStops,
      summary: "list the home's budgets, and how much of each is gone",
      examples: ["sluice budget list"],
      discussion: """
        A budget caps all that the home moves in a UTC day or month, in one currency, whatever the \
        batch. What a batch and its job file may move stands in the job file.
        """),
    run: { session throws(Fault) in
      let store = try session.openStoreForAnybody()
      let budgets = try store.snapshot { () throws(Fault) in try session.homeBudgets(store) }
      var table = Table(["PER", "CURRENCY", " LIMIT", " SPENT", " HELD", " ROOM"])
      for budget in budgets {
        let amounts = [budget.limit.minorUnits, budget.spent, budget.held, budget.room]
        table.add(
          [budget.per.rawValue, budget.currency.code]
            + amounts.map { Money(minorUnits: $0, currency: budget.currency).grouped })
      }
      try session.show(
        ["budgets": .array(budgets.map(\.json))],
        budgets.isEmpty ? "The home has no budget: \(Words.budgetExample)" : table.text)
      return .done
    })

  static let budgetSet = Command(
    spec: CommandSpec(
      "budget set", group: .keysAndStops,
      summary: "cap what the home moves in a day or month",
      arguments: [ArgumentSpec("CUR=DECIMAL", "the limit: usd=1000.00")],
      options: [Words.per], examples: [Words.budgetExample],
      discussion: """
        It counts at the very next claim of every worker. Lowering a budget \
        below what is gone undoes nothing and admits nothing more.
        """),
    run: { session throws(Fault) in
      let word = session.invocation.argument("CUR=DECIMAL") ?? ""
      let cap = Cap(
        per: session.window, limit: try session.money(word, Words.budgetExample))
      let store = try session.openStore()
      let isNew = try HomeBudgets(store).set(cap)
      let budget = try KeyVault(store).budget(.home, cap, at: session.clock.now())
      guard case .object(let members) = budget.json else { return .done }
      let room = Money(minorUnits: max(0, budget.room), currency: budget.currency)
      try session.show(
        .object(members + [JSONMember(key: "changed", value: .bool(isNew))]),
        "The home moves at most \(cap.words); \(room) is left of it.")
      return .done
    })

  static let budgetRemove = Command(
    spec: CommandSpec(
      "budget remove", group: .keysAndStops, summary: "lift a budget of the home",
      arguments: [ArgumentSpec("CUR", "the currency: usd")], options: [Words.per],
      examples: ["sluice budget remove usd --per day"]),
    run: { session throws(Fault) in
      let hint = "sluice budget remove usd --per day"
      let currency = try session.currency(session.invocation.argument("CUR") ?? "", hint)
      let window = session.window
      let store = try session.openStore()
      guard try HomeBudgets(store).remove(per: window, in: currency) else {
        throw Fault(
          .notFound, "the home has no budget per \(window.rawValue) in \(currency)",
          hint: "see `sluice budget list`")
      }
      try session.show(
        ["per": .string(window.rawValue), "currency": .string(currency.code), "removed": true],
        "The home's budget per \(window.rawValue) in \(currency) is lifted.")
      return .done
    })
}

extension Words {
  fileprivate static let per = OptionSpec(
    "--per", value: "WINDOW", "what it counts over, in UTC", isRequired: true,
    choices: [Window.day, .month].map(\.rawValue))
  fileprivate static let budgetExample = "sluice budget set usd=1000.00 --per day"
}

extension Session {
  fileprivate func homeBudgets(_ store: Store) throws(Fault) -> [Budget] {
    var budgets: [Budget] = []
    for cap in try HomeBudgets(store).caps() {
      budgets.append(try KeyVault(store).budget(.home, cap, at: clock.now()))
    }
    return budgets
  }

  /// The window that `--per` names.
  fileprivate var window: Window {
    invocation.value("--per").flatMap(Window.init(rawValue:)) ?? .day
  }
}
