package import Domain

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A file that appears under its name only when it is complete; private to its owner.
package struct OutputFile: ~Copyable {
  private let path: String
  private let descriptor: Descriptor
  private var isFinished: Bool

  /// Begins a file; whatever is at `path` stays until `finish()`.
  ///
  /// A link is followed unless it is another user's, who could lead us to any file of ours. Throws
  /// `usage` when a folder, a device or a pipe is there: the file would take its place.
  package init(path given: String) throws(Fault) {
    let link = Files.link(at: given)
    guard link != .ofAnother else {
      throw Fault(
        .notAllowed, "\(printable(given)) is another user's link", hint: "name the file itself")
    }
    guard !Files.isOtherThanFile(given) else {
      throw Fault(
        .usage, "\(printable(given)) is a folder, a device or a pipe", hint: "name a plain file")
    }
    // What was no link is not followed: in a folder like /tmp somebody may make it one meanwhile.
    let path = link == .own ? Files.absolute(given) ?? given : given
    let descriptor = try Self.begin(path, given)
    self.path = path
    self.descriptor = descriptor
    isFinished = false
  }

  private static func begin(_ path: String, _ given: String) throws(Fault) -> Descriptor {
    do {
      // What a crash left there goes; what another user put there is never written to.
      try? Files.remove(path + ".new")
      return try Descriptor(opening: path + ".new", O_WRONLY | O_CREAT | O_EXCL)
    } catch {
      throw fault(error, given)
    }
  }

  // What was not finished leaves nothing behind.
  deinit { if !isFinished { try? Files.remove(path + ".new") } }

  /// Adds text.
  package func write(_ text: String) throws(Fault) {
    do {
      try descriptor.write(Array(text.utf8))
    } catch {
      throw Self.fault(error, path)
    }
  }

  /// Makes the file durable and gives it its name.
  package consuming func finish() throws(Fault) {
    do {
      try descriptor.sync()
      try Files.rename(path + ".new", to: path)
      isFinished = true
    } catch {
      throw Self.fault(error, path)
    }
  }

  private static func fault(_ error: SystemError, _ path: String) -> Fault {
    if error.isMissing {
      return Fault(
        .notFound, "\(printable(path)) cannot be written: its folder is not there",
        hint: "make the folder, or name another file")
    }
    return Fault(
      error.isDenied ? .notAllowed : .storage,
      "\(printable(path)) cannot be written: \(error.message)", hint: "name another file")
  }
}
