internal import Domain

/// Markup: what stands in a literal is markup, and whatever is interpolated is text.
///
/// So nothing that a planner, an approver or Stripe wrote can become an element, an attribute or
/// the end of one; and as in the text report, none of it holds a control character.
struct HTML: Equatable, Sendable, ExpressibleByStringInterpolation {
  private(set) var source: String

  init(stringLiteral markup: String) { source = markup }

  init(stringInterpolation parts: Interpolation) { source = parts.source }

  /// Markup that was not written as a literal: an embedded file, or JSON without a `<`.
  init(trusted markup: String) { source = markup }

  /// What a literal and the values inside it become.
  struct Interpolation: StringInterpolationProtocol {
    fileprivate var source = ""

    init(literalCapacity: Int, interpolationCount: Int) {
      source.reserveCapacity(literalCapacity + 16 * interpolationCount)
    }

    mutating func appendLiteral(_ markup: String) { source += markup }
    mutating func appendInterpolation(_ text: String) { source += HTML.escaped(text) }
    mutating func appendInterpolation(_ number: Int) { source += String(number) }
    mutating func appendInterpolation(_ html: HTML) { source += html.source }
    mutating func appendInterpolation(_ lines: [HTML]) {
      source += lines.map(\.source).joined(separator: "\n")
    }
  }

  static func + (left: HTML, right: HTML) -> HTML { HTML(trusted: left.source + right.source) }
}

extension HTML {
  /// Text as it stands inside an element or a quoted attribute.
  fileprivate static func escaped(_ text: String) -> String {
    let shown = Layout.cell(text)
    guard shown.utf8.contains(where: { special.contains($0) }) else { return shown }
    var result = ""
    for scalar in shown.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static let special = Array("&<>\"'".utf8)

  /// Somebody's words, which do not change the direction of those around them.
  static func words(_ text: String) -> HTML { "<bdi>\(text)</bdi>" }

  /// The same of a code in words, which may be broken where one of them ends.
  static func code(_ text: String) -> HTML {
    let parts = text.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
    let joined = parts.dropFirst().reduce("\(parts.first ?? "")" as HTML) { "\($0)_<wbr>\($1)" }
    return "<bdi>\(joined)</bdi>"
  }

  /// An instant, as the text report writes it.
  static func time(_ instant: Timestamp) -> HTML {
    "<time datetime=\"\(instant.description)\">\(instant.description)</time>"
  }

  /// Commands to type, a line each.
  static func commands(_ lines: [String]) -> HTML {
    "<pre><code>\(lines.map { "\($0)" as HTML })</code></pre>"
  }

  /// A table that scrolls by itself where there is no room for it.
  static func scrolling(_ label: String, _ table: HTML) -> HTML {
    """
    <div class="scroll" role="group" aria-label="\(label)" tabindex="0">
    \(table)
    </div>
    """
  }

  /// A part of the page under a heading; where it is not wide, two stand side by side.
  static func section(
    _ name: String, _ heading: String, isWide: Bool = false, _ content: [HTML]
  ) -> HTML {
    """
    <section aria-labelledby="\(name)"\(isWide ? " class=\"wide\"" as HTML : "")>
    <h2 id="\(name)">\(heading)</h2>
    \(content)
    </section>

    """
  }
}
