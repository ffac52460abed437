internal import Domain

/// Which characters a reference may hold: two references that read alike must be the same bytes,
/// since the database compares bytes.
///
/// Unicode writes many a letter in two ways, as one character or as a letter and a mark. Only one
/// of them is taken, so that no text needs a normal form.
package enum Spelling {
  /// What is wrong with the first character that could be written otherwise, or not be seen, as the
  /// end of a sentence about the text.
  package static func problem(in text: String) -> String? {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return nil }
    return text.unicodeScalars.lazy.compactMap(problem).first
  }

  private static func problem(of scalar: Unicode.Scalar) -> String? {
    let name = FieldRule.name(of: scalar)
    let properties = scalar.properties
    if isUnprintable(scalar) || isOtherSpace(scalar) || properties.isDefaultIgnorableCodePoint {
      return "holds the invisible character \(name)"
    }
    if isAmong(partsOfSyllables, scalar) {
      return "holds \(name), a part of a syllable: write the syllable as one character"
    }
    if properties.canonicalCombiningClass != .notReordered || isAmong(joining, scalar) {
      return "holds the mark \(name) apart from its letter: write both as one character"
    }
    if isAmong(replaced, scalar) {
      return "holds \(name), which Unicode writes in another way: write the ordinary character"
    }
    return nil
  }

  /// Whether it looks like a space and is none.
  private static func isOtherSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar != " " && scalar.properties.generalCategory == .spaceSeparator
  }

  private static func isAmong(
    _ ranges: [ClosedRange<UInt32>], _ scalar: Unicode.Scalar
  ) -> Bool {
    ranges.contains { $0.contains(scalar.value) }
  }

  /// What Korean syllables are put together of.
  private static let partsOfSyllables: [ClosedRange<UInt32>] = [
    0x1100...0x11FF, 0xA960...0xA97C, 0xD7B0...0xD7FB,
  ]

  /// Marks that join the letter before them although Unicode does not order them.
  private static let joining: [ClosedRange<UInt32>] = [
    0x9BE...0x9BE, 0x9D7...0x9D7, 0xB3E...0xB3E, 0xB56...0xB57, 0xBBE...0xBBE, 0xBD7...0xBD7,
    0xCC2...0xCC2, 0xCD5...0xCD6, 0xD3E...0xD3E, 0xD57...0xD57, 0xDCF...0xDCF, 0xDDF...0xDDF,
    0xF73...0xF73, 0xF75...0xF75, 0xF81...0xF81, 0xFB5...0xFB5, 0xFB7...0xFB7, 0x102E...0x102E,
    0x1B35...0x1B35, 0x11127...0x11127, 0x1133E...0x1133E, 0x11357...0x11357,
    0x114B0...0x114B0, 0x114BA...0x114BA, 0x114BD...0x114BD, 0x115AF...0x115AF,
    0x11930...0x11930,
  ]

  /// Characters that are the same as one other, such as the signs of Kelvin and Ohm.
  private static let replaced: [ClosedRange<UInt32>] = [
    0x374...0x374, 0x37E...0x37E, 0x387...0x387, 0x1F71...0x1F71, 0x1F73...0x1F73,
    0x1F75...0x1F75, 0x1F77...0x1F77, 0x1F79...0x1F79, 0x1F7B...0x1F7B, 0x1F7D...0x1F7D,
    0x1FBB...0x1FBB, 0x1FBE...0x1FBE, 0x1FC9...0x1FC9, 0x1FCB...0x1FCB, 0x1FD3...0x1FD3,
    0x1FDB...0x1FDB, 0x1FE3...0x1FE3, 0x1FEB...0x1FEB, 0x1FEE...0x1FEF, 0x1FF9...0x1FF9,
    0x1FFB...0x1FFB, 0x1FFD...0x1FFD, 0x2126...0x2126, 0x212A...0x212B, 0x2329...0x232A,
    0xF900...0xFAFF, 0x2F800...0x2FA1F,
  ]
}
