import Foundation
import Support
import Testing

@Suite struct TableTests {
  let home: PageHome
  let browser: Browser

  init() throws {
    home = try PageHome()
    browser = try Browser()
    let lines = (1...120).map { "cus_\($0),\(121 - $0).00,in_\($0)" }
    let unlike = ["cus_decline_lost_card,3.25,Über", "cus_missing,1000.00,a.b"]
    try browser.open(
      try home.page(of: home.run(unlike + lines, caps: ["usd": "90000.00"])))
  }

  @Test func `a page of as many jobs as are asked for opens and is searched`() throws {
    let given = ProcessInfo.processInfo.environment["SLUICE_PAGE_JOBS"]
    let count = given.flatMap { Int($0) } ?? 2_000
    let path = try home.page(of: home.submit(plain(count).map { $0 + "m" }))
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    let clock = ContinuousClock()

    let opened = try clock.measure { try browser.open(path) }
    var rows: [String] = []
    let searched = try clock.measure { rows = try found("in_\(count)m") }

    #expect(rows == ["#\(count)"])
    guard given != nil else { return }
    let memory = try browser.run("return performance.memory.usedJSHeapSize", as: Int.self)
    print(
      "\(count) jobs: \(size >> 20) MiB of page, ready after \(opened), searched in \(searched), "
        + "\(memory >> 20) MiB of the script's memory")
  }

  @Test func `a hundred rows are shown at a time`() throws {
    #expect(try status() == "1–100 of 122 jobs")
    #expect(try column(1).count == 100)

    try click("Last")
    #expect(try status() == "101–122 of 122 jobs")
    #expect(try column(1).last == "#122")
    try click("Previous")
    #expect(try column(1).first == "#1")
  }

  @Test func `jobs are found by what they say, by their number, amount and outcome`() throws {
    #expect(try found("ÜBER") == ["#1"])
    #expect(try found("a.b") == ["#2"])
    #expect(try found("lost_c") == ["#1"])
    #expect(try found("#12") == ["#12"])
    #expect(try found("1,000.00") == ["#2"])
    #expect(try found("119.00") == ["#4"])
    #expect(try found("in_12") == ["#14", "#122"])
    #expect(try found("(") == [])
    #expect(try status() == "no job (of 122)")
    #expect(try found("").count == 100)

    _ = try browser.run(
      """
      const outcome = document.querySelector('#tools select');
      outcome.selectedIndex = 2;
      outcome.dispatchEvent(new Event('change'));
      return true
      """, as: Bool.self)

    #expect(
      try browser.texts("#tools option").prefix(3) == ["all", "charged (120)", "declined (1)"])
    #expect(try column(1) == ["#1"])
    #expect(try status() == "1–1 of 1 jobs (of 122)")
  }

  @Test func `the keyboard sorts, and what is sorted says so`() throws {
    #expect(try sorted() == ["ascending of number"])

    try focus("amount")
    try browser.press(" ")
    #expect(try sorted() == ["ascending of amount"])
    #expect(try column(6).prefix(3) == ["1.00 usd", "2.00 usd", "3.00 usd"])
    #expect(try column(6)[3] == "3.25 usd")

    try browser.press("\u{E007}")
    #expect(try sorted() == ["descending of amount"])
    #expect(try column(6).prefix(2) == ["1,000.00 usd", "120.00 usd"])

    try focus("outcome")
    try browser.press(" ")
    #expect(try sorted() == ["ascending of outcome"])
    #expect(try column(1).first == "#3")
  }

  // MARK: The page

  private func status() throws -> String {
    try browser.run("return document.querySelector('.pages output').value")
  }

  /// What a column of the shown rows says, by its place.
  private func column(_ place: Int) throws -> [String] {
    try browser.texts("#table tbody tr > :nth-child(\(place))")
  }

  private func click(_ words: String) throws {
    _ = try browser.run(
      """
      [...document.querySelectorAll('button')].find((one) => one.textContent === arguments[0])
        .click();
      return true
      """, [words], as: Bool.self)
  }

  private func focus(_ column: String) throws {
    _ = try browser.run(
      """
      document.querySelector(`th[data-column=${arguments[0]}] button`).focus();
      return true
      """, [column], as: Bool.self)
  }

  /// The numbers of the jobs that a search shows.
  private func found(_ query: String) throws -> [String] {
    let before = try browser.await(
      """
      const search = document.querySelector('#tools input');
      search.value = '\(query)';
      search.dispatchEvent(new Event('input'));
      await new Promise((done) => setTimeout(done, 1));
      return true
      """, as: Bool.self)
    #expect(before)
    return try column(1)
  }

  private func sorted() throws -> [String] {
    try browser.run(
      """
      return [...document.querySelectorAll('[aria-sort]')]
        .map((head) => head.getAttribute('aria-sort') + ' of ' + head.textContent)
      """)
  }
}
