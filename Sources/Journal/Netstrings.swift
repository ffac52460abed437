/// Fields one after another so that no two lists of fields give the same bytes.
///
/// Each field is a netstring: its length in bytes in decimal, a colon, the bytes, a comma. An
/// absent field is a tilde. `["ab", "", nil]` is `2:ab,0:,~`. Manifests and seals are taken over
/// these bytes.
package struct Netstrings: Sendable {
  package private(set) var bytes: [UInt8] = []

  /// No fields yet.
  package init() {}

  /// These fields.
  package init(_ fields: [String?]) {
    for field in fields { append(field) }
  }

  /// Adds one field.
  package mutating func append(_ field: String?) {
    guard let field else {
      bytes.append(UInt8(ascii: "~"))
      return
    }
    bytes += "\(field.utf8.count):".utf8
    bytes += field.utf8
    bytes.append(UInt8(ascii: ","))
  }
}
