import Domain
import Queue
import Report
import Testing

@Suite struct HTMLReportTests {
  @Test func `the page opens with the line of the text report`() throws {
    let page = try page(of: capHalted)

    #expect(page.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">\n"))
    #expect(page.hasSuffix("</body>\n</html>\n"))
    #expect(page.contains("<title>Sluice · overdue-20261122-7k2m</title>"))
    let line = try #require(try TextReport.text(capHalted.facts()).split(separator: "\n").first)
    #expect(text(of: try element("p class=\"headline\"", in: page)) == line)
    for words in [
      "<li>job file <bdi>overdue</bdi></li>", "sandbox: no money moves",
      "Halted at job #252 (cap_exhausted): 1.99 usd would pass the batch&#39;s cap of 500.00 usd",
      "sluice amend overdue-20261122-7k2m --cap usd=1685.53\n",
      "<dt>planned by</dt><dd><bdi>billing-agent</bdi></dd>",
      "<bdi>cap_<wbr>exhausted</bdi>",
      "<td class=\"n\">500.00</td>", "<dd><code>vk_id_7k2mbcdf</code></dd>",
      "<dd><code>1712:9f3c0a5be1d2c4f7</code></dd>",
      "<time datetime=\"2026-11-22T10:00:00Z\">2026-11-22T10:00:00Z</time>",
    ] {
      #expect(page.contains(words), "\(words)")
    }
  }

  @Test func `a page names nothing that could be asked for, and its policy lets nothing be`() throws
  {
    let page = try page(of: capHalted)

    for word in ["http:", "https:", " src=", "@import", " style=", "url(h", "url(\"", "<link"] {
      #expect(!page.contains(word), "\(word)")
    }
    let policy = try #require(page.split(separator: "Content-Security-Policy\" content=\"").last)
      .prefix { $0 != "\"" }
    let rules = policy.split(separator: "; ").map(String.init)
    #expect(rules.first == "default-src 'none'")
    #expect(rules.filter { $0.contains("-src") }.count == 3)
    #expect(!policy.contains("unsafe") && !policy.contains("*") && !policy.contains("data:"))
  }

  @Test(arguments: [
    "<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "<!--<script>",
    "]]></svg><h1>", "\"><b x=\"", "' onclick='x", "&lt;b&gt;&#60;", "\u{2028}\u{2029}", "</style>",
    "\u{1B}[2J\u{202E}paid\r\n", "\\u003cb>", "e" + String(repeating: "\u{301}", count: 99),
  ])
  func `whatever others wrote stays text in every place`(_ evil: String) throws {
    var sample = Sample(
      state: .halted, halt: Halt(reason: .unsettled, number: 1, message: evil),
      approvals: [approval(by: evil, excluded: "1-9", note: evil)], planner: evil, jobFile: evil)
    let details = SettlementDetails(object: evil, code: evil, message: evil)
    sample.add(1, .unknown, text: evil, details: details)
    sample.add(1, .declined, text: evil, details: details)

    let plain = try page(of: sample.replacing(evil))
    let page = try page(of: sample)

    #expect(tags(of: page).difference(from: tags(of: plain)).isEmpty)
    #expect(!page.unicodeScalars.contains { $0 != "\n" && isUnprintable($0) })
  }

  @Test func `a job's data say what its row says`() throws {
    var sample = Sample(family: .refund)
    sample.add(1, .declined, 123_456, text: "<a&b>", details: SettlementDetails(message: "No."))

    let page = try page(of: sample)

    #expect(
      page.contains(
        """
        <tr><th scope="row">#1</th><td class="n">2</td><td>&lt;a&amp;b&gt;</td>\
        <td>&lt;a&amp;b&gt;</td><td></td><td class="word">charges.create</td>\
        <td class="n">1,234.56 usd</td>\
        <td class="word"><span class="outcome declined">declined</span></td>\
        <td>declined<small>No.</small></td><td></td><td class="word">\
        <time datetime="2026-11-22T10:00:00Z">2026-11-22T10:00:00Z</time></td></tr>
        <script type="application/json" class="jobs">[[1,2,"\\u003ca&b>","\\u003ca&b>","",\
        "charges.create",123456,0,1,"declined","",1795341600,"No."]]</script>
        """))
  }

  @Test func `ten thousand jobs pass in pieces, of which the first thousand are rows`() throws {
    let count = 10_000
    let amount = Money(minorUnits: 1, currency: usd)
    var sample = Sample()
    sample.jobs = Array(repeating: job(1, .charged, amount), count: count)
    let facts = try sample.facts()
    var (largest, rows, points) = (0, 0, 0)

    try HTMLReport.write(
      facts,
      jobs: { body throws(Fault) in
        for number in 1...count { try body(job(number, .charged, amount)) }
      },
      to: { piece throws(Fault) in
        largest = max(largest, piece.utf8.count)
        for line in piece.split(separator: "\n") {
          rows += line.hasPrefix("<tr><th scope=\"row\">#") ? 1 : 0
          if line.hasPrefix("<polyline class=\"moved\"") {
            points = line.split(separator: " ").count - 2
          }
        }
      })

    #expect(largest < 64 * 1024)
    #expect(rows == 1000)
    #expect(points == 601)
  }

  @Test func `a batch that lacks a job is no page`() throws {
    var sample = Sample()
    sample.add(2, .charged)
    let facts = try sample.facts()
    let jobs = sample.jobs.dropLast()
    var written = ""

    let fault = #expect(throws: Fault.self) {
      try HTMLReport.write(
        facts, jobs: { body throws(Fault) in for job in jobs { try body(job) } },
        to: { piece throws(Fault) in written += piece })
    }

    #expect(fault?.exit == .internalError)
    #expect(written == "")
  }
}

extension Sample {
  /// The same batch, its words harmless.
  fileprivate func replacing(_ evil: String) -> Sample {
    var sample = Sample(
      state: state, halt: halt.map { Halt(reason: $0.reason, number: $0.number, message: "x") },
      approvals: [approval(by: "x", excluded: "1-9", note: "x")], planner: "x", jobFile: "x")
    let details = SettlementDetails(object: "x", code: "x", message: "x")
    sample.add(1, .unknown, text: "x", details: details)
    sample.add(1, .declined, text: "x", details: details)
    return sample
  }
}
