#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A pipe, both of whose ends are closed when it goes out of scope unless they were taken.
struct Pipe: ~Copyable {
  let reading: Int32
  let writing: Int32

  /// Makes a pipe whose ends lie above the three standard streams, whichever of those are closed
  /// here.
  static func make() throws(SystemError) -> Pipe {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw SystemError() }
    let moved = ends.map { fcntl($0, F_DUPFD_CLOEXEC, 3) }
    let error = SystemError()
    for end in ends { _ = close(end) }
    let made = Pipe(reading: moved[0], writing: moved[1])
    if moved.contains(where: { $0 < 0 }) { throw error }
    return made
  }

  private init(reading: Int32, writing: Int32) {
    self.reading = reading
    self.writing = writing
  }

  deinit {
    if reading >= 0 { _ = close(reading) }
    if writing >= 0 { _ = close(writing) }
  }

  /// The reading end, for the caller to close; the writing end is closed.
  consuming func takeReading() -> Int32 {
    let taken = reading
    _ = close(writing)
    discard self
    return taken
  }

  /// The writing end, for the caller to close; the reading end is closed.
  consuming func takeWriting() -> Int32 {
    let taken = writing
    _ = close(reading)
    discard self
    return taken
  }
}
