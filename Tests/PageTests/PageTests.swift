import Foundation
import Support
import Testing

@Suite struct PageTests {
  let home: PageHome
  let browser: Browser

  init() throws {
    home = try PageHome()
    browser = try Browser()
  }

  @Test func `the page tells what the text tells, asks for nothing, and complains of nothing`()
    throws
  {
    let batch = try home.run(
      plain(6, "100.00") + ["cus_decline_lost_card,3.00,in_x"], caps: ["usd": "500.00"])
    let text = try home.text(of: batch).split(separator: "\n").map(String.init)
    _ = try browser.requests()

    let page = try home.page(of: batch)
    try browser.open(page)

    #expect(try browser.run("return document.title") == "Sluice · " + batch)
    #expect(try browser.run("return document.documentElement.lang") == "en")
    #expect(try browser.texts("h1") == [batch])
    #expect(try browser.texts(".headline") == [text[0]])
    #expect(try browser.texts(".about li")[1] == "sandbox: no money moves")
    let shown = try browser.run("return document.body.innerText", as: String.self)
    for words in [
      "Halted at job #6 (cap_exhausted): 100.00 usd would pass the batch's cap of 500.00 usd",
      "sluice amend \(batch) --cap usd=", "billing-agent", "agreed", "cap_exhausted",
      try #require(text.last).split(separator: " ").last.map(String.init) ?? "?",
      "sluice report \(batch) --format csv --output report.csv",
    ] {
      #expect(shown.contains(words), "\(words)")
    }
    #expect(try browser.texts(".picture text").sorted() == ["#1", "#7", "halted at #6"])
    #expect(try browser.requests().filter { !$0.hasSuffix(page) } == [])
    #expect(try browser.complaints() == [])
  }

  @Test func `what a planner wrote is text, wherever it stands`() throws {
    let evil = [
      "<img src=x onerror=document.title=1>", "</script><script>document.title=2</script>",
    ]
    let lines = evil.enumerated().map { "cus_error_500,7.\($0)0,\($1)" }
    let batch = try home.run(
      ["cus_1,1.00,<!-- <script>", "cus_2,1.00,\"' onclick=\"\"document.title=3\""] + lines,
      caps: ["usd": "500.00"], planner: "<b onclick=document.title=4>agent</b>",
      note: "</style><h1>no</h1>")

    try browser.open(try home.page(of: batch))

    #expect(try browser.run("return document.title") == "Sluice · " + batch)
    #expect(try browser.texts("img, b[onclick], script:not([type]) ~ *, h1") == [batch])
    #expect(try browser.run("return document.scripts.length", as: Int.self) == 2)
    let references = try browser.texts("#table tbody td:nth-child(4)")
    #expect(references == ["<!-- <script>", "' onclick=\"document.title=3"] + evil)
    #expect(try browser.texts("#origin ~ dl dd")[0] == "<b onclick=document.title=4>agent</b>")
    #expect(try browser.texts(".note") == ["</style><h1>no</h1>"])
    #expect(try browser.texts(".listed bdi").contains(evil[0]))
    #expect(try browser.complaints() == [])
  }

  @Test func `without scripts the first rows are there, and they are those that scripts make`()
    throws
  {
    let page = try home.page(
      of: home.run(
        [
          "cus_1,1200.00,a", "cus_decline_lost_card,2.00,<b>", "cus_missing,0.50,\"say \"\"é\"\"\"",
        ],
        caps: ["usd": "5000.00"]))
    let rows = """
      return [...document.querySelectorAll('#table tbody tr')].map((row) => row.outerHTML);
      """
    try browser.open(page, withScripts: false)
    let written: [String] = try browser.run(rows)
    #expect(try browser.run("return document.getElementById('tools').hidden", as: Bool.self))

    try browser.open(page)

    #expect(written.count == 3)
    #expect(try browser.run(rows) == written)
  }

  @Test func `it is dark for who likes it dark, fits a telephone, and prints on white`() throws {
    let page = try home.page(of: home.submit(plain(1200)))
    let background = "return getComputedStyle(document.body).backgroundColor"
    let shown = "return document.querySelectorAll('#table tbody tr').length"
    try browser.look()
    try browser.open(page)
    #expect(try browser.run(background) == "rgb(247, 247, 245)")
    #expect(try browser.run(shown, as: Int.self) == 100)

    try browser.look(isDark: true, width: 375)
    #expect(try browser.run(background) == "rgb(20, 24, 27)")
    #expect(
      try browser.run("return document.documentElement.scrollWidth <= 375", as: Bool.self))

    try browser.look(isDark: true, onPaper: true)
    _ = try browser.run(
      "window.dispatchEvent(new Event('beforeprint')); return true", as: Bool.self)
    #expect(try browser.run("return getComputedStyle(document.body).color") == "rgb(27, 33, 38)")
    #expect(
      try browser.run("return getComputedStyle(document.getElementById('tools')).display")
        == "none")
    #expect(try browser.run(shown, as: Int.self) == 1000)
    #expect(try browser.texts("p.first")[0].hasPrefix("The first 1,000 of 1,200 jobs."))
  }
}
