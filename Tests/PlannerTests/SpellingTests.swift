import Foundation
import Planner
import Testing

struct SpellingTests {
  @Test(arguments: [
    "INV-1", "Zürich 7", "がぎ", "한글-7", "Ωμέγα", "क", "漢字", "ﬁ", "５", "É/é", "№ 12", "❤",
  ])
  func `an ordinary reference is spelled in one way`(text: String) {
    #expect(Spelling.problem(in: text) == nil)
  }

  @Test(arguments: [
    ("か\u{3099}", "U+3099"), ("は\u{309A}", "U+309A"), ("क\u{93C}", "U+093C"),
    ("\u{9C7}\u{9BE}", "U+09BE"), ("\u{1112}\u{1161}", "U+1112"), ("\u{A960}", "U+A960"),
    ("\u{D7B0}", "U+D7B0"), ("\u{212B}", "U+212B"), ("\u{2126}", "U+2126"), ("\u{37E}", "U+037E"),
    ("\u{F900}", "U+F900"), ("\u{2F800}", "U+2F800"), ("q\u{323}\u{307}", "U+0323"),
    ("x\u{F73}", "U+0F73"), ("a\u{FE0F}", "U+FE0F"), ("a\u{34F}", "U+034F"),
    ("a\u{3164}", "U+3164"), ("a\u{AD}", "U+00AD"), ("a\u{2009}b", "U+2009"),
  ])
  func `what can be written in two ways, or not be seen, is named`(
    text: String, scalar: String
  ) throws {
    #expect(try #require(Spelling.problem(in: text)).contains(scalar))
  }

  @Test func `no two accepted texts that are the same to Swift differ in their bytes`() {
    var seen: Set<String> = []
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value), isAssigned(scalar), isAccepted(scalar)
      else { continue }
      let text = String(scalar)
      if !seen.insert(text).inserted { Issue.record("\(hex(scalar)) has a twin") }
      let parts = Array(text.decomposedStringWithCanonicalMapping.unicodeScalars)
      // Each character begins with its base, and no rest of one is accepted alone: so the parts of
      // a whole text can be read back as one row of characters only.
      if parts[0].properties.canonicalCombiningClass != .notReordered {
        Issue.record("\(hex(scalar)) begins with a mark")
      }
      for part in parts.dropFirst() where isAccepted(part) {
        Issue.record("\(hex(scalar)) may also be written with \(hex(part))")
      }
    }
    #expect(seen.count > 100_000)
  }
}

/// Whether it is a character that somebody could write; most of Unicode is still empty.
private func isAssigned(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .unassigned, .privateUse: false
  default: true
  }
}

private func isAccepted(_ scalar: Unicode.Scalar) -> Bool {
  Spelling.problem(in: String(scalar)) == nil
}

private func hex(_ scalar: Unicode.Scalar) -> String {
  "U+" + String(scalar.value, radix: 16, uppercase: true)
}
