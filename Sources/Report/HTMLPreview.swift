package import Approval
package import Domain
internal import Journal
internal import Queue

/// The preview for looking at: one self-contained page with every example that there is.
package enum HTMLPreview {
  /// The page; `note` says when the budgets end by the clock on the wall.
  package static func page(_ preview: Preview, _ mode: Mode, note: String) -> String {
    let verb = Verb(preview.batch.family)
    let parts: [HTML] =
      [HTMLPage.head(preview.batch.id.text, .still), opening(preview, mode, verb)]
      + [decision(preview, verb)] + preview.flags.map { flag($0, verb) }
      + [
        largest(preview), repeated(preview),
        HTMLReport.budgets(preview.budgets, at: preview.at, note: note),
        HTMLPage.foot(preview.at, .still),
      ]
    return parts.map(\.source).joined()
  }

  private static func opening(_ preview: Preview, _ mode: Mode, _ verb: Verb) -> HTML {
    let batch = preview.batch
    let sums = preview.totals.map { "\(counted($0.jobs, "job")), \($0.amount)" }
    let headline = sums.isEmpty ? "nothing to \(verb.infinitive)" : sums.joined(separator: " · ")
    return """
      <header>
      <p class="brand">Sluice preview</p>
      <h1>\(batch.id.text)</h1>
      <p class="headline">\(headline)</p>
      <ul class="about">
      <li>job file \(HTML.words(batch.jobFile))</li>
      <li class="mode \(mode.rawValue)">\(HTMLReport.mode(mode))</li>
      <li class="state">\(batch.state.rawValue)</li>
      </ul>
      </header>
      <main>

      """
  }

  /// What approving lets happen, and exactly what is approved.
  private static func decision(_ preview: Preview, _ verb: Verb) -> HTML {
    let batch = preview.batch
    let policy = batch.terms.policy
    var entries: [(label: String, value: HTML)] = [
      ("planned by", HTML.words(batch.planner)),
      (
        "submitted by",
        "\(HTML.words(batch.submittedBy)) <small>at \(HTML.time(batch.submittedAt))</small>"
      ),
      ("operations", "\(policy.allowedOperations.map(\.name).joined(separator: ", "))"),
      ("cap", "\(policy.caps.map(\.words).joined(separator: ", "))"),
    ]
    if !policy.maxPerJob.isEmpty {
      let limits = policy.maxPerJob.map(\.description).joined(separator: ", ")
      entries.append(("per job", "\(limits)"))
    }
    if let given = preview.given.words { entries.append(("approvals", "\(given)")) }
    if batch.terms.fourEyes {
      entries.append(("approver", "another login than the submitter's"))
    }
    if let excluded = preview.excluded {
      entries.append(
        ("left out", "\(counted(preview.excludedCount, "job")) (\(excluded.text))"))
    }
    entries.append(("digest", "<code>\(batch.digest)</code>"))
    let terms = entries.map { "<dt>\($0.label)</dt><dd>\($0.value)</dd>" as HTML }
    let except = preview.excluded.map { " --except \($0.text)" } ?? ""
    let how: [HTML] =
      batch.state == .submitted
      ? ["<p>To approve it:</p>", HTML.commands(["sluice approve \(batch.id)\(except)"])] : []
    let forecast = preview.forecast.sentences(verb).joined(separator: " ")
    return HTML.section(
      "forecast", "Forecast, if every \(verb.noun) succeeds", isWide: true,
      ["<p class=\"lead\">\(forecast)</p>", "<dl>\(terms)</dl>"] + how)
  }

  private static func flag(_ flag: PreviewFlag, _ verb: Verb) -> HTML {
    let rule: [HTML] = flag.rule(verb).map { ["<p>\($0)</p>"] } ?? []
    let rest = flag.jobs - flag.examples.count
    let more: [HTML] = rest > 0 ? ["<p class=\"more\">and \(groupedDigits(rest)) more</p>"] : []
    return HTML.section(
      flag.kind.rawValue, flag.title(verb), isWide: true,
      ["<p class=\"lead\">\(flag.sum)</p>"] + rule
        + [table(flag.title(verb), flag.examples.map { ($0.planned, $0.fact.words(verb)) })] + more)
  }

  private static func largest(_ preview: Preview) -> HTML {
    guard !preview.largest.isEmpty else { return "" }
    return HTML.section(
      "largest", "Largest jobs",
      [table("Largest jobs", preview.largest.map { ($0.planned, nil) })])
  }

  private static func repeated(_ preview: Preview) -> HTML {
    guard !preview.repeated.isEmpty else { return "" }
    let lines = preview.repeated.map { repeated -> HTML in
      "<li>\(HTML.words(repeated.account)) <span>\(counted(repeated.jobs, "job"))</span></li>"
    }
    return HTML.section(
      "repeated", "Accounts with several jobs", ["<ul class=\"listed\">\(lines)</ul>"])
  }

  /// Jobs, a row each, with a fact where there is one.
  private static func table(_ label: String, _ jobs: [(planned: PlannedJob, fact: String?)]) -> HTML
  {
    let rows = jobs.map { planned, fact -> HTML in
      """
      <tr><th scope="row">#\(planned.number)</th><td class="n">\(planned.line)</td>\
      <td>\(HTML.words(planned.account))</td><td>\(HTML.words(planned.reference))</td>\
      <td class="n">\(planned.amount.description)</td><td>\(HTML.words(fact ?? ""))</td></tr>
      """
    }
    return HTML.scrolling(
      "Rows of: \(label)",
      """
      <table class="figures">
      <thead><tr><th scope="col">number</th><th scope="col" class="n">line</th>\
      <th scope="col">account</th><th scope="col">reference</th>\
      <th scope="col" class="n">amount</th><th scope="col">fact</th></tr></thead>
      <tbody>\(rows)</tbody>
      </table>
      """)
  }
}

extension Preview {
  /// How many people have approved it so far, of how many that have to.
  package var given: GivenApprovals {
    GivenApprovals(required: batch.terms.approvalsRequired, givenBy: approvedBy)
  }
}
