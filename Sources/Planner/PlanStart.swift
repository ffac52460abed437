import Domain
import System

/// The first bytes of a plan: how it is written, and whether it is text at all.
enum PlanStart {
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
  /// Nobody writes so much white space before the first line.
  private static let mostBlankBytes = 1_048_576

  /// The format of a plan, by its first byte that is neither white space nor part of a byte order
  /// mark: a brace opens JSON Lines.
  static func format(of input: inout InputFile) throws(Fault) -> PlanFormat {
    var start: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: InputFile.chunkBytes)
    var first: UInt8?
    while first == nil, start.count < mostBlankBytes {
      let count = try input.read(into: &chunk)
      if count == 0 { break }
      start += chunk[..<count]
      first = chunk[..<count].first { !$0.isWhiteSpace && !byteOrderMark.contains($0) }
    }
    input.putBack(start)
    let opening = start.lazy.filter { !$0.isWhiteSpace && !byteOrderMark.contains($0) }.prefix(2)
    if opening.elementsEqual("[{".utf8) {
      throw Fault(
        .badData, "\(printable(input.name)) is a JSON array, not JSON Lines",
        hint: "write one object a line, without the brackets around and the commas between them")
    }
    return first == UInt8(ascii: "{") ? .jsonLines : .csv
  }

  /// Passes over a byte order mark, and refuses what spreadsheets also save.
  static func skip(in input: inout InputFile, as format: PlanFormat) throws(Fault) {
    var first: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: InputFile.chunkBytes)
    while first.count < 4 {
      let count = try input.read(into: &chunk)
      guard count > 0 else { break }
      first += chunk[..<count]
    }
    if first.starts(with: [0xFF, 0xFE]) || first.starts(with: [0xFE, 0xFF]) {
      throw notText(input.name, "is UTF-16 text", format)
    }
    if first.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
      throw notText(input.name, "is a workbook or ZIP file", format)
    }
    input.putBack(first.starts(with: byteOrderMark) ? Array(first.dropFirst(3)) : first)
  }

  private static func notText(_ name: String, _ what: String, _ format: PlanFormat) -> Fault {
    switch format {
    case .csv:
      Fault(
        .badData, "\(printable(name)) \(what), not CSV",
        hint: "save it as \"CSV UTF-8\" and submit that file")
    case .jsonLines:
      Fault(
        .badData, "\(printable(name)) \(what), not JSON Lines",
        hint: "save it as UTF-8 and submit that file")
    }
  }
}
