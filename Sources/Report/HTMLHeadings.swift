internal import Domain
internal import Queue

/// Jobs and money per heading: a bar each, and the figures.
extension HTMLReport {
  static func headings(_ facts: ReportFacts) -> HTML {
    let summary = facts.summary
    let there = Heading.reported.filter { summary.jobs($0) > 0 }
    let family = facts.batch.family
    var bars = [Bar(label: "jobs", parts: there.map { ($0, Int64(summary.jobs($0))) })]
    for currency in summary.currencies {
      let parts = there.map { ($0, summary.amount($0, currency).minorUnits) }
      bars.append(Bar(label: currency.code, parts: parts.filter { $0.1 > 0 }))
    }
    let bodies = there.map { heading in
      rows(
        heading.words(family), Bar.swatch(heading),
        summary.tallies.compactMapValues { $0[heading] })
    }
    let beyond = facts.beyondPlan.map { "<p>\(TextReport.beyondPlan($0))</p>" as HTML }
    return HTML.section(
      "headings", "Jobs and money",
      (there.isEmpty ? [] : [Bar.patterns(there)] + bars.map { $0.figure(family) })
        + [
          HTML.scrolling(
            "Figures of the headings",
            """
            <table class="figures">
            <caption>Every job under exactly one heading</caption>
            <thead><tr><th scope="col">heading</th><th scope="col" class="n">jobs</th>\
            <th scope="col" class="n">amount</th></tr></thead>
            \(bodies)
            \(rows("submitted", "", summary.submitted, "sum"))
            </table>
            """)
        ] + beyond)
  }

  /// A line for each currency in which there are jobs, under one label.
  private static func rows(
    _ label: String, _ swatch: HTML, _ tallies: [Currency: Tally], _ kind: String = ""
  ) -> HTML {
    let there = tallies.sorted { $0.key.code < $1.key.code }.filter { $0.value.jobs > 0 }
    let lines = there.enumerated().map { place, entry -> HTML in
      let money = Money(minorUnits: entry.value.amount, currency: entry.key)
      let heading: HTML =
        place > 0 ? "" : "<th scope=\"rowgroup\" rowspan=\"\(there.count)\">\(swatch)\(label)</th>"
      return """
        <tr>\(heading)<td class="n">\(groupedDigits(entry.value.jobs))</td>\
        <td class="n">\(money.description)</td></tr>
        """
    }
    return "<tbody class=\"\(kind)\">\(lines)</tbody>"
  }

  /// Why jobs are under their headings, in count and in money.
  static func reasons(_ facts: ReportFacts) -> HTML {
    let reasons = facts.summary.reasons.filter { $0.jobs > 0 }
    guard !reasons.isEmpty else { return "" }
    let rows = reasons.prefix(100).map { reason -> HTML in
      let money = Money(minorUnits: reason.amount, currency: reason.currency)
      return """
        <tr><th scope="row">\(HTML.code(reason.reason))</th>\
        <td>\(Bar.swatch(reason.heading))\(reason.heading.words(facts.batch.family))</td>\
        <td class="n">\(groupedDigits(reason.jobs))</td>\
        <td class="n">\(money.description)</td></tr>
        """
    }
    let rest = reasons.count - rows.count
    let more: [HTML] =
      rest > 0 ? ["<p class=\"more\">and \(groupedDigits(rest)) more reasons</p>"] : []
    return HTML.section(
      "reasons", "Reasons",
      [
        HTML.scrolling(
          "Figures of the reasons",
          """
          <table class="figures">
          <caption>Why jobs stand under their headings</caption>
          <thead><tr><th scope="col">reason</th><th scope="col">heading</th>\
          <th scope="col" class="n">jobs</th><th scope="col" class="n">amount</th></tr></thead>
          <tbody>\(rows)</tbody>
          </table>
          """)
      ] + more)
  }
}
