import JSON
import Testing

@Suite struct JSONWriterTests {
  @Test func `members and elements are written in their order, without spaces`() {
    let value: JSONValue = [
      "batch": "b-1", "jobs": 847, "halted": true, "halt": nil,
      "keys": ["a", .integer(-1), [], [:]],
    ]

    #expect(
      value.text == #"{"batch":"b-1","jobs":847,"halted":true,"halt":null,"keys":["a",-1,[],{}]}"#)
  }

  @Test(arguments: [
    ("plain", #""plain""#),
    ("\"\\/", #""\"\\/""#),
    ("a\n\r\tb", #""a\n\r\tb""#),
    ("\0\u{1B}[2J\u{7F}", #""\u0000\u001b[2J\u007f""#),
    ("\u{85}\u{9B}\u{2028}\u{2029}", #""\u0085\u009b\u2028\u2029""#),
    ("a\u{202E}b\u{200B}\u{E0001}", #""a\u202eb\u200b\udb40\udc01""#),
    ("Zoë 東京 😀", #""Zoë 東京 😀""#),
  ])
  func `a string is harmless on a terminal`(string: String, written: String) {
    #expect(JSONValue.string(string).text == written)
  }

  @Test func `what may be missing is null`() {
    #expect(JSONValue.optional("a").text == #""a""#)
    #expect(JSONValue.optional(String?.none).text == "null")
    #expect(JSONValue.optional(Int64(7)).text == "7")
  }

  @Test(arguments: 0..<200)
  func `what is written reads back the same`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let value = randomValue(depth: 4, using: &random)

    #expect(try JSONValue(JSONReader.read(Array(value.text.utf8))) == value)
  }

  @Test(arguments: 0..<20)
  func `no bytes crash the reader`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let alphabet =
      Array(#"{}[]:,"\u0d8e-+.Etruefalsn \#n"#.utf8) + [0x00, 0x7F, 0x80, 0xC3, 0xE2, 0xF0, 0xFF]
    let document = Array(randomValue(depth: 3, using: &random).text.utf8)

    for _ in 0..<200 {
      var broken = document
      for _ in 0..<Int.random(in: 1...3, using: &random) where !broken.isEmpty {
        let index = Int.random(in: broken.indices, using: &random)
        broken[index] = alphabet.randomElement(using: &random) ?? 0
      }
      let noise = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        alphabet.randomElement(using: &random) ?? 0
      }
      for bytes in [broken, noise, broken.dropLast(3) + noise] { _ = try? JSONReader.read(bytes) }
    }
  }
}

private func randomValue(depth: Int, using random: inout SeededGenerator) -> JSONValue {
  switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &random) {
  case 0: .null
  case 1: .bool(.random(using: &random))
  case 2: .integer(.random(in: .min ... .max, using: &random))
  case 3: .string(randomText(using: &random))
  case 4: .array((0..<3).map { _ in randomValue(depth: depth - 1, using: &random) })
  default:
    .object(
      (0..<3).map { _ in
        JSONMember(
          key: randomText(using: &random), value: randomValue(depth: depth - 1, using: &random))
      })
  }
}

private func randomText(using random: inout SeededGenerator) -> String {
  var text = String.UnicodeScalarView()
  for _ in 0..<Int.random(in: 0..<12, using: &random) {
    let limit: UInt32 = [0x80, 0x3000, 0x11_0000].randomElement(using: &random) ?? 0x80
    text.append(Unicode.Scalar(UInt32.random(in: 0..<limit, using: &random)) ?? "?")
  }
  return String(text)
}

extension JSONValue {
  /// The value of a node that was read; only for numbers that are integers.
  fileprivate init(_ node: JSONNode) throws {
    switch node.content {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .integer(value)
    case .number(let text): self = try #require(Int64(text).map(JSONValue.integer))
    case .string(let value): self = .string(value)
    case .array(let elements): self = .array(try elements.map(JSONValue.init))
    case .object(let members):
      self = .object(try members.map { JSONMember(key: $0.key, value: try JSONValue($0.value)) })
    }
  }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
