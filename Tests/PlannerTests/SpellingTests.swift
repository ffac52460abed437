import Foundation
import Planner
import Testing

struct SpellingTests {
  @Test(arguments: [
    "INV-1", "Zürich 7", "がぎ", "한글-7", "Ωμέγα", "क", "漢字", "ﬁ", "５", "É/é", "№ 12", "❤",
    "ใบแจ้งหนี้-7", "क्र-12", "क\u{93C}-1", "பா-1", "山﨑-3", "ẹ\u{301}-4", "q\u{323}\u{307}", "שָׁלוֹם",
    "فاتورةٌ-5", "বিলঃ-8", "ឥណទាន-9", "บิลค่าน้ำ",
  ])
  func `an ordinary reference is spelled in one way`(text: String) {
    #expect(Spelling.problem(in: text) == nil)
  }

  @Test(arguments: [
    ("か\u{3099}", "U+304C"), ("は\u{309A}", "U+3071"), ("\u{928}\u{93C}", "U+0929"),
    ("\u{958}", "U+0915"), ("\u{9C7}\u{9BE}", "U+09CB"), ("\u{1112}\u{1161}", "U+D558"),
    ("하\u{11A8}", "U+D559"),
    ("\u{212B}", "U+00C5"), ("\u{2126}", "U+03A9"), ("\u{37E}", "U+003B"), ("\u{F900}", "U+8C48"),
    ("\u{2F800}", "U+4E3D"), ("q\u{307}\u{323}", "U+0323"), ("é\u{323}", "U+1EB9"),
    ("x\u{F73}", "U+0F71"), ("INV-1 e\u{301}", "U+00E9"),
  ])
  func `what is not composed is told what to write`(text: String, scalar: String) throws {
    #expect(try #require(Spelling.problem(in: text)).contains("(NFC), which has \(scalar) "))
  }

  @Test(arguments: [
    ("a\u{FE0F}", "U+FE0F"), ("a\u{34F}", "U+034F"), ("a\u{3164}", "U+3164"), ("a\u{AD}", "U+00AD"),
    ("a\u{2009}b", "U+2009"),
  ])
  func `what cannot be seen is named`(text: String, scalar: String) throws {
    #expect(try #require(Spelling.problem(in: text)).contains("invisible character \(scalar)"))
  }

  @Test func `of the ways to write a character, one is accepted`() {
    var accepted = Accepted()
    for scalar in written {
      let text = String(scalar)
      accepted.add([text, text.decomposedStringWithCanonicalMapping])
      if !isUnseen(scalar) { accepted.expectOne(of: text) }
    }
    #expect(accepted.count > 100_000)
  }

  @Test func `of the ways to write a letter and its marks, one is accepted`() {
    var accepted = Accepted()
    for letter in letters {
      for first in marks {
        for second in marks {
          let text = letter + first + second
          accepted.add([
            text, letter + second + first, composed(letter + first) + second,
            composed(letter + second) + first, text.decomposedStringWithCanonicalMapping,
            text.decomposedStringWithCanonicalMapping + second, composed(text),
          ])
          accepted.expectOne(of: text)
        }
      }
    }
    #expect(accepted.count > 20_000)
  }
}

/// The texts that were accepted, as they were written.
private struct Accepted {
  /// By itself: to Swift, which has tables of its own, the ways to write a text are one key.
  private var texts: [String: String] = [:]

  var count: Int { texts.count }

  /// Expects that what is accepted of these is written like its twins before it.
  mutating func add(_ ways: [String]) {
    for way in ways where Spelling.problem(in: way) == nil {
      let twin = texts.updateValue(way, forKey: way) ?? way
      if !way.utf8.elementsEqual(twin.utf8) { Issue.record("\(hex(way)) and \(hex(twin))") }
    }
  }

  func expectOne(of text: String) {
    if texts[text] == nil { Issue.record("\(hex(text)) cannot be written") }
  }
}

/// The characters that somebody could write; most of Unicode is still empty.
private let written = (UInt32(0)...0x10FFFF).compactMap(Unicode.Scalar.init).filter {
  switch $0.properties.generalCategory {
  case .unassigned, .privateUse: false
  default: true
  }
}

/// Letters of many scripts, among them one in eleven of those that have parts.
private let letters: [String] = {
  let whole = written.map(String.init).filter {
    $0.unicodeScalars.count != $0.decomposedStringWithCanonicalMapping.unicodeScalars.count
  }
  let some = whole.filter { !("가"..."힣").contains($0) }.enumerated().filter { $0.offset % 11 == 0 }
  return some.map(\.element) + "aeoqzḷαωиकनபெেকⴰあかは漢ᄒ하한".unicodeScalars.map(String.init)
}()

/// Marks that join a letter, or change places with each other, and some that do neither.
private let marks = [
  "\u{301}", "\u{308}", "\u{323}", "\u{327}", "\u{328}", "\u{345}", "\u{338}", "\u{93C}",
  "\u{94D}", "\u{9BE}", "\u{BBE}", "\u{E49}", "\u{3099}", "\u{1161}", "\u{11A8}", "\u{F71}",
]

/// In Foundation's composed form, by way of its parts: it joins no end to a whole syllable.
private func composed(_ text: String) -> String {
  text.decomposedStringWithCanonicalMapping.precomposedStringWithCanonicalMapping
}

private func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
  Spelling.problem(in: String(scalar))?.contains("invisible") == true
}

private func hex(_ text: String) -> String {
  text.unicodeScalars.map { "U+" + String($0.value, radix: 16, uppercase: true) }
    .joined(separator: " ")
}
