import CLI
import Domain
import Testing

@Suite struct ProgressBarTests {
  @Test func `a line of 80 columns says all there is to say`() throws {
    let bar = try halfway()

    #expect(
      bar.line(columns: 80)
        == "[#####.....]  50% · 312.40 of 500.00 usd · 6 declined · 12.3 jobs/s · 0:41 left")
  }

  @Test func `every line fits its terminal, and loses the least important first`() throws {
    let bar = try halfway()
    let lines = (8...200).map { (columns: $0, text: bar.line(columns: $0)) }

    for line in lines { #expect(line.text.count < line.columns, "\(line)") }
    #expect(bar.line(columns: 70).hasSuffix("· 312.40 of 500.00 usd · 6 declined · 0:41 left"))
    #expect(bar.line(columns: 60).hasSuffix("]  50% · 312.40 of 500.00 usd · 0:41 left"))
    #expect(bar.line(columns: 50).hasSuffix("]  50% · 312.40 of 500.00 usd"))
    #expect(bar.line(columns: 30) == " 50% · 312.40 of 500.00 usd")
    #expect(bar.line(columns: 20) == "[######......]  50%")
    #expect(bar.line(columns: 8) == " 50%")
    #expect(bar.line(columns: 200).hasPrefix("[###############...............]  50% · "))
  }

  @Test func `nothing is measured in the first second`() throws {
    var bar = try halfway()
    bar.elapsed = Milliseconds(999)

    #expect(!bar.line(columns: 120).contains("jobs/s"))
    #expect(!bar.line(columns: 120).contains("left"))
  }

  @Test func `the ends are a full bar, and no time left`() throws {
    var bar = try halfway()
    bar.done = 1000

    #expect(bar.line(columns: 44) == "[#############] 100% · 312.40 of 500.00 usd")
    #expect(!bar.line(columns: 120).contains("left"))
    #expect(ProgressBar().line(columns: 20) == "[############] 100%")
  }

  @Test func `several currencies, refusals of Stripe's and hours are told`() throws {
    var bar = try halfway()
    bar.total = 100_000
    bar.rejected = 1
    bar.amounts.append(CappedAmount(try money(1_234_567, "jpy"), cap: nil))
    let line = bar.line(columns: 140)

    #expect(line.contains("312.40 of 500.00 usd + 1,234,567 jpy"))
    #expect(line.contains("6 declined, 1 rejected"))
    #expect(line.hasSuffix("2:14:40 left"))
  }

  @Test func `a wait stands in place of the bar`() throws {
    var bar = try halfway()
    bar.wait = "waiting 3 s: Stripe asks to slow down"

    #expect(
      bar.line(columns: 80)
        == " 50% · 312.40 of 500.00 usd · waiting 3 s: Stripe asks to slow down")
    #expect(bar.line(columns: 40) == " 50% · 312.40 of 500.00 usd · waitin...")
  }

  /// A run of 1,000 jobs after 500 of them, 12.3 a second.
  private func halfway() throws -> ProgressBar {
    var bar = ProgressBar()
    bar.total = 1000
    bar.done = 500
    bar.declined = 6
    bar.settledHere = 500
    bar.elapsed = Milliseconds(40_600)
    bar.amounts = [CappedAmount(try money(31_240, "usd"), cap: 50_000)]
    return bar
  }

  private func money(_ minorUnits: Int64, _ code: String) throws -> Money {
    Money(minorUnits: minorUnits, currency: try #require(Currency(code)))
  }
}
