import Foundation

/// Looks for secrets in bytes, in every form in which they could have been written down.
struct SecretSearch {
  /// What each secret is called, and the bytes that would give it away.
  private var needles: [(name: String, bytes: Data)] = []

  /// Looks for a text too: as it is, without its prefix, and in the usual encodings.
  mutating func add(_ name: String, text: String) {
    let rest = text.split(separator: "_").last.map(String.init) ?? text
    add(name, Data(text.utf8))
    add("\(name), in part", Data(rest.utf8))
  }

  /// Looks for bytes too: as they are and in the usual encodings.
  mutating func add(_ name: String, _ bytes: Data) {
    let hex = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    let forms = [
      (name, bytes), ("\(name), hex", Data(hex.utf8)),
      ("\(name), HEX", Data(hex.uppercased().utf8)),
      ("\(name), backwards", Data(bytes.reversed())),
      ("\(name), as numbers", Data(bytes.map { String($0) }.joined(separator: ", ").utf8)),
    ]
    needles += forms.map { (name: $0.0, bytes: $0.1) }
    // Base64 of the bytes wherever they begin in a longer text: without its cut-off ends.
    for offset in 0..<3 {
      let text = (Data(repeating: 0, count: offset) + bytes).base64EncodedString()
      let core = text.dropFirst(offset == 0 ? 0 : 4).dropLast(4)
      needles.append((name: "\(name), base64", bytes: Data(core.utf8)))
    }
  }

  /// The names of the secrets that are in there.
  func found(in bytes: Data) -> [String] {
    needles.filter { bytes.range(of: $0.bytes) != nil }.map(\.name)
  }

  /// Every file below a folder that holds one, with its name; those of these paths are left out.
  func found(below folder: String, except paths: Set<String>) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
      .filter { !paths.contains($0) }
      .flatMap { path in
        found(in: FileManager.default.contents(atPath: folder + "/" + path) ?? Data())
          .map { "\(path): \($0)" }
      }
  }
}
