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

  /// Begins a file; whatever is at `path` stays until `finish()`.
  package init(path: String) throws(Fault) {
    self.path = path
    do {
      descriptor = try Descriptor(opening: path + ".new", O_WRONLY | O_CREAT | O_TRUNC)
    } catch {
      throw Self.fault(error, path)
    }
  }

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
    } catch {
      throw Self.fault(error, path)
    }
  }

  private static func fault(_ error: SystemError, _ path: String) -> Fault {
    Fault(
      error.isDenied ? .notAllowed : .storage,
      "\(printable(path)) cannot be written: \(error.message)", hint: "name another file")
  }
}
