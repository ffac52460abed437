import Foundation
import Support

/// A worker that stands still outside every transaction, so that somebody else can move the log.
///
/// Meanwhile the log grows over the size at which it is moved: `write.lock` is held with the
/// worker, which keeps it from moving the log itself.
struct PausedWorker: ~Copyable {
  private let number: Int32

  /// Lets the log grow, then stops the worker; nil when it is not there any more.
  init?(_ number: Int32, of home: ProgramHome) throws {
    self.number = number
    let lock = home.path + "/write.lock"
    let holder = try RunningProcess(
      ["flock", "--no-fork", "--shared", lock, "sleep", "100"], in: home.folder,
      environment: Sluice.environment([:]))
    defer { holder.signal(SIGKILL) }
    for _ in 0..<6000 {
      Thread.sleep(forTimeInterval: 0.01)
      guard Self.state(of: number) != nil else { return nil }
      guard try home.logSize() > 17 << 20 else { continue }
      kill(number, SIGSTOP)
      while let state = Self.state(of: number), state != "T" {
        Thread.sleep(forTimeInterval: 0.001)
      }
      if try !Self.holds(lock, number) { return }
      kill(number, SIGCONT)
    }
    throw TestServerError(message: "the worker never stands still")
  }

  deinit { kill(number, SIGCONT) }

  /// The letter of a process's state; nil when it has ended.
  private static func state(of number: Int32) -> Substring? {
    let stat = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)
    let state = stat?.split(separator: ")").last?.split(separator: " ").first
    return state == "Z" ? nil : state
  }

  /// Whether a process holds a lock on a file, as the kernel lists it.
  private static func holds(_ path: String, _ number: Int32) throws -> Bool {
    let facts = try FileManager.default.attributesOfItem(atPath: path)
    guard let inode = (facts[.systemFileNumber] as? NSNumber)?.intValue else { return true }
    return try String(contentsOfFile: "/proc/locks", encoding: .utf8).split(separator: "\n")
      .contains { $0.contains(" \(number) ") && $0.contains(":\(inode) ") }
  }
}

extension ProgramHome {
  /// How many bytes the write-ahead log has.
  func logSize() throws -> Int {
    let facts = try FileManager.default.attributesOfItem(atPath: path + "/sluice.db-wal")
    return (facts[.size] as? NSNumber)?.intValue ?? 0
  }
}
