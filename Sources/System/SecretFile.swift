package import Domain

/// A file that holds one secret and nothing else.
package struct SecretFile: Sendable {
  private let path: String
  /// What the file holds, as messages call it: "key".
  private let what: String
  /// Where the path was named, for messages: "--stripe-key-file".
  private let namedBy: String

  /// The file at a path; nothing is read yet.
  package init(path: String, holding what: String, namedBy: String) {
    self.path = path
    self.what = what
    self.namedBy = namedBy
  }

  /// Whether there is anything of this name.
  package func exists() throws(Fault) -> Bool { try facts() != nil }

  /// Reads the secret of a file that nobody else may read, or that is a credential of the service:
  /// systemd keeps their folder to it, where its files, with an ACL, look group-readable.
  ///
  /// Throws `configuration` where there is no such file or others may read it.
  package func readPrivate(orIn credentials: String? = nil) throws(Fault) -> String {
    guard let facts = try facts() else {
      throw fault("\(printable(path)): no such \(what) file", "check \(namedBy)")
    }
    guard !facts.isFolder else {
      throw fault("\(printable(path)) is a folder, not a \(what) file", "name a file in it")
    }
    guard !facts.isOpenToOthers || isDirectly(in: credentials) else {
      throw fault(
        "\(printable(path)) holds a \(what) and others may read it",
        "chmod 600 \(printable(path))")
    }
    return try read()
  }

  private func isDirectly(in folder: String?) -> Bool {
    guard let folder, let cut = path.lastIndex(of: "/") else { return false }
    return path[..<cut] == folder
  }

  /// Reads the secret, whoever else may.
  package func read() throws(Fault) -> String {
    let bytes: [UInt8]?
    do {
      bytes = try Files.read(path, limit: 4096)
    } catch {
      throw unreadable(error)
    }
    guard let bytes else {
      throw fault(
        "\(printable(path)) is too long for a \(what) file", "put only the \(what) in it")
    }
    guard !bytes.isEmpty else {
      throw fault("\(printable(path)) is empty", "put the \(what) in it, or a new one")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func facts() throws(Fault) -> FileFacts? {
    do {
      return try Files.facts(of: path)
    } catch {
      throw unreadable(error)
    }
  }

  private func unreadable(_ error: SystemError) -> Fault {
    fault("\(printable(path)): \(error.message)", "let this login read the \(what) file")
  }

  private func fault(_ message: String, _ hint: String) -> Fault {
    Fault(.configuration, message, hint: hint)
  }
}
