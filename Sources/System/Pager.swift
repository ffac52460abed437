#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A program that shows long text on the terminal, a screen at a time.
package enum Pager {
  /// Shows text through a command and waits until it is left; false when there is no such program.
  ///
  /// While it runs, Ctrl-C is for the program alone.
  package static func show(
    _ text: String, through command: [String], environment: [String: String]
  ) -> Bool {
    let handlers = [SIGINT, SIGQUIT].map { ($0, signal($0, SIG_IGN)) }
    defer { for (number, handler) in handlers { signal(number, handler) } }
    guard let pipe = try? Pipe.make(),
      let process = try? start(command, reading: pipe.reading, environment)
    else { return false }
    let input = pipe.takeWriting()
    // Whoever has seen enough closes its end.
    try? writeAll(Array(text.utf8), to: input)
    _ = close(input)
    return !isMissing(wait(for: process))
  }

  private static func start(
    _ command: [String], reading: Int32, _ environment: [String: String]
  ) throws(SystemError) -> pid_t {
    guard let program = command.first else { throw SystemError(number: ENOENT) }
    let arguments = CStrings(command)
    let variables = CStrings(environment.map { "\($0)=\($1)" })
    #if canImport(Darwin)
      var actions: SpawnActions = nil
      var attributes: posix_spawnattr_t? = nil
    #else
      var actions = unsafe SpawnActions()
      var attributes = posix_spawnattr_t()
    #endif
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawnattr_init(&attributes)
    defer {
      unsafe posix_spawn_file_actions_destroy(&actions)
      unsafe posix_spawnattr_destroy(&attributes)
    }
    unsafe posix_spawn_file_actions_adddup2(&actions, reading, 0)
    var signals = sigset_t()
    unsafe sigfillset(&signals)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    unsafe posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    var process: pid_t = 0
    let code = unsafe posix_spawnp(
      &process, program, &actions, &attributes, arguments.pointers, variables.pointers)
    guard code == 0 else { throw SystemError(number: code) }
    return process
  }

  private static func wait(for process: pid_t) -> Int32 {
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
    return status
  }

  /// Whether a shell ended so because the program it was to run cannot be.
  private static func isMissing(_ status: Int32) -> Bool {
    status & 0x7F == 0 && [126, 127].contains(status >> 8 & 0xFF)
  }
}
