#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What is known of a file without opening it.
package struct FileFacts: Equatable, Sendable {
  package let size: Int64
  package let isFolder: Bool
  /// Whether anyone but the owner may read or write it.
  package let isOpenToOthers: Bool
  /// Whether anyone but the owner may write it.
  package let isWritableByOthers: Bool
  /// The number of the user it belongs to.
  package let owner: UInt32
}

/// Whose a link is.
enum LinkOwner {
  /// This process's user's, or root's.
  case own
  case ofAnother
}

/// Whole small files and folders, private to their owner.
package enum Files {
  /// What the system knows of `path`; nil when nothing is there.
  package static func facts(of path: String) throws(SystemError) -> FileFacts? {
    var info = stat()
    guard unsafe stat(path, &info) == 0 else {
      let error = SystemError()
      if error.isMissing { return nil }
      throw error
    }
    return FileFacts(
      size: Int64(info.st_size), isFolder: info.st_mode & S_IFMT == S_IFDIR,
      isOpenToOthers: info.st_mode & 0o077 != 0, isWritableByOthers: info.st_mode & 0o022 != 0,
      owner: info.st_uid)
  }

  /// Throws unless this process may read `path`.
  package static func requireReadable(_ path: String) throws(SystemError) {
    guard unsafe access(path, R_OK) == 0 else { throw SystemError() }
  }

  /// Throws unless this process may make files in the folder at `path`.
  package static func requireWritable(folder path: String) throws(SystemError) {
    guard unsafe access(path, W_OK | X_OK) == 0 else { throw SystemError() }
  }

  /// Makes a folder and those above it, readable by its owner only.
  package static func makeFolder(_ path: String) throws(SystemError) {
    if unsafe mkdir(path, 0o700) == 0 { return }
    let error = SystemError()
    if error.isThere { return }
    guard error.number == ENOENT, let cut = path.lastIndex(of: "/"), cut > path.startIndex else {
      throw error
    }
    try makeFolder(String(path[..<cut]))
    guard unsafe mkdir(path, 0o700) == 0 else { throw SystemError() }
  }

  /// Writes a new file of mode 0600 and makes it durable; throws when one is there already.
  package static func create(_ path: String, _ bytes: [UInt8]) throws(SystemError) {
    let file = try Descriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL)
    try file.write(bytes)
    try file.sync()
    try syncFolder(of: path)
  }

  /// Gives a file another name, durably.
  package static func rename(_ path: String, to name: String) throws(SystemError) {
    #if canImport(Glibc)
      let code = unsafe Glibc.rename(path, name)
    #elseif canImport(Musl)
      let code = unsafe Musl.rename(path, name)
    #else
      let code = unsafe Darwin.rename(path, name)
    #endif
    guard code == 0 else { throw SystemError() }
    try syncFolder(of: name)
  }

  /// Reads a small file whole, up to `limit` bytes; nil when it is longer.
  package static func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8]? {
    let file = try Descriptor(opening: path, O_RDONLY)
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    var filled = 0
    while filled < bytes.count {
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Self.read(file.number, buffer, from: filled)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw SystemError() }
      if count == 0 { break }
      filled += count
    }
    return filled > limit ? nil : Array(bytes[..<filled])
  }

  /// Removes a file.
  package static func remove(_ path: String) throws(SystemError) {
    guard unsafe unlink(path) == 0 else { throw SystemError() }
  }

  /// Whether a folder, a device or a pipe has this name, or stands behind a link of this name.
  static func isOtherThanFile(_ path: String) -> Bool {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return false }
    return status.st_mode & S_IFMT != S_IFREG
  }

  /// Whose link has this name; nil where none has.
  static func link(at path: String) -> LinkOwner? {
    var status = stat()
    guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return nil }
    return status.st_uid == 0 || status.st_uid == geteuid() ? .own : .ofAnother
  }

  /// The absolute form of a path, links followed; nil when nothing is there.
  package static func absolute(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  private static func read(
    _ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer, from offset: Int
  ) -> Int {
    #if canImport(Glibc)
      unsafe Glibc.read(
        descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
    #elseif canImport(Musl)
      unsafe Musl.read(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
    #else
      unsafe Darwin.read(
        descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
    #endif
  }

  private static func syncFolder(of path: String) throws(SystemError) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    try Descriptor(opening: folder.isEmpty ? "/" : folder, O_RDONLY).sync()
  }
}
