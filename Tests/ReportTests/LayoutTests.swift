import Domain
import Report
import Testing

@Suite struct LayoutTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("漢字", 4), ("한", 2), ("👍", 2), ("👍🏽", 2),
    ("❤️", 2), ("🇩🇪", 2), ("שלום", 4), ("ｗ", 2),
  ])
  func `a text is as wide as a terminal shows it`(_ text: String, _ width: Int) {
    #expect(Layout.width(of: text) == width)
  }

  @Test func `text is cut to columns, not to characters`() {
    #expect(Layout.shortened("abcdefgh", to: 8) == "abcdefgh")
    #expect(Layout.shortened("abcdefghi", to: 8) == "abcde...")
    #expect(Layout.shortened("漢字漢字漢字", to: 8) == "漢字...")
  }

  @Test func `accents that pile up on one character are not shown`() {
    let pile = "e" + String(repeating: "\u{301}", count: 50)

    #expect(Layout.cell("a" + pile + "b") == "a\u{FFFD}b")
    #expect(Layout.cell("e\u{301}") == "e\u{301}")
  }

  @Test func `a wide word is broken where the line ends`() {
    let lines = Layout.wrapped(String(repeating: "漢", count: 60), indent: 2)

    #expect(lines.map { Layout.width(of: $0) } == [80, 44])
  }

  @Test func `a table lines up whatever is in its cells`() {
    var table = Table(["NAME", " COUNT", "NOTE"])
    table.add(["漢字", "1", "a"])
    table.add(["abcdef", "1,000", "b"])

    #expect(
      table.lines == ["NAME    COUNT  NOTE", "漢字        1  a", "abcdef  1,000  b"])
  }

  @Test func `the widest text gives way, and numbers never do`() {
    var table = Table([.text("A", least: 10), .text("B", least: 10), " SUM"])
    table.add([
      String(repeating: "a", count: 300), String(repeating: "b", count: 20),
      String(repeating: "9", count: 40),
    ])

    let line = table.lines[1]

    #expect(Layout.width(of: line) == 100)
    #expect(line.hasSuffix(String(repeating: "9", count: 40)))
    #expect(line.contains(String(repeating: "b", count: 20)))
    #expect(line.hasPrefix(String(repeating: "a", count: 33) + "..."))
  }
}
