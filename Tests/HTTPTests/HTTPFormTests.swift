import HTTP
import Testing

struct HTTPFormTests {
  @Test func `a form keeps its order and escapes names and values`() {
    let form = HTTPForm.encode([
      (name: "amount", value: "100"), (name: "metadata[a b]", value: "x&y=z+é/"),
      (name: "empty", value: ""),
    ])

    #expect(form == "amount=100&metadata%5Ba%20b%5D=x%26y%3Dz%2B%C3%A9%2F&empty=")
  }

  @Test func `a zero byte is escaped like any other`() {
    #expect(HTTPForm.escape("a\0b c") == "a%00b%20c")
  }

  @Test func `a date of HTTP is read to the second`() {
    #expect(HTTPDate.milliseconds("Sun, 22 Nov 2026 10:00:00 GMT") == 1_795_341_600_000)
    #expect(HTTPDate.milliseconds("Thu, 01 Jan 1970 00:00:00 GMT") == 0)
  }

  @Test(arguments: ["", "now", "10:00", "2026-11-22T10:00:00Z", "soon GMT"])
  func `any other text is no date`(text: String) {
    #expect(HTTPDate.milliseconds(text) == nil)
  }
}
