internal import Domain
internal import Queue

/// What a reader wants to know first: what became of it, and what is to be done.
extension HTMLReport {
  static func opening(_ facts: ReportFacts) -> HTML {
    let batch = facts.batch
    return """
      <a class="skip" href="#jobs">Skip to the jobs</a>
      <header>
      <p class="brand">Sluice report</p>
      <h1>\(batch.id.text)</h1>
      <p class="headline">\(headline(facts))</p>
      <ul class="about">
      <li>job file \(HTML.words(batch.jobFile))</li>
      <li class="mode \(facts.mode.rawValue)">\(mode(facts.mode))</li>
      <li class="state">\(batch.state.rawValue)</li>
      </ul>
      </header>
      <main>

      """
  }

  /// The line the text report opens with, in parts that are not broken where there is room.
  private static func headline(_ facts: ReportFacts) -> HTML {
    let parts = facts.summary.headline.split(separator: " · ").map(String.init)
    let spans = parts.enumerated().map { place, part -> HTML in
      let needs = place == parts.count - 1 && facts.summary.needPerson > 0
      let separator: HTML = place == parts.count - 1 ? "" : " · "
      return "<span\(needs ? " class=\"need\"" as HTML : "")>\(part)\(separator)</span>"
    }
    return spans.reduce("", +)
  }

  static func mode(_ mode: Mode) -> String {
    switch mode {
    case .sandbox: "sandbox: no money moves"
    case .test, .live: mode.rawValue
    }
  }

  // MARK: What to do

  /// Why the batch stopped, if it did, what is not settled yet, and what to type next.
  static func ending(_ facts: ReportFacts, _ survey: JobSurvey) -> HTML {
    let parts = steps(facts) + unsettled(facts, survey) + unproven(facts, survey)
    guard !parts.isEmpty else { return "" }
    let heading = facts.batch.state == .halted ? "Why it halted, and what to do" : "What to do"
    return HTML.section("next", heading, isWide: true, parts)
  }

  private static func steps(_ facts: ReportFacts) -> [HTML] {
    guard let steps = facts.nextSteps else { return [] }
    let purpose: [HTML] = steps.purpose.map { ["<p>\($0)</p>"] } ?? []
    let commands = steps.commands.isEmpty ? [] : [HTML.commands(steps.commands)]
    return ["<p class=\"lead\">\(HTML.words(steps.sentence))</p>"] + purpose + commands
  }

  private static func unsettled(_ facts: ReportFacts, _ survey: JobSurvey) -> [HTML] {
    var parts: [HTML] = []
    if let sentence = facts.needSentence {
      parts.append("<p class=\"need\">\(sentence)</p>")
      parts += listed(survey.needed, of: facts.summary.needPerson, facts)
    }
    if let sentence = facts.processingSentence { parts.append("<p>\(sentence)</p>") }
    guard !parts.isEmpty else { return [] }
    return parts + ["<p>To ask Stripe:</p>", HTML.commands(["sluice settle \(facts.batch.id)"])]
  }

  private static func unproven(_ facts: ReportFacts, _ survey: JobSurvey) -> [HTML] {
    guard let sentence = facts.unprovenSentence else { return [] }
    return ["<p>\(sentence)</p>"] + listed(survey.unproven, of: facts.unprovenCount, facts)
  }

  /// The first jobs of a kind, each with what was said of it, and how many more there are.
  private static func listed(_ jobs: [Job], of count: Int, _ facts: ReportFacts) -> [HTML] {
    let rest = count - jobs.count
    let more: [HTML] =
      rest > 0 ? ["<p class=\"more\">and \(groupedDigits(rest)) more, in the table below</p>"] : []
    return ["<ul class=\"listed\">\(jobs.map { described($0, facts.batch) })</ul>"] + more
  }

  private static func described(_ job: Job, _ batch: Batch) -> HTML {
    let planned = job.planned
    let message: HTML = job.details.message.map { "<small>\(HTML.words($0))</small>" } ?? ""
    return """
      <li><b>#\(job.id.number)</b> <span>\(HTML.words(planned.account))</span> \
      <span>\(HTML.words(planned.movement.invoice ?? planned.reference))</span> \
      <span>\(planned.amount.description)</span> \
      <span>\(Heading(job.state, in: .running).words(batch.family))</span>\(message)</li>
      """
  }
}
