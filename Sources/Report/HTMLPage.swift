internal import Domain
internal import Journal

/// What every page begins and ends with; it holds its own style and loads nothing.
enum HTMLPage {
  /// Whether a page has a script.
  enum Kind {
    case still
    /// It has a table of jobs that can be searched and sorted.
    case searching
  }

  private static let style = String(decoding: PackageResources.HTMLReport_css, as: UTF8.self)
  private static let script = String(decoding: PackageResources.HTMLReport_js, as: UTF8.self)

  /// Nothing but the page's own style and script is taken, and no script makes markup of text.
  private static func contentPolicy(_ kind: Kind) -> String {
    let scripts =
      switch kind {
      case .still: "script-src 'none'"
      case .searching: "script-src \(hash(of: script))"
      }
    return [
      "default-src 'none'", "style-src \(hash(of: style))", scripts, "base-uri 'none'",
      "form-action 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'",
    ].joined(separator: "; ")
  }

  private static func hash(of text: String) -> String {
    var digest = SHA256()
    digest.update(text)
    return "'sha256-\(base64(digest.finish()))'"
  }

  /// RFC 4648, with its padding.
  private static func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    return stride(from: 0, to: bytes.count, by: 3).map { start in
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      let digits = (0...group.count).map { letters[bits >> (18 - 6 * $0) & 63] }
      return String(digits) + String(repeating: "=", count: 3 - group.count)
    }.joined()
  }

  /// Everything before the first words.
  static func head(_ title: String, _ kind: Kind) -> HTML {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="\(HTML(trusted: contentPolicy(kind)))">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="referrer" content="no-referrer">
    <meta name="format-detection" content="telephone=no">
    <title>Sluice · \(title)</title>
    <style>\(HTML(trusted: style))</style>
    </head>
    <body>

    """
  }

  /// Everything after the last words.
  static func foot(_ now: Timestamp, _ kind: Kind) -> HTML {
    let running: HTML =
      switch kind {
      case .still: ""
      case .searching: "<script>\(HTML(trusted: script))</script>\n"
      }
    return """
      </main>
      <footer>
      <p>Sluice wrote this page at \(HTML.time(now)). It loads nothing and sends nothing.</p>
      </footer>
      \(running)</body>
      </html>

      """
  }
}
