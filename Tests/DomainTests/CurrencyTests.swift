import Domain
import Testing

@Suite struct CurrencyTests {
  @Test(arguments: [("usd", 2, 1), ("jpy", 0, 1), ("kwd", 3, 10)])
  func `a currency has its decimals and its step`(
    _ code: String, _ decimals: Int, _ step: Int64
  ) throws {
    let currency = try currency(code)

    #expect(currency.decimals == decimals)
    #expect(currency.step == step)
  }

  @Test(arguments: ["isk", "ugx"])
  func `whole-unit currencies are written with two decimals that are zero`(_ code: String) throws {
    let currency = try currency(code)

    #expect(currency.decimals == 2)
    #expect(currency.step == 100)
  }

  @Test(
    arguments: [
      "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf",
      "xof", "xpf",
    ])
  func `Stripe's zero-decimal currencies have no decimals`(_ code: String) throws {
    #expect(try currency(code).decimals == 0)
  }

  @Test(arguments: ["bhd", "jod", "kwd", "omr", "tnd"])
  func `Stripe's three-decimal currencies end in a zero`(_ code: String) throws {
    #expect(try currency(code).decimals == 3)
    #expect(try currency(code).step == 10)
  }

  @Test func `the code is read in either case and kept as Stripe spells it`() {
    #expect(Currency("USD")?.code == "usd")
    #expect(Currency("Eur")?.description == "eur")
    #expect(Currency("USD") == Currency("usd"))
  }

  @Test(arguments: ["", "us", "usdd", "zzz", "usd ", " usd", "u$d", "dollar"])
  func `what Stripe does not charge in is no currency`(_ code: String) {
    #expect(Currency(code) == nil)
  }
}
