#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Where the program of a command is.
package enum Program {
  /// What is searched where no `PATH` is set; cron sets no other.
  package static let usualPath = "/usr/bin:/bin"

  /// The file of a program: a name without a slash is looked up in the folders of `path`, one with
  /// a slash is relative to `folder`.
  ///
  /// Relative folders are passed over: what they name depends on where one stands.
  package static func find(
    _ name: String, folder: String, path: String?
  ) throws(SystemError) -> String {
    if name.hasPrefix("/") { return name }
    if name.contains("/") { return "\(folder)/\(name)" }
    var error = SystemError(number: ENOENT)
    for folder in (path ?? usualPath).split(separator: ":") where folder.hasPrefix("/") {
      let program = "\(folder)/\(name)"
      guard let facts = try? Files.facts(of: program), !facts.isFolder else { continue }
      do {
        try requireExecutable(program)
        return program
      } catch let denied {
        error = denied
      }
    }
    throw error
  }

  /// Throws unless this process may run the file at `path`.
  package static func requireExecutable(_ path: String) throws(SystemError) {
    guard unsafe access(path, X_OK) == 0 else { throw SystemError() }
  }
}
