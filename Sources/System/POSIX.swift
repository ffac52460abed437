package import Domain

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What the operating system said no with, in its own words.
package struct SystemError: Error, Equatable, Sendable {
  package let number: Int32

  /// The error of the call just made.
  init() { number = errno }

  /// The error of a call that answers with its number.
  init(number: Int32) { self.number = number }

  /// The message of `strerror`.
  package var message: String {
    unsafe String(cString: strerror(number)).lowercased()
  }

  /// Whether there is nothing of that name.
  package var isMissing: Bool { number == ENOENT || number == ENOTDIR }

  /// Whether the caller may not.
  package var isDenied: Bool { number == EACCES || number == EPERM }

  /// Whether nobody reads what is written any more.
  package var isBrokenPipe: Bool { number == EPIPE }

  /// Whether something of that name is there already.
  package var isThere: Bool { number == EEXIST }
}

/// An open file; closed when it goes out of scope, and never inherited by a child.
struct Descriptor: ~Copyable {
  let number: Int32

  init(opening path: String, _ flags: Int32, mode: mode_t = 0o600) throws(SystemError) {
    number = unsafe open(path, flags | O_CLOEXEC, mode)
    guard number >= 0 else { throw SystemError() }
  }

  deinit { close(number) }

  func write(_ bytes: [UInt8]) throws(SystemError) {
    try writeAll(bytes, to: number)
  }

  func sync() throws(SystemError) {
    guard fsync(number) == 0 else { throw SystemError() }
  }
}

/// Writes every byte, however often the system takes only some of them.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
  var written = 0
  while written < bytes.count {
    let count = unsafe bytes.withUnsafeBytes { buffer in
      unsafe write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
    }
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { throw SystemError() }
    written += count
  }
}

/// The clocks of this machine.
package struct SystemClock: Clock {
  /// The one there is.
  package init() {}

  package func now() -> Timestamp { Timestamp(milliseconds: read(CLOCK_REALTIME)) }

  package func uptime() -> Milliseconds {
    #if os(Linux)
      Milliseconds(read(CLOCK_BOOTTIME))
    #else
      Milliseconds(read(CLOCK_MONOTONIC))
    #endif
  }

  package func sleep(_ wait: Milliseconds) {
    guard wait.count > 0 else { return }
    var time = timespec(
      tv_sec: Int(wait.count / 1000), tv_nsec: Int(wait.count % 1000) * 1_000_000)
    // A signal ends the wait early, so that a stop is not slept through.
    _ = unsafe nanosleep(&time, nil)
  }

  private func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    let code = unsafe clock_gettime(clock, &time)
    precondition(code == 0, "the system has no clock")
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
