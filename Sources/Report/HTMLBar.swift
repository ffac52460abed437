internal import Domain
internal import Queue

/// A part of a whole, exact to a hundredth of a per cent.
struct Percent {
  /// Hundredths of a per cent.
  let hundredths: Int64

  init(hundredths: Int64) { self.hundredths = hundredths }

  init(_ part: Int64, of whole: Int64) {
    let scaled = part.multipliedFullWidth(by: 10_000)
    hundredths = whole == 0 ? 0 : whole.dividingFullWidth(scaled).quotient
  }

  /// As attributes of SVG take it: "29.75%".
  var text: String {
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)%"
  }
}

/// Headings side by side, each as wide as its part of the whole.
struct Bar {
  let label: String
  let parts: [(heading: Heading, amount: Int64)]

  /// The least a part is drawn as: one job of a million can be seen.
  private static let least: Int64 = 100

  /// How wide each part is drawn; the widest gives what the smallest need.
  var widths: [Percent] {
    let whole = parts.reduce(0) { $0 + $1.amount }
    var widths = parts.map { max(Self.least, Percent($0.amount, of: whole).hundredths) }
    if let widest = widths.indices.max(by: { widths[$0] < widths[$1] }) {
      widths[widest] += 10_000 - widths.reduce(0, +)
    }
    return widths.map(Percent.init(hundredths:))
  }

  func figure(_ family: Family) -> HTML {
    guard !parts.isEmpty else { return "" }
    let whole = parts.reduce(0) { $0 + $1.amount }
    let told = parts.map {
      "\($0.heading.words(family)) \(Percent($0.amount, of: whole).text)"
    }
    var start: Int64 = 0
    let shapes = zip(parts, widths).map { part, width -> HTML in
      defer { start += width.hundredths }
      return """
        <rect class="part" x="\(Percent(hundredths: start).text)" width="\(width.text)" \
        height="26" fill="url(#fill-\(part.heading.rawValue))">\
        <title>\(part.heading.words(family))</title></rect>
        """
    }
    return """
      <div class="bar"><span aria-hidden="true">\(label)</span>\
      <svg role="img" width="100%" height="26" \
      aria-label="\(label): \(told.joined(separator: ", "))">
      \(shapes)
      </svg></div>
      """
  }

  /// What stands for a heading beside its name.
  static func swatch(_ heading: Heading) -> HTML {
    """
    <svg class="swatch" aria-hidden="true" width="14" height="14">\
    <rect width="14" height="14" rx="2" fill="url(#fill-\(heading.rawValue))"/></svg>
    """
  }

  /// The fillings that bars and swatches refer to: a colour each, and a pattern where two colours
  /// could be taken for one.
  static func patterns(_ headings: [Heading]) -> HTML {
    let patterns = headings.map { heading -> HTML in
      """
      <pattern id="fill-\(heading.rawValue)" width="8" height="8" patternUnits="userSpaceOnUse"\
      \(turn(heading))><rect class="fill \(heading.rawValue)" width="8" height="8"/>\
      \(strokes(heading))</pattern>
      """
    }
    return """
      <svg class="patterns" aria-hidden="true" width="0" height="0"><defs>
      \(patterns)
      </defs></svg>
      """
  }

  private static func turn(_ heading: Heading) -> HTML {
    switch heading {
    case .skipped, .processing: " patternTransform=\"rotate(45)\""
    case .declined, .unknown: " patternTransform=\"rotate(-45)\""
    case .charged, .rejected, .inDoubt, .notCharged, .queued: ""
    }
  }

  private static func strokes(_ heading: Heading) -> HTML {
    switch heading {
    case .charged: ""
    case .declined, .skipped: "<rect class=\"gap\" width=\"2\" height=\"8\"/>"
    case .processing: "<rect class=\"gap\" width=\"4\" height=\"8\"/>"
    case .rejected, .inDoubt:
      "<rect class=\"gap\" width=\"2\" height=\"8\"/><rect class=\"gap\" width=\"8\" height=\"2\"/>"
    case .unknown:
      "<rect class=\"gap\" width=\"3\" height=\"8\"/><rect class=\"gap\" width=\"8\" height=\"3\"/>"
    case .notCharged: "<rect class=\"gap\" width=\"8\" height=\"3\"/>"
    case .queued: "<circle class=\"gap\" cx=\"4\" cy=\"4\" r=\"2\"/>"
    }
  }
}
