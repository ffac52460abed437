import Foundation
import Support

/// What a command did to the files of its home and to its connections, call by call.
struct Recording {
  enum Event {
    /// Bytes written at an offset of a file.
    case write(file: String, offset: Int, bytes: [UInt8])
    /// A file cut or grown to a size.
    case resize(file: String, size: Int)
    /// All that was written to a file is durable.
    case sync(file: String)
    case rename(file: String, name: String)
    /// Bytes handed to a connection.
    case send(bytes: [UInt8])
  }

  let events: [Event]
  let outcome: Outcome

  /// Runs a command in a home under strace.
  init(_ words: [String], in home: CrashHome) throws {
    let log = home.folder + "/recording"
    outcome = try home.sluice(
      words,
      under: [
        "strace", "-f", "-qq", "-y", "-xx", "-s", "70000", "-o", log, "-e", "signal=none", "-e",
        "trace=openat,write,pwrite64,ftruncate,fsync,fdatasync,/^rename,sendto",
      ])
    var offsets: [String: Int] = [:]
    var events: [Event] = []
    for line in try Data(contentsOf: URL(fileURLWithPath: log)).split(separator: 0x0A) {
      let call = try Call(line)
      if let event = call.event(in: home.path, &offsets) { events.append(event) }
    }
    self.events = events
  }

  /// The places before which some of what was written may be lost, and the end.
  var moments: [Int] {
    events.indices.filter { index in
      switch events[index] {
      case .sync, .rename: true
      case .send(let bytes): bytes.starts(with: Array("POST ".utf8))
      case .write, .resize: false
      }
    } + [events.count]
  }

  /// Whether anything was written to a file.
  func writes(to name: String) -> Bool {
    events.contains { if case .write(name, _, _) = $0 { true } else { false } }
  }

  /// How many requests that move money began before a place.
  func posts(before place: Int) -> Int {
    events[..<place].count { event in
      if case .send(let bytes) = event { bytes.starts(with: Array("POST ".utf8)) } else { false }
    }
  }
}

/// A line of strace's: the call's name, its strings and paths decoded, its numbers, its result.
private struct Call {
  let name: String
  var strings: [[UInt8]] = []
  /// What stands between the strings: file numbers, sizes, flags.
  var plain = ""

  init(_ line: Data) throws {
    let bytes = Array(line)
    guard let open = bytes.firstIndex(of: UInt8(ascii: "(")) else {
      throw TestServerError(message: "no call: \(String(decoding: line.prefix(80), as: UTF8.self))")
    }
    name = String(decoding: bytes[..<open].drop { $0 != 0x20 }.drop { $0 == 0x20 }, as: UTF8.self)
    var rest: [UInt8] = []
    var index = open + 1
    while index < bytes.count {
      let end: UInt8? =
        switch bytes[index] {
        case UInt8(ascii: "\""): UInt8(ascii: "\"")
        case UInt8(ascii: "<"): UInt8(ascii: ">")
        default: nil
        }
      guard let end, let close = bytes[(index + 1)...].firstIndex(of: end) else {
        rest.append(bytes[index])
        index += 1
        continue
      }
      strings.append(Self.decoded(bytes[(index + 1)..<close]))
      rest.append(UInt8(ascii: "_"))
      index = close + 1
    }
    plain = String(decoding: rest, as: UTF8.self)
    guard !plain.contains("...") else { throw TestServerError(message: "cut: \(name) \(plain)") }
  }

  /// The bytes of `\x2f\x74...`.
  private static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
    func digit(_ byte: UInt8) -> UInt8 {
      byte < UInt8(ascii: "a") ? byte &- UInt8(ascii: "0") : byte &- UInt8(ascii: "a") + 10
    }
    return stride(from: text.startIndex, to: text.endIndex - 3, by: 4).map {
      digit(text[$0 + 2]) << 4 | digit(text[$0 + 3])
    }
  }

  /// What the call did to a file of a home; nil when it did nothing.
  func event(in home: String, _ offsets: inout [String: Int]) -> Recording.Event? {
    let result = Int(plain.split(separator: " ").drop { $0 != "=" }.dropFirst().first ?? "") ?? 0
    let paths = strings.map { String(decoding: $0, as: UTF8.self) }
    if name == "sendto" { return strings.last.map { .send(bytes: $0) } }
    // A file is named first, or, where it is opened, after the folder.
    let place = name == "openat" ? 1 : 0
    guard paths.count > place, let file = Self.name(paths[place], in: home),
      result >= 0, !plain.contains("= -1")
    else { return nil }
    let numbers = plain.split { !$0.isNumber }.compactMap { Int($0) }
    switch name {
    case "openat":
      offsets[file] = 0
      return plain.contains("O_TRUNC") ? .resize(file: file, size: 0) : nil
    case "pwrite64":
      return .write(
        file: file, offset: numbers[numbers.count - 2], bytes: Array(strings[1].prefix(result)))
    case "write":
      let offset = offsets[file, default: 0]
      offsets[file] = offset + result
      return .write(file: file, offset: offset, bytes: Array(strings[1].prefix(result)))
    case "ftruncate": return .resize(file: file, size: numbers[numbers.count - 2])
    case "fsync", "fdatasync": return .sync(file: file)
    default:
      return Self.name(paths[paths.count - 1], in: home).map { .rename(file: file, name: $0) }
    }
  }

  /// A path below the home, without it; empty for the home itself.
  private static func name(_ path: String, in home: String) -> String? {
    path.hasPrefix(home) ? String(path.dropFirst(home.count).drop { $0 == "/" }) : nil
  }
}
