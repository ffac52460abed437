import Domain
import Testing

@Suite struct MoneyTests {
  @Test(arguments: [
    ("19.99", "usd", 1999), ("20.00", "usd", 2000), ("0.01", "usd", 1), ("0020.00", "usd", 2000),
    ("999999.99", "usd", 99_999_999), ("500", "jpy", 500), ("99999999", "jpy", 99_999_999),
    ("1.230", "kwd", 1230), ("0.010", "bhd", 10), ("5.00", "isk", 500), ("100.00", "ugx", 10000),
  ])
  func `decimal text is an amount`(_ text: String, _ code: String, _ minorUnits: Int64) throws {
    let money = try Money(decimal: text, currency: currency(code))

    #expect(money.minorUnits == minorUnits)
    #expect(money.currency.code == code)
  }

  @Test(arguments: rejectedDecimals)
  func `text that is no amount says how to write one`(
    _ text: String, _ code: String, _ message: String
  ) {
    #expect(throws: MoneyError(message: message)) {
      try Money(decimal: text, currency: currency(code))
    }
  }

  @Test(arguments: [("1999", "usd", 1999), ("1", "jpy", 1), ("1230", "kwd", 1230)])
  func `digits are minor units`(_ text: String, _ code: String, _ minorUnits: Int64) throws {
    #expect(try Money(minorText: text, currency: currency(code)).minorUnits == minorUnits)
  }

  @Test(arguments: rejectedMinorUnits)
  func `text that is no count of minor units says so`(
    _ text: String, _ code: String, _ message: String
  ) {
    #expect(throws: MoneyError(message: message)) {
      try Money(minorText: text, currency: currency(code))
    }
  }

  @Test func `a limit may be larger than what one operation moves`() throws {
    #expect(try Money(limit: "1000000.00", currency: currency("usd")).minorUnits == 100_000_000)
    #expect(
      try Money(limit: "9999999999999.99", currency: currency("usd")).minorUnits
        == Money.maximumLimitMinorUnits)
  }

  @Test(arguments: rejectedLimits)
  func `a limit is an amount above zero and far from overflow`(
    _ text: String, _ code: String, _ message: String
  ) {
    #expect(throws: MoneyError(message: message)) {
      try Money(limit: text, currency: currency(code))
    }
  }

  @Test(arguments: ["usd", "jpy", "kwd", "isk"])
  func `decimal text reads back as the same amount`(_ code: String) throws {
    let currency = try currency(code)
    var random = SeededGenerator(seed: 1)
    for _ in 0..<500 {
      let steps = Int64.random(in: 1...(Money.maximumMinorUnits / currency.step), using: &random)
      let money = Money(minorUnits: steps * currency.step, currency: currency)

      #expect(try Money(decimal: money.decimal, currency: currency) == money)
      #expect(try Money(minorText: String(money.minorUnits), currency: currency) == money)
      #expect(try Money(limit: money.decimal, currency: currency) == money)
    }
  }

  @Test(arguments: [
    (118604, "usd", "1186.04", "1,186.04 usd"), (5, "usd", "0.05", "0.05 usd"),
    (0, "usd", "0.00", "0.00 usd"), (-118604, "usd", "-1186.04", "-1,186.04 usd"),
    (500, "jpy", "500", "500 jpy"), (1_234_567, "jpy", "1234567", "1,234,567 jpy"),
    (1_234_567, "kwd", "1234.567", "1,234.567 kwd"),
    (Int64.min, "usd", "-92233720368547758.08", "-92,233,720,368,547,758.08 usd"),
  ])
  func `an amount is written plainly for programs and grouped for people`(
    _ minorUnits: Int64, _ code: String, _ decimal: String, _ description: String
  ) throws {
    let money = Money(minorUnits: minorUnits, currency: try currency(code))

    #expect(money.decimal == decimal)
    #expect(money.description == description)
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (1_186_040, "1,186,040"), (-1000, "-1,000"),
  ])
  func `digits stand in groups of three`(_ count: Int, _ text: String) {
    #expect(groupedDigits(count) == text)
  }
}

private let rejectedDecimals = [
  ("19.999", "usd", #"usd amounts have exactly 2 decimals, "19.999" has 3"#),
  ("19.9", "usd", #"usd amounts have exactly 2 decimals, "19.9" has 1"#),
  ("1.23", "kwd", #"kwd amounts have exactly 3 decimals, "1.23" has 2"#),
  ("500.00", "jpy", #"jpy amounts have no decimals, "500.00" has 2"#),
  ("1e3", "usd", #""1e3" is not an amount in usd: write plain digits like 19.99"#),
  ("1,000.00", "usd", #""1,000.00" is not an amount in usd: write plain digits like 19.99"#),
  ("NaN", "usd", #""NaN" is not an amount in usd: write plain digits like 19.99"#),
  ("$5.00", "usd", #""$5.00" is not an amount in usd: write plain digits like 19.99"#),
  ("5.00 ", "usd", #""5.00 " is not an amount in usd: write plain digits like 19.99"#),
  ("+5.00", "usd", #""+5.00" is not an amount in usd: write plain digits like 19.99"#),
  ("0x10", "usd", #""0x10" is not an amount in usd: write plain digits like 19.99"#),
  ("", "usd", #""" is not an amount in usd: write plain digits like 19.99"#),
  (".50", "usd", #"".50" is not an amount in usd: write plain digits like 19.99"#),
  ("5.", "usd", #""5." is not an amount in usd: write plain digits like 19.99"#),
  ("5.00.00", "usd", #""5.00.00" is not an amount in usd: write plain digits like 19.99"#),
  ("٥.٠٠", "usd", #""٥.٠٠" is not an amount in usd: write plain digits like 19.99"#),
  ("1.5e2", "kwd", #""1.5e2" is not an amount in kwd: write plain digits like 19.990"#),
  ("x", "jpy", #""x" is not an amount in jpy: write plain digits like 1999"#),
  ("x", "isk", #""x" is not an amount in isk: write plain digits like 1999.00"#),
  ("-5.00", "usd", #"the amount must be more than zero, not "-5.00""#),
  ("0.00", "usd", #"the amount must be more than zero, not "0.00""#),
  ("0", "usd", #"the amount must be more than zero, not "0""#),
  ("0", "jpy", #"the amount must be more than zero, not "0""#),
  (
    "500", "usd",
    #""500" could mean 5.00 or 500.00 usd; write one of them"#
  ),
  (
    "7", "kwd",
    #""7" could mean 0.007 or 7.000 kwd; write one of them"#
  ),
  ("1000000.00", "usd", #""1000000.00" is over the most Stripe moves at once, 999,999.99 usd"#),
  ("100000000", "jpy", #""100000000" is over the most Stripe moves at once, 99,999,999 jpy"#),
  ("92233720368547758.08", "usd", #""92233720368547758.08" is too large"#),
  ("9223372036854775808", "usd", #""9223372036854775808" is too large"#),
  ("9223372036854775808", "jpy", #""9223372036854775808" is too large"#),
  ("1.005", "kwd", #""1.005": kwd amounts go in steps of 0.010"#),
  ("5.50", "isk", #""5.50": isk amounts go in steps of 1.00"#),
  ("0.01", "ugx", #""0.01": ugx amounts go in steps of 1.00"#),
]

private let rejectedMinorUnits = [
  ("12.50", "usd", #"amount_minor must be an integer of minor units, not "12.50""#),
  ("1e3", "usd", #"amount_minor must be an integer of minor units, not "1e3""#),
  ("+5", "usd", #"amount_minor must be an integer of minor units, not "+5""#),
  ("", "usd", #"amount_minor must be an integer of minor units, not """#),
  ("-5", "usd", #"amount_minor must be positive, not "-5""#),
  ("0", "usd", #"the amount must be more than zero, not "0""#),
  ("100000000", "usd", #""100000000" is over the most Stripe moves at once, 999,999.99 usd"#),
  ("9223372036854775808", "usd", #""9223372036854775808" is too large"#),
  ("1005", "kwd", #""1005": kwd amounts go in steps of 0.010"#),
  ("150", "isk", #""150": isk amounts go in steps of 1.00"#),
]

private let rejectedLimits = [
  ("0.00", "usd", #"the amount must be more than zero, not "0.00""#),
  ("-1.00", "usd", #"the amount must be more than zero, not "-1.00""#),
  ("10000000000000.00", "usd", #""10000000000000.00" is too large"#),
  ("9223372036854775808", "jpy", #""9223372036854775808" is too large"#),
  ("lots", "usd", #""lots" is not an amount in usd: write plain digits like 19.99"#),
]
