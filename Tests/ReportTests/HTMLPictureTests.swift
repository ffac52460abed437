import Domain
import Queue
import Report
import Testing

@Suite struct HTMLPictureTests {
  @Test func `the picture is the run, job by job, under its cap`() throws {
    var sample = Sample(
      state: .halted, halt: Halt(reason: .capExhausted, number: 4, message: "too much"),
      limits: [usd: 1000])
    sample.add(1, .charged, 500)
    sample.add(1, .declined, 300)
    sample.add(1, .charged, 400)
    sample.add(1, .queued, 800)

    let page = try page(of: sample)

    // 2,000 is planned, so that is the top of 10,000 units, and the cap is half way up.
    #expect(page.contains("viewBox=\"0 0 4 10000\""))
    #expect(
      page.contains(
        "<polyline class=\"moved\" points=\"0,10000 1,7500 2,7500 3,5500 4,5500\"/>"))
    #expect(
      page.contains("<polyline class=\"plan\" points=\"0,10000 1,7500 2,6000 3,4000 4,0\"/>"))
    #expect(page.contains("<line class=\"cap\" x1=\"0\" x2=\"4\" y1=\"5000\" y2=\"5000\"/>"))
    #expect(page.contains("<text class=\"halt\" x=\"75.00%\" y=\"12\" text-anchor=\"middle\">"))
    #expect(
      page.contains(
        """
        <desc id="picture-usd-text">Of 4 jobs in their order, planned at 20.00 usd, 9.00 usd is \
        charged. The cap is 10.00 usd. It halted at job #4.</desc>
        """))
  }

  @Test func `what is held stands on what is charged`() throws {
    var sample = Sample(limits: [usd: 1000])
    sample.add(1, .charged, 500)
    sample.add(1, .unknown, 500)

    let page = try page(of: sample)

    #expect(
      page.contains("<polygon class=\"held\" points=\"0,10000 1,5000 2,0 2,5000 1,5000 0,10000\"/>")
    )
    #expect(page.contains("held <b>5.00 usd</b>"))
  }

  @Test func `each currency has a picture and a bar of its own`() throws {
    var sample = Sample(limits: [usd: 1000, jpy: 900])
    sample.add(1, .charged, 1000)
    sample.add(1, .charged, 500, jpy)

    let page = try page(of: sample)

    #expect(page.contains("<polyline class=\"moved\" points=\"0,10000 1,0 2,0\"/>"))
    #expect(page.contains("<polyline class=\"moved\" points=\"0,10000 1,10000 2,4445\"/>"))
    #expect(page.contains("aria-label=\"jpy: charged 100.00%\""))
    #expect(page.contains("aria-label=\"jobs: charged 100.00%\""))
  }

  @Test func `a plan that is far above all else does not press it to the ground`() throws {
    var sample = Sample(limits: [usd: 1000])
    sample.add(1, .charged, 1000)
    sample.add(1, .skipped, 50_000, skipReason: .noPaymentMethod)

    let page = try page(of: sample)

    #expect(page.contains("<polyline class=\"moved\" points=\"0,10000 1,0 2,0\"/>"))
    #expect(!page.contains("<polyline class=\"plan\""))
    #expect(page.contains("planned <b>510.00 usd</b>"))
  }

  @Test func `one job among many is wide enough to be seen`() throws {
    var sample = Sample(limits: [usd: 900_000])
    sample.add(2_999, .charged)
    sample.add(1, .unknown)

    let page = try page(of: sample)

    #expect(page.contains("<rect class=\"part\" x=\"0.00%\" width=\"99.00%\""))
    #expect(page.contains("<rect class=\"part\" x=\"99.00%\" width=\"1.00%\""))
    #expect(page.contains("aria-label=\"jobs: charged 99.96%, unknown 0.03%\""))
  }

  @Test func `the largest amounts there are can be drawn`() throws {
    let most = Money.maximumLimitMinorUnits
    var sample = Sample(limits: [usd: most])
    sample.add(2, .charged, most / 2)

    #expect(try page(of: sample).contains("points=\"0,10000 1,5001 2,1\""))
  }
}

/// The whole page of a sample.
func page(of sample: Sample) throws -> String {
  var page = ""
  let jobs = sample.jobs
  try HTMLReport.write(
    try sample.facts(), jobs: { body throws(Fault) in for job in jobs { try body(job) } },
    to: { piece throws(Fault) in page += piece })
  return page
}

/// What stands in the first element that begins with these words, up to the end of its line.
func element(_ opening: String, in page: String) throws -> Substring {
  let rest = try #require(page.split(separator: "<\(opening)>", maxSplits: 1).last)
  return rest.prefix { $0 != "\n" }
}

/// Markup without its tags.
func text(of markup: some StringProtocol) -> String {
  markup.split(separator: "<").map { piece in
    piece.split(separator: ">", maxSplits: 1, omittingEmptySubsequences: false).last ?? ""
  }.joined()
}

/// Every tag, without what its attributes say.
func tags(of page: String) -> [String] {
  page.split(separator: "<").dropFirst().map { piece in
    String(piece.prefix { $0.isLetter || $0.isNumber || $0 == "/" || $0 == "!" })
      + String(piece.prefix { $0 != ">" }.filter { $0 == "=" })
  }
}
