import Domain
import Planner
import Testing

@Suite struct LoweredCapTests {
  @Test func `only the batch cap in that currency is lowered`() throws {
    let jobFile = try capped()

    let lowered = try jobFile.lowered(to: try money("400.00", "usd"))

    #expect(lowered.policy.caps.map(\.limit.minorUnits) == [40_000, 90_000, 70_000])
    #expect(lowered.policy.caps.map(\.per) == jobFile.policy.caps.map(\.per))
    #expect(lowered.bytes == jobFile.bytes)
    #expect(try lowered.lowered(to: try money("500", "jpy")).policy.caps[1].limit.minorUnits == 500)
  }

  @Test func `the cap itself is taken and one minor unit more is not`() throws {
    let jobFile = try capped()

    #expect(try jobFile.lowered(to: try money("500.00", "usd")) == jobFile)
    #expect(
      throws: Fault(
        .notAllowed, "the job file's cap is 500.00 usd; --cap can only lower it",
        hint: "edit the job file, or raise the batch's cap with `sluice amend` once it is approved")
    ) {
      try jobFile.lowered(to: try money("500.01", "usd"))
    }
  }

  @Test func `a currency without a batch cap has none to lower`() throws {
    #expect(
      throws: Fault(
        .usage, "the job file has no batch cap in eur, so there is none to lower",
        hint: "--cap takes usd, jpy")
    ) {
      try capped().lowered(to: try money("1.00", "eur"))
    }
  }

  private func capped() throws -> JobFile {
    try jobFile(
      policy: #""allowed_operations":["charges.create"],"caps":[CAP,"#
        + #"{"per":"batch","amount":"90000","currency":"jpy"},DAY]"#)
  }

  private func money(_ text: String, _ currency: String) throws -> Money {
    try Money(limit: text, currency: try #require(Currency(currency)))
  }
}

@Suite struct FreeTextTests {
  @Test(arguments: ["Agreed with Ana, see INV-7", String(repeating: "é", count: 500)])
  func `what a person would write passes`(text: String) throws {
    try FreeText.check(text, "--note")
  }

  @Test(arguments: [
    (
      "key rk_live_0123456789",
      "the text of --note looks like it holds an API key, which must not be stored"
    ),
    (
      "4242 4242 4242 4242",
      "the text of --note looks like it holds a card number, which must not be stored"
    ),
    ("a\nb", "the text of --note holds the control character line break"),
    ("a\u{1B}[2J", "the text of --note holds the control character U+001B"),
    (
      String(repeating: "é", count: 501),
      "the text of --note has 501 characters, 500 is the most"
    ),
  ])
  func `what must not be stored is refused and not repeated`(text: String, message: String) {
    #expect(throws: Fault(.usage, message, hint: "write --note again without it")) {
      try FreeText.check(text, "--note")
    }
  }

  @Test(arguments: [
    "\u{600}rk_live_0123456789", "(rk_live_01234567\u{20D0}", "é_rk_live_0123456789",
  ])
  func `a key among a person's words is cut, whatever stands around it`(text: String) {
    #expect(!FreeText.withoutKeys(text).contains("01234567"))
  }
}
