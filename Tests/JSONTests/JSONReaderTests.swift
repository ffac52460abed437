import JSON
import Testing

private func read(_ text: String) throws -> JSONNode {
  try JSONReader.read(Array(text.utf8))
}

@Suite struct JSONReaderTests {
  @Test(arguments: [
    ("null", JSONNode.Content.null),
    ("true", .bool(true)),
    (" false\n", .bool(false)),
    ("0", .integer(0)),
    ("-0", .integer(0)),
    ("9223372036854775807", .integer(.max)),
    ("-9223372036854775808", .integer(.min)),
    ("9223372036854775808", .number("9223372036854775808")),
    ("1.50", .number("1.50")),
    ("-1e3", .number("-1e3")),
    ("1E+3", .number("1E+3")),
    ("0.0e-0", .number("0.0e-0")),
    ("\"\"", .string("")),
    (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{c}\n\r\t")),
    (#""\u0041\u00e9\u20AC""#, .string("Aé€")),
    (#""\ud83d\ude00 a""#, .string("😀 a")),
    (#""\u0000""#, .string("\0")),
    ("\"\u{7F}\u{2028}\"", .string("\u{7F}\u{2028}")),
    ("[]", .array([])),
    ("{ }", .object([])),
  ])
  func `what RFC 8259 allows is read`(text: String, content: JSONNode.Content) throws {
    #expect(try read(text).content == content)
  }

  @Test(arguments: [
    ("", "1:1 expected a value, found the end"),
    (" \n ", "2:2 expected a value, found the end"),
    ("\u{FEFF}1", "1:1 begins with a byte order mark; save it as UTF-8 without one"),
    ("1 2", "1:3 expected the end after the value, found \"2\""),
    ("[1,]", "1:4 expected a value, found \"]\""),
    ("[1 2]", "1:4 expected \",\" or \"]\", found \"2\""),
    ("[1", "1:3 expected \",\" or \"]\", found the end"),
    ("{\"a\":1,}", "1:8 expected a key in double quotes, found \"}\""),
    ("{a:1}", "1:2 expected a key in double quotes, found \"a\""),
    ("{\"a\" 1}", "1:6 expected \":\" after the key, found \"1\""),
    ("{\"a\":1 \"b\":2}", "1:8 expected \",\" or \"}\", found a double quote"),
    ("01", "1:2 a number has no leading zero"),
    ("-01", "1:3 a number has no leading zero"),
    ("+1", "1:1 expected a value, found \"+\""),
    (".5", "1:1 expected a value, found \".\""),
    ("1.", "1:3 expected a digit, found the end"),
    ("-", "1:2 expected a digit, found the end"),
    ("1e", "1:3 expected a digit, found the end"),
    ("0x1", "1:2 expected the end after the value, found \"x\""),
    ("NaN", "1:1 expected a value, found \"N\""),
    ("True", "1:1 expected a value, found \"T\""),
    ("nul", "1:4 expected null, found the end"),
    ("'a'", "1:1 expected a value, found \"'\""),
    ("// a\n1", "1:1 expected a value, found \"/\""),
    ("\"é", "1:3 the string is not closed"),
    ("\"é\n\"", "1:3 a control character in a string must be written as an escape"),
    ("\"\\x\"", "1:3 expected one of \\ / b f n r t u or a double quote after \"\\\", found \"x\""),
    ("\"\\u12g4\"", "1:6 expected four hexadecimal digits after \"\\u\", found \"g\""),
    ("\"a\\ud800\"", "1:3 half of a surrogate pair stands alone"),
    ("\"\\ud800\\u0041\"", "1:2 half of a surrogate pair stands alone"),
    ("\"\\ud800\\n\"", "1:2 half of a surrogate pair stands alone"),
    ("\"\\udc00\"", "1:2 half of a surrogate pair stands alone"),
    ("\u{1}", "1:1 expected a value, found the byte 0x01"),
    ("\u{A0}1", "1:1 expected a value, found the byte 0xc2"),
  ])
  func `what RFC 8259 forbids is refused with its place`(text: String, problem: String) {
    #expect(problem == refusal(of: Array(text.utf8)))
  }

  @Test(arguments: [
    ([0x22, 0xFF, 0x22], "1:2 invalid UTF-8"),
    ([0x22, 0xC3, 0xA9, 0xC3, 0x22], "1:3 invalid UTF-8"),
    ([0x22, 0xC0, 0x80, 0x22], "1:2 invalid UTF-8"),
    ([0x22, 0xED, 0xA0, 0x80, 0x22], "1:2 invalid UTF-8"),
    ([0x22, 0x5C, 0x6E, 0xF4, 0x90, 0x80, 0x80, 0x22], "1:4 invalid UTF-8"),
    ([0xFF, 0xFE, 0x31, 0x00], "1:1 expected a value, found the byte 0xff"),
  ])
  func `bytes that are no UTF-8 are refused with their place`(bytes: [UInt8], problem: String) {
    #expect(problem == refusal(of: bytes))
  }

  @Test func `nesting is limited`() throws {
    let brackets = { (depth: Int) in
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }

    _ = try read(brackets(64))
    #expect(refusal(of: Array(brackets(65).utf8)) == "1:65 arrays and objects nest too deep")
    #expect(
      refusal(of: Array(String(repeating: "{\"a\":", count: 100_000).utf8))
        == "1:321 arrays and objects nest too deep")
  }

  @Test func `a repeated key is kept so that the caller can name it`() throws {
    let node = try read(#"{"a":1,"b":2,"a":3}"#)

    #expect(node.members?.map(\.key) == ["a", "b", "a"])
    #expect(node["a"]?.integer == 1)
    #expect(node["c"] == nil)
  }

  @Test func `every value and key knows its place in characters`() throws {
    let node = try read("{\r\n  \"né\" : \"😀\", \"b\" :\n[ true]}")

    let members = try #require(node.members)
    #expect(members.map { [$0.line, $0.column] } == [[2, 3], [2, 15]])
    #expect([members[0].value.line, members[0].value.column] == [2, 10])
    #expect(members[1].value.array?.map { [$0.line, $0.column] } == [[3, 3]])
  }

  private func refusal(of bytes: [UInt8]) -> String {
    do throws(JSONError) {
      _ = try JSONReader.read(bytes)
      return "read"
    } catch {
      return "\(error.line):\(error.column) \(error.message)"
    }
  }
}
