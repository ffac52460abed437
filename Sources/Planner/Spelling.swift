internal import Domain

#if canImport(FoundationEssentials)
  // FoundationEssentials has no normal forms. Swift has, for its own ==, and lends them.
  @_spi(_Unicode) internal import Swift
#else
  internal import Foundation
#endif

/// Which characters a reference may hold: two references that read alike must be the same bytes,
/// since the database compares bytes.
///
/// Unicode writes many a letter in two ways, as one character or as a letter and a mark; its
/// composed form (NFC) is the one that is taken.
package enum Spelling {
  /// What is wrong with the first character that could be written otherwise, or not be seen, as the
  /// end of a sentence about the text.
  package static func problem(in text: String) -> String? {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return nil }
    if let scalar = text.unicodeScalars.first(where: isUnseen) {
      return "holds the invisible character \(FieldRule.name(of: scalar))"
    }
    let pairs = zip(text.unicodeScalars, composed(text))
    guard let (written, ordinary) = pairs.first(where: !=) else { return nil }
    return "is not in Unicode's composed form (NFC), which has \(FieldRule.name(of: ordinary)) "
      + "where this has \(FieldRule.name(of: written)): write it in that form"
  }

  /// The text in Unicode's composed form.
  private static func composed(_ text: String) -> some Sequence<Unicode.Scalar> {
    #if canImport(FoundationEssentials)
      text._nfc
    #else
      text.precomposedStringWithCanonicalMapping.unicodeScalars
    #endif
  }

  /// Whether it leaves no mark on paper, or looks like a space and is none.
  private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
    let properties = scalar.properties
    return isUnprintable(scalar) || properties.isDefaultIgnorableCodePoint
      || (scalar != " " && properties.generalCategory == .spaceSeparator)
  }
}
