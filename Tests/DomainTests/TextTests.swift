import Domain
import Testing

@Suite struct TextTests {
  @Test(arguments: [
    ("Plan fee, Zoë", "Plan fee, Zoë"), ("\u{1b}[2J", "\\u{1b}[2J"), ("a\nb\tc", "a\\u{a}b\\u{9}c"),
    ("\r\n", "\\u{d}\\u{a}"), ("\u{202e}evil", "\\u{202e}evil"), ("\u{200b}", "\\u{200b}"),
    ("\u{9b}31m", "\\u{9b}31m"), ("\u{2028}", "\\u{2028}"), ("\u{e000}", "\\u{e000}"),
    ("\0", "\\u{0}"), ("", ""),
  ])
  func `what could steer a terminal becomes a visible escape`(_ text: String, _ shown: String) {
    #expect(printable(text) == shown)
  }

  @Test func `quoted text is cut when it is long`() {
    let sixty = String(repeating: "x", count: 60)

    #expect(quoted("usd") == #""usd""#)
    #expect(quoted(sixty) == "\"\(sixty)\"")
    #expect(quoted(sixty + "y") == "\"\(sixty.prefix(57))...\"")
    #expect(quoted("a\u{1b}b") == #""a\u{1b}b""#)
  }

  @Test func `a character with endless accents is cut too`() {
    let text = "e" + String(repeating: "\u{301}", count: 10_000)

    #expect(quoted(text).unicodeScalars.count == 62)
  }

  @Test(arguments: [(0, "0 jobs"), (1, "1 job"), (2, "2 jobs"), (1186, "1,186 jobs")])
  func `a count takes its noun along`(_ count: Int, _ text: String) {
    #expect(counted(count, "job") == text)
  }

  @Test(arguments: [
    ("submti", "submit"), ("aprove", "approve"), ("lst", "list"), ("run", "run"), ("rum", "run"),
    ("reprot", "report"),
  ])
  func `a typo is close to what was meant`(_ typed: String, _ meant: String) {
    #expect(closest(to: typed, among: ["submit", "approve", "list", "run", "report"]) == meant)
  }

  @Test(arguments: ["refund", "zzz", "", "xxxxxxxxxxxx"])
  func `what is far from every name has no suggestion`(_ typed: String) {
    #expect(closest(to: typed, among: ["submit", "approve", "list", "run", "report"]) == nil)
  }

  @Test func `among no names none is close`() {
    #expect(closest(to: "run", among: []) == nil)
  }
}

@Suite struct IdentifierTests {
  @Test func `a job is named by its batch and its number`() {
    let job = JobID(batch: BatchID("overdue-20261122-7k2m"), number: 12)

    #expect(job.description == "overdue-20261122-7k2m#12")
    #expect(VaultKeyID("vk_id_2b").description == "vk_id_2b")
  }

  @Test func `random names have their length and only letters that are not misread`() {
    var random = SeededGenerator(seed: 7)
    let name = randomName(length: 200, using: &random)

    #expect(name.count == 200)
    #expect(name.allSatisfy { "23456789bcdfghjkmnpqrstvwxz".contains($0) })
    #expect(name != randomName(length: 200, using: &random))
  }
}
