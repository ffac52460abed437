import Foundation

/// The processes of a user, as root sees them.
enum ProcessTable {
  /// The numbers of a user's processes that run a program.
  static func numbers(of user: User, running program: String = Machine.program) throws -> [Int32] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { name in
      guard let number = Int32(name),
        let facts = try? FileManager.default.attributesOfItem(atPath: "/proc/\(name)"),
        facts[.ownerAccountName] as? String == user.name,
        let running = try? FileManager.default.destinationOfSymbolicLink(
          atPath: "/proc/\(name)/exe"), running == program
      else { return nil }
      return number
    }
  }

  /// Whether one of them holds a file open.
  static func holds(_ file: String, user: User) throws -> Bool {
    try numbers(of: user).contains { number in
      let folder = "/proc/\(number)/fd"
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return names.contains {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")) == file
      }
    }
  }

  /// The variables that a process was started with.
  static func environment(of number: Int32) throws -> [String: String] {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: "/proc/\(number)/environ"))
    let pairs = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    return Dictionary(
      pairs.map { pair in
        let cut = pair.firstIndex(of: "=") ?? pair.endIndex
        return (String(pair[..<cut]), String(pair[cut...].dropFirst()))
      }, uniquingKeysWith: { $1 })
  }
}
