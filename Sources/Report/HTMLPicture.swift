internal import Domain
internal import Queue

/// The run against its cap: what was charged by each job, in their order.
extension HTMLReport {
  static func pictures(_ facts: ReportFacts, _ survey: JobSurvey) -> HTML {
    guard let numbers = survey.numbers else { return "" }
    let halt = survey.haltedAt.map { (place: $0, number: facts.batch.halt?.number ?? 0) }
    let caps = facts.budgets.filter { $0.scope == .batch(facts.batch.id) }
    let figures = facts.summary.currencies.compactMap { currency in
      survey.curves[currency].map { curve in
        Picture(
          currency: currency, curve: curve, jobs: facts.batch.jobs, numbers: numbers,
          family: facts.batch.family,
          cap: caps.first { $0.currency == currency }?.limit.minorUnits, halt: halt
        ).figure
      }
    }
    return HTML.section("picture", "The run against its cap", isWide: true, figures)
  }
}

/// One currency's picture; its shapes stretch with the page, and its letters do not.
private struct Picture {
  let currency: Currency
  let curve: RunCurve
  let jobs: Int
  let numbers: (first: Int, last: Int)
  let family: Family
  let cap: Int64?
  /// The job it halted at: where it stands, counted from 0, and its number.
  let halt: (place: Int, number: Int)?

  /// Units from the bottom of the picture to its top.
  private static let height: Int64 = 10_000

  var figure: HTML {
    let steps = curve.steps
    return """
      <figure>
      <svg class="picture" role="img" width="100%" height="264" \
      aria-labelledby="picture-\(currency.code)-title picture-\(currency.code)-text">
      <title id="picture-\(currency.code)-title">The run in \(currency.code), job by job</title>
      <desc id="picture-\(currency.code)-text">\(sentence)</desc>
      <svg y="24" width="100%" height="210" preserveAspectRatio="none" \
      viewBox="0 0 \(steps.count - 1) \(String(Self.height))">
      \(shapes(steps))
      </svg>
      \(labels)
      </svg>
      <figcaption>\(legend)</figcaption>
      </figure>
      """
  }

  // MARK: Shapes

  /// The most that is drawn: the plan too, unless it would press everything else to the ground.
  private var top: Int64 {
    let most = max(cap ?? 0, curve.end.charged + curve.end.held, 1)
    return curve.end.planned / 4 <= most ? max(most, curve.end.planned) : most
  }

  private var showsPlan: Bool { curve.end.planned <= top }

  private func height(of amount: Int64) -> Int64 {
    let scaled = amount.multipliedFullWidth(by: Self.height)
    return Self.height - top.dividingFullWidth(scaled).quotient
  }

  /// The points of a line through an amount, from the left or, by -1, from the right.
  private func line(
    _ steps: [RunCurve.Point], _ amount: (RunCurve.Point) -> Int64, from first: Int = 0,
    by stride: Int = 1
  ) -> HTML {
    let points = steps.enumerated().map { place, step in
      "\(first + place * stride),\(height(of: amount(step)))"
    }
    return HTML(trusted: points.joined(separator: " "))
  }

  private func shapes(_ steps: [RunCurve.Point]) -> [HTML] {
    let charged = line(steps, \.charged)
    let held = line(steps) { $0.charged + $0.held }
    let back = line(steps.reversed(), \.charged, from: steps.count - 1, by: -1)
    let ground = "\(steps.count - 1),\(Self.height) 0,\(Self.height)"
    var shapes: [HTML] = []
    if curve.end.held > 0 {
      shapes.append("<polygon class=\"held\" points=\"\(held) \(back)\"/>")
    }
    shapes.append("<polygon class=\"moved\" points=\"\(charged) \(ground)\"/>")
    if showsPlan {
      shapes.append("<polyline class=\"plan\" points=\"\(line(steps, \.planned))\"/>")
    }
    shapes.append("<polyline class=\"moved\" points=\"\(charged)\"/>")
    if let cap {
      let level = String(height(of: cap))
      shapes.append(
        "<line class=\"cap\" x1=\"0\" x2=\"\(steps.count - 1)\" y1=\"\(level)\" y2=\"\(level)\"/>")
    }
    return shapes
  }

  // MARK: Words

  /// Where something stands across the picture: "29.75%".
  private func across(_ place: Int) -> String { Percent(Int64(place), of: Int64(jobs)).text }

  private var labels: [HTML] {
    var labels: [HTML] = [
      "<line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"234\" y2=\"234\"/>",
      "<text x=\"0\" y=\"254\">#\(groupedDigits(numbers.first))</text>",
      "<text x=\"100%\" y=\"254\" text-anchor=\"end\">#\(groupedDigits(numbers.last))</text>",
    ]
    guard let halt else { return labels }
    // Near an end the words lean inwards, and stand above the picture, clear of the numbers.
    let anchor = halt.place * 5 < jobs ? "start" : halt.place * 5 > jobs * 4 ? "end" : "middle"
    let x = across(halt.place)
    labels += [
      "<line class=\"halt\" x1=\"\(x)\" x2=\"\(x)\" y1=\"18\" y2=\"234\"/>",
      """
      <text class="halt" x="\(x)" y="12" text-anchor="\(anchor)">\
      halted at #\(groupedDigits(halt.number))</text>
      """,
    ]
    return labels
  }

  private func money(_ amount: Int64) -> String {
    Money(minorUnits: amount, currency: currency).description
  }

  private var legend: HTML {
    let done = Heading.charged.words(family)
    let end = curve.end
    var items: [(sign: String, label: String, amount: Int64)] = [("moved", done, end.charged)]
    if end.held > 0 { items.append(("held", "held", end.held)) }
    if let cap { items.append(("cap", "cap", cap)) }
    items.append((showsPlan ? "plan" : "none", "planned", end.planned))
    let listed = items.map { item -> HTML in
      """
      <li><svg class="sign" aria-hidden="true" width="22" height="12">\
      \(Self.sign(item.sign))</svg>\(item.label) <b>\(money(item.amount))</b></li>
      """
    }
    return "<ul class=\"legend\">\(listed)</ul>"
  }

  private static func sign(_ name: String) -> HTML {
    switch name {
    case "none": ""
    case "held": "<rect class=\"held\" width=\"22\" height=\"12\"/>"
    default: "<line class=\"\(name)\" x1=\"0\" x2=\"22\" y1=\"6\" y2=\"6\"/>"
    }
  }

  /// The picture told to who cannot see it.
  private var sentence: String {
    let end = curve.end
    let held = end.held > 0 ? ", \(money(end.held)) is held" : ""
    let limit = cap.map { " The cap is \(money($0))." } ?? ""
    let stop = halt.map { " It halted at job #\(groupedDigits($0.number))." } ?? ""
    return "Of \(counted(jobs, "job")) in their order, planned at \(money(end.planned)), "
      + "\(money(end.charged)) is \(Heading.charged.words(family))\(held).\(limit)\(stop)"
  }
}
