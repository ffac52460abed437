#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A file that exists only to be locked with `flock`; unlocked when it goes out of scope.
///
/// The kernel drops the lock with the process, so a killed worker never leaves one behind. The file
/// is never unlinked: a new file of the same name would be a second lock.
package struct FileLock: ~Copyable {
  /// How a lock is held.
  package enum Kind {
    /// Together with other shared holders.
    case shared
    /// Alone.
    case exclusive
  }

  private let descriptor: Descriptor

  /// Opens the lock file, making it when it is missing; nothing is locked yet.
  package init(path: String) throws(SystemError) {
    descriptor = try Descriptor(opening: path, O_RDWR | O_CREAT)
  }

  /// Locks without waiting; false when somebody else holds it.
  package func tryLock(_ kind: Kind) throws(SystemError) -> Bool {
    try lock(kind, LOCK_NB)
  }

  /// Waits until the lock is free.
  package func lock(_ kind: Kind) throws(SystemError) {
    _ = try lock(kind, 0)
  }

  /// Gives the lock back.
  package func unlock() {
    flock(descriptor.number, LOCK_UN)
  }

  /// Leaves the number of this process in the file, as far as there is room for it.
  package func sign() {
    guard ftruncate(descriptor.number, 0) == 0 else { return }
    try? descriptor.write(Array("\(getpid())\n".utf8))
  }

  /// The process that has signed a file last; nil when none has.
  package static func signer(of path: String) -> Int? {
    guard let text = try? Files.read(path, limit: 20) else { return nil }
    return Int(String(decoding: text, as: UTF8.self).prefix { $0.isNumber })
  }

  private func lock(_ kind: Kind, _ waiting: Int32) throws(SystemError) -> Bool {
    let operation = (kind == .shared ? LOCK_SH : LOCK_EX) | waiting
    while flock(descriptor.number, operation) != 0 {
      if errno == EINTR { continue }
      if errno == EWOULDBLOCK { return false }
      throw SystemError()
    }
    return true
  }
}
