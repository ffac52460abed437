internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

private let interrupted = Atomic<Bool>(false)

/// This process as a whole.
package enum Process {
  /// Ends it with an exit status.
  package static func exit(_ status: Int32) -> Never {
    #if canImport(Glibc)
      Glibc.exit(status)
    #elseif canImport(Musl)
      Musl.exit(status)
    #else
      Darwin.exit(status)
    #endif
  }

  /// The files it makes are its user's alone, and its user may use them.
  ///
  /// Whoever starts a program gives it a umask, `sudo` passes it on, and one of 0777 would make
  /// files that the next process of the same user may not open.
  package static func keepFilesPrivate() { umask(0o077) }
}

/// SIGINT and SIGTERM as a flag: the request in flight is finished and settled, then the worker
/// stops.
package enum Interrupt {
  /// Catches both signals from now on, even where whoever started us had them blocked.
  package static func install() {
    var action = sigaction()
    let handler: @convention(c) (Int32) -> Void = { _ in interrupted.store(true, ordering: .relaxed)
    }
    #if os(Linux)
      unsafe action.__sigaction_handler.sa_handler = handler
    #else
      unsafe action.__sigaction_u.__sa_handler = handler
    #endif
    unsafe sigaction(SIGINT, &action, nil)
    unsafe sigaction(SIGTERM, &action, nil)
    var caught = sigset_t()
    unsafe sigemptyset(&caught)
    unsafe sigaddset(&caught, SIGINT)
    unsafe sigaddset(&caught, SIGTERM)
    unsafe sigprocmask(SIG_UNBLOCK, &caught, nil)
  }

  /// Whether one of them has arrived.
  package static var isRequested: Bool { interrupted.load(ordering: .relaxed) }

  /// Writing to a closed pipe, or past a limit on the size of files, becomes an error of the write
  /// instead of a death.
  package static func ignoreFailedWrites() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
  }

  /// No core dump of this process is ever written: it would hold the keys.
  ///
  /// On Linux the limit is one byte: that is too little for a file, and the one value that also
  /// keeps the kernel from piping the dump to a program, for which a limit of 0 does not count.
  package static func forbidCoreDumps() {
    #if os(Linux)
      var none = rlimit(rlim_cur: 1, rlim_max: 1)
      unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    #else
      var none = rlimit(rlim_cur: 0, rlim_max: 0)
      unsafe setrlimit(RLIMIT_CORE, &none)
    #endif
  }
}
