package import Domain

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A program that is run for its output, without a shell.
///
/// It is given `PATH`, `HOME` and `LANG` and nothing else of ours: no key, no open file, no blocked
/// signal. It runs in a process group of its own; when this object goes before the program has
/// ended, the whole group is killed and the program reaped.
package final class ChildProcess {
  /// The program as the command names it.
  private let name: String
  /// Makes a line of the program's standard error fit to be shown.
  private let shown: (String) -> String
  /// Nil once it is reaped: the number may be somebody else's then.
  private var process: pid_t?
  /// Reading ends of pipes; negative once closed.
  private var output: Int32
  private var errors: Int32
  private var errorText = ErrorText()
  /// Why reading cannot go on, however often it is tried.
  private var fault: Fault?

  private static let hint = "nothing is queued; the command must write the plan and end with 0"
  private static let pollMilliseconds: Int32 = 200

  /// Starts a command in a folder; a name without a slash is looked up in `PATH`, one with a slash
  /// is relative to the folder.
  package static func start(
    _ command: [String], folder: String, shown: @escaping (String) -> String
  ) throws(Fault) -> ChildProcess {
    let name = command.first ?? ""
    do throws(SystemError) {
      let launch = try ChildLaunch(command, folder: folder)
      let output = try Pipe.make()
      let errors = try Pipe.make()
      let process = try launch.spawn(output: output.writing, errors: errors.writing)
      return ChildProcess(
        name: name, shown: shown, process: process, output: output.takeReading(),
        errors: errors.takeReading())
    } catch {
      let why = error.isMissing ? "no such file" : error.message
      throw Fault(
        .badData, "the command \(printable(name)) cannot be started: \(why)",
        hint: "nothing is queued; check the job file's source.command")
    }
  }

  private init(
    name: String, shown: @escaping (String) -> String, process: pid_t, output: Int32, errors: Int32
  ) {
    self.name = name
    self.shown = shown
    self.process = process
    self.output = output
    self.errors = errors
    let flags = fcntl(errors, F_GETFL)
    _ = fcntl(errors, F_SETFL, flags | O_NONBLOCK)
  }

  deinit {
    closeOutput()
    closeErrors()
    guard let process else { return }
    kill(-process, SIGKILL)
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
  }

  /// The next piece of what it writes to standard output; an empty one when it has ended well.
  ///
  /// Throws when it ended with another status than 0, with the last lines of its standard error.
  package func read() throws(Fault) -> [UInt8] {
    if let fault { throw fault }
    do throws(Fault) {
      if let piece = try readOutput() { return piece }
      try checkEnd()
      return []
    } catch {
      fault = error
      throw error
    }
  }

  /// Reads what is there, keeping up with standard error meanwhile; nil at the end.
  private func readOutput() throws(Fault) -> [UInt8]? {
    while output >= 0 {
      let ready = poll(milliseconds: Self.pollMilliseconds)
      if Interrupt.isRequested { throw interrupted }
      if ready.errors { keepErrors() }
      guard ready.output else { continue }
      var piece = [UInt8](repeating: 0, count: InputFile.chunkBytes)
      let count = readBytes(output, &piece)
      if count > 0 { return Array(piece[..<count]) }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count == 0 else {
        throw Fault(
          .storage,
          "the output of the command \(printable(name)) cannot be read: "
            + SystemError().message)
      }
      closeOutput()
    }
    return nil
  }

  /// Waits until one of the pipes has something, or its end, to be read.
  private func poll(milliseconds: Int32) -> (output: Bool, errors: Bool) {
    let wanted = Int16(POLLIN)
    var polled = [
      pollfd(fd: output, events: wanted, revents: 0),
      pollfd(fd: errors, events: wanted, revents: 0),
    ]
    let count = unsafe polled.withUnsafeMutableBufferPointer { buffer in
      unsafe pollDescriptors(buffer, milliseconds)
    }
    guard count > 0 else { return (false, false) }
    return (polled[0].revents != 0, polled[1].revents != 0)
  }

  private func keepErrors() {
    var piece = [UInt8](repeating: 0, count: InputFile.chunkBytes)
    let count = readBytes(errors, &piece)
    if count > 0 {
      errorText.append(piece[..<count])
    } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
      closeErrors()
    }
  }

  private func closeOutput() {
    if output >= 0 { _ = close(output) }
    output = -1
  }

  private func closeErrors() {
    if errors >= 0 { _ = close(errors) }
    errors = -1
  }
}

// The end.
extension ChildProcess {
  /// How a program can end.
  private enum End {
    case status(Int32)
    case signal(Int32)
    /// Somebody else has reaped it.
    case unknown
  }

  private func checkEnd() throws(Fault) {
    guard process != nil else { return }
    let end = try wait()
    process = nil
    let ended: String
    switch end {
    case .status(0): return
    case .status(let status): ended = "ended with status \(status)"
    case .signal(let signal): ended = "was killed by signal \(signal)"
    case .unknown: ended = "ended, and how cannot be told"
    }
    while poll(milliseconds: 0).errors { keepErrors() }
    throw Fault(
      .badData, "the command \(printable(name)) \(ended)", hint: Self.hint,
      details: errorText.lastLines(shown))
  }

  /// Waits for the end, keeping up with standard error: a full pipe would put it off for ever.
  private func wait() throws(Fault) -> End {
    guard let process else { return .unknown }
    var pause: Int32 = 1
    while true {
      var status: Int32 = 0
      let ended = unsafe waitpid(process, &status, WNOHANG)
      if ended == process {
        let signal = status & 0x7F
        return signal == 0 ? .status(status >> 8 & 0xFF) : .signal(signal)
      }
      if ended < 0, errno != EINTR { return .unknown }
      if Interrupt.isRequested { throw interrupted }
      if poll(milliseconds: pause).errors { keepErrors() } else { pause = min(pause * 2, 50) }
    }
  }

  private var interrupted: Fault {
    Fault(
      .halted, "interrupted while the command \(printable(name)) was running",
      hint: "nothing is queued; submit it again")
  }
}

extension InputFile {
  /// The standard output of a command, run in a folder; its end is only reached when the command
  /// ended with status 0.
  ///
  /// Lines of its standard error pass through `shown` before they are part of a fault.
  package init(
    command: [String], folder: String, shown: @escaping (String) -> String
  ) throws(Fault) {
    let child = try ChildProcess.start(command, folder: folder, shown: shown)
    self.init(name: command.first ?? "") { () throws(Fault) in try child.read() }
  }
}

/// What `poll(2)` answers.
private func pollDescriptors(
  _ descriptors: UnsafeMutableBufferPointer<pollfd>, _ milliseconds: Int32
) -> Int32 {
  unsafe poll(descriptors.baseAddress, nfds_t(descriptors.count), milliseconds)
}
