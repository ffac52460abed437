internal import Domain
internal import Queue

/// What the batch may move, where it comes from, and where to look it up.
extension HTMLReport {
  static func budgets(_ facts: ReportFacts) -> HTML {
    budgets(facts.budgets, at: facts.at)
  }

  /// What may move; `note` is said after when it ends.
  static func budgets(_ budgets: [Budget], at now: Timestamp, note: String = "") -> HTML {
    guard !budgets.isEmpty else { return "" }
    let rows = budgets.map { budget -> HTML in
      let cells = budget.amounts.map { "<td class=\"n\">\($0)</td>" as HTML }
      return "<tr><th scope=\"row\">\(budget.label)</th>\(cells)</tr>"
    }
    let ends = [BudgetLines.ends(of: budgets, at: now), note].filter { !$0.isEmpty }
    return HTML.section(
      "budgets", "Budgets",
      [
        HTML.scrolling(
          "Figures of the budgets",
          """
          <table class="figures">
          <caption>What may move, and what is gone of it</caption>
          <thead><tr><th scope="col">budget</th><th scope="col" class="n">limit</th>\
          <th scope="col" class="n">spent</th><th scope="col" class="n">held</th>\
          <th scope="col" class="n">room</th></tr></thead>
          <tbody>\(rows)</tbody>
          </table>
          """)
      ] + ends.map { "<p>\($0)</p>" })
  }

  /// Who planned and approved it, under which keys, and where to look it up.
  static func origin(_ facts: ReportFacts, _ survey: JobSurvey) -> HTML {
    let batch = facts.batch
    var entries: [(label: String, values: [HTML])] = [
      ("planned by", [HTML.words(batch.planner)]),
      (
        "submitted by",
        ["\(HTML.words(batch.submittedBy)) <small>at \(HTML.time(batch.submittedAt))</small>"]
      ),
      ("approved by", approvals(facts)),
    ]
    if !facts.keys.isEmpty { entries.append(("vault keys", keys(facts))) }
    if let first = survey.firstSettled, let last = survey.lastSettled {
      let until: HTML = first == last ? "" : " to \(HTML.time(last))"
      entries.append(("settled", ["\(HTML.time(first))\(until)"]))
    }
    switch facts.mode {
    case .sandbox: break
    case .test, .live:
      entries.append(
        ("at Stripe", ["search for <code>metadata['sluice_batch']:'\(batch.id.text)'</code>"]))
    }
    entries.append(("journal head", ["<code>\(facts.journalHead)</code>"]))
    let terms = entries.map { entry -> HTML in
      "<dt>\(entry.label)</dt>\(entry.values.map { "<dd>\($0)</dd>" as HTML })"
    }
    return HTML.section("origin", "Who and when", ["<dl>\(terms)</dl>"])
  }

  private static func approvals(_ facts: ReportFacts) -> [HTML] {
    guard !facts.approvals.isEmpty else { return ["nobody"] }
    return facts.approvals.suffix(10).map { approval in
      let except: HTML =
        approval.excluded.map { "<p>without job \(Layout.shortened($0, to: 200))</p>" } ?? ""
      let note: HTML = approval.note.map { "<p class=\"note\">\(HTML.words($0))</p>" } ?? ""
      let beforehand: HTML =
        approval.standing.map { "<p>beforehand, by <code>\($0)</code></p>" } ?? ""
      let past: HTML = approval.force.remark.map { " (\($0))" } ?? ""
      return """
        \(HTML.words(approval.approver))\(past) <small>at \(HTML.time(approval.approvedAt)), until \
        \(HTML.time(approval.expiresAt)), \(counted(approval.jobs, "job"))</small>\(beforehand)\
        \(except)\(note)
        """
    }
  }

  private static func keys(_ facts: ReportFacts) -> [HTML] {
    let rest = facts.keys.count - 10
    return facts.keys.prefix(10).map { "<code>\($0)</code>" }
      + (rest > 0 ? ["and \(groupedDigits(rest)) more"] : [])
  }
}
