package import Domain

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file, standard input, bytes in memory or what a closure produces, read from start to end in
/// pieces.
package struct InputFile: ~Copyable {
  /// How messages name it: the path as it was given, or "standard input".
  package let name: String
  private let descriptor: Int32?
  /// What is read before anything else.
  private var memory: ArraySlice<UInt8> = []
  /// Makes the next piece, when there is no descriptor; dropped once it has made an empty one.
  private var producer: (() throws(Fault) -> [UInt8])?

  /// How much is read at once.
  package static let chunkBytes = 65_536

  /// Opens the file at a path; "-" is standard input.
  ///
  /// Throws `notFound` when there is no such file and `notAllowed` when it may not be read.
  package init(path: String) throws(Fault) {
    guard path != "-" else {
      self.name = "standard input"
      self.descriptor = STDIN_FILENO
      return
    }
    let opened = openForReading(path)
    guard opened >= 0 else { throw fault(errno, path) }
    self.name = path
    self.descriptor = opened
  }

  /// Bytes that are already in memory, under the name that messages give them.
  package init(bytes: [UInt8], name: String) {
    self.name = name
    self.descriptor = nil
    self.memory = bytes[...]
  }

  /// Bytes that are made piece by piece while they are read; an empty piece is the end.
  ///
  /// What the producer throws, the reading throws.
  package init(name: String, producer: @escaping () throws(Fault) -> [UInt8]) {
    self.name = name
    self.descriptor = nil
    self.producer = producer
  }

  deinit {
    if let descriptor, descriptor != STDIN_FILENO { _ = close(descriptor) }
  }

  /// Reads as much as comes at once into `chunk`, whose size stays, and returns how much; 0 is the
  /// end.
  package mutating func read(into chunk: inout [UInt8]) throws(Fault) -> Int {
    if memory.isEmpty, let producer {
      memory = try producer()[...]
      if memory.isEmpty { self.producer = nil }
    }
    guard memory.isEmpty, let descriptor else { return readMemory(into: &chunk) }
    while true {
      let count = readBytes(descriptor, &chunk)
      if count >= 0 { return count }
      guard errno == EINTR else { throw fault(errno, name) }
    }
  }

  /// Gives back bytes that were read; they are read again before anything else.
  package mutating func putBack(_ bytes: [UInt8]) {
    memory = bytes + memory
  }

  private mutating func readMemory(into chunk: inout [UInt8]) -> Int {
    let piece = memory.prefix(chunk.count)
    chunk.replaceSubrange(0..<piece.count, with: piece)
    memory = memory.dropFirst(piece.count)
    return piece.count
  }

  /// All bytes of the file at a path; throws when there are more than `limit`.
  package static func readAll(path: String, limit: Int) throws(Fault) -> [UInt8] {
    var file = try InputFile(path: path)
    var chunk = [UInt8](repeating: 0, count: chunkBytes)
    var bytes: [UInt8] = []
    while true {
      let count = try file.read(into: &chunk)
      guard count > 0 else { return bytes }
      guard bytes.count + count <= limit else {
        throw Fault(
          .badData, "\(printable(file.name)) is larger than \(counted(limit, "byte"))",
          hint: "check the path")
      }
      bytes.append(contentsOf: chunk[..<count])
    }
  }
}

/// What `open(2)` answers.
private func openForReading(_ path: String) -> Int32 {
  unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
}

/// What `read(2)` answers.
func readBytes(_ descriptor: Int32, _ chunk: inout [UInt8]) -> Int {
  unsafe chunk.withUnsafeMutableBytes { buffer in
    unsafe read(descriptor, buffer.baseAddress, buffer.count)
  }
}

/// The system's own words for an error number.
private func words(for error: Int32) -> String {
  guard let text = unsafe strerror(error) else { return "error \(error)" }
  return unsafe String(cString: text)
}

private func fault(_ error: Int32, _ path: String) -> Fault {
  let name = printable(path)
  switch error {
  case ENOENT, ENOTDIR:
    return Fault(.notFound, "\(name): no such file", hint: "check the path")
  case EISDIR:
    return Fault(.notFound, "\(name) is a folder", hint: "name a file in it")
  case EACCES, EPERM:
    return Fault(
      .notAllowed, "\(name): permission denied",
      hint: "let this login read it, or run as one that may")
  default:
    return Fault(.storage, "cannot read \(name): \(words(for: error))")
  }
}
