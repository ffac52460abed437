#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What a child is started from: a program, its arguments, a folder and a bare environment.
struct ChildLaunch {
  private let program: String
  private let arguments: [String]
  /// Absolute, so that a program relative to it is found before the child has moved there.
  private let folder: String
  private let environment: [String]

  /// What a child may know of our surroundings.
  private static let inherited = ["PATH", "HOME", "LANG"]

  /// Finds the program; throws when there is none that can be run.
  init(_ command: [String], folder: String) throws(SystemError) {
    guard let name = command.first, let folder = Files.absolute(folder) else {
      throw SystemError(number: ENOENT)
    }
    self.folder = folder
    arguments = command
    program = try Program.find(name, folder: folder, path: value(of: "PATH"))
    environment = Self.inherited.compactMap { key in value(of: key).map { "\(key)=\($0)" } }
  }

  /// Starts the program with these standard streams and an empty standard input.
  func spawn(output: Int32, errors: Int32) throws(SystemError) -> pid_t {
    let argumentPointers = CStrings(arguments)
    let environmentPointers = CStrings(environment)
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
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, errors, 2)
    guard unsafe addFolder(folder, &actions) == 0 else { throw SystemError(number: ENOSYS) }
    var flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP
    // Whatever a library opened without O_CLOEXEC stays here too.
    #if canImport(Darwin)
      flags |= POSIX_SPAWN_CLOEXEC_DEFAULT
    #elseif canImport(Glibc)
      if let closeFrom = unsafe GNU.addCloseFrom { _ = unsafe closeFrom(&actions, 3) }
    #endif
    var signals = sigset_t()
    unsafe sigfillset(&signals)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    var process: pid_t = 0
    let code = unsafe posix_spawn(
      &process, program, &actions, &attributes, argumentPointers.pointers,
      environmentPointers.pointers)
    guard code == 0 else { throw SystemError(number: code) }
    return process
  }
}

#if canImport(Darwin)
  typealias SpawnActions = posix_spawn_file_actions_t?
#else
  typealias SpawnActions = posix_spawn_file_actions_t
#endif

/// Lets the child begin in a folder.
private func addFolder(_ folder: String, _ actions: inout SpawnActions) -> Int32 {
  #if canImport(Glibc)
    guard let addFolder = unsafe GNU.addFolder else { return ENOSYS }
    return unsafe folder.withCString { unsafe addFolder(&actions, $0) }
  #else
    return unsafe posix_spawn_file_actions_addchdir_np(&actions, folder)
  #endif
}

#if canImport(Glibc)
  /// What glibc declares to GNU programs only and has since 2.29 and 2.34.
  private enum GNU {
    typealias AddFolder =
      @convention(c) (
        UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafePointer<CChar>
      ) -> Int32
    typealias AddCloseFrom =
      @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32

    static var addFolder: AddFolder? {
      guard let symbol = unsafe dlsym(nil, "posix_spawn_file_actions_addchdir_np") else {
        return nil
      }
      return unsafe unsafeBitCast(symbol, to: AddFolder.self)
    }

    static var addCloseFrom: AddCloseFrom? {
      guard let symbol = unsafe dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else {
        return nil
      }
      return unsafe unsafeBitCast(symbol, to: AddCloseFrom.self)
    }
  }
#endif

/// A value of our own environment.
private func value(of key: String) -> String? {
  guard let text = unsafe getenv(key) else { return nil }
  return unsafe String(cString: text)
}

/// Texts as C wants the arguments of a program, ended by a null pointer.
@safe final class CStrings {
  let pointers: [UnsafeMutablePointer<CChar>?]

  init(_ texts: [String]) {
    unsafe pointers = texts.map { unsafe strdup($0) } + [nil]
  }

  deinit {
    unsafe pointers.forEach { unsafe free($0) }
  }
}
