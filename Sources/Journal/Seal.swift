package import Domain
internal import SQLite
internal import System

/// A key that journal rows and policy rows are sealed with; it never leaves this room.
struct SealKey: Sendable {
  /// Names the key in every row sealed with it.
  let id: String
  private let mac: HMACSHA256

  init?(line: Substring) {
    let parts = line.split(separator: ":")
    guard parts.count == 2, let secret = Journal.bytes(hex: String(parts[1])), secret.count == 32
    else { return nil }
    id = String(parts[0])
    mac = HMACSHA256(key: secret)
  }

  /// The seal over these fields, in hexadecimal.
  func seal(_ fields: [String?]) -> String { hex(mac.authenticate(Netstrings(fields).bytes)) }

  /// The line of a new key.
  static func newLine(using random: inout some RandomNumberGenerator) -> String {
    let secret = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    return "\(randomName(length: 6, using: &random)):\(hex(secret))"
  }
}

/// What `seal.key` holds: a key a line, its id, a colon and 64 hexadecimal digits, newest first.
///
/// An older key only verifies what was sealed before the home was rekeyed.
struct SealKeys: Sendable {
  private let keys: [String: SealKey]
  /// The newest key; a home is made with it.
  let newest: SealKey

  /// Reads a home's file.
  static func read(_ home: Home) throws(Fault) -> SealKeys {
    try SealKeys(text: text(of: home), path: home.sealKeyPath)
  }

  /// Makes a home's first key, durably.
  static func create(
    for home: Home, using random: inout some RandomNumberGenerator
  ) throws(Fault) {
    try write(SealKey.newLine(using: &random) + "\n", to: home)
  }

  /// Puts a new key before the others, durably, and returns it.
  static func add(
    to home: Home, using random: inout some RandomNumberGenerator
  ) throws(Fault) -> SealKey {
    let line = SealKey.newLine(using: &random)
    guard let key = SealKey(line: line[...]) else { preconditionFailure("a new key is a key") }
    try write(line + "\n" + text(of: home), to: home)
    return key
  }

  /// The file has its name only when it is whole: half a key would make the home useless.
  private static func write(_ text: String, to home: Home) throws(Fault) {
    do throws(Fault) {
      let file = try OutputFile(path: home.sealKeyPath)
      try file.write(text)
      try file.finish()
    } catch {
      throw Fault(error.exit, error.message, hint: "check the disk and the folder's mode")
    }
  }

  private init(text: String, path: String) throws(Fault) {
    let lines = text.split(whereSeparator: \.isNewline)
    let keys = lines.compactMap { SealKey(line: $0) }
    guard let newest = keys.first, keys.count == lines.count,
      Set(keys.map(\.id)).count == keys.count
    else { throw .untrusted("\(path) is not a seal key") }
    self.newest = newest
    self.keys = Dictionary(uniqueKeysWithValues: keys.map { ($0.id, $0) })
  }

  /// The key of this id; throws `storage` when the file does not hold it.
  func key(_ id: String) throws(Fault) -> SealKey {
    guard let key = keys[id] else {
      throw Fault(
        .storage, "seal.key does not hold the key \(quoted(id)), which the home is sealed with",
        hint: "put the seal.key that belongs to this home back; nothing was sent")
    }
    return key
  }

  private static func text(of home: Home) throws(Fault) -> String {
    let path = home.sealKeyPath
    do {
      if try Files.facts(of: path)?.isOpenToOthers == true { throw SealKeyProblem.open }
      guard let content = try Files.read(path, limit: 1 << 16) else { throw SealKeyProblem.long }
      return String(decoding: content, as: UTF8.self)
    } catch let error as SystemError {
      throw error.isMissing
        ? .untrusted("\(path) is missing: the journal cannot be checked") : Fault(error, path: path)
    } catch SealKeyProblem.open {
      throw Fault(.notAllowed, "\(path) can be read by others", hint: "chmod 600 \(path)")
    } catch {
      throw .untrusted("\(path) is not a seal key")
    }
  }
}

/// What a seal is taken over: the fields of a row, of a kind named by its label.
package struct Sealed: Equatable, Sendable {
  let label: String
  let fields: [String?]

  /// These fields, of this kind.
  package init(_ label: String, _ fields: [String?]) {
    self.label = label
    self.fields = fields
  }
}

extension Store {
  /// The seal over a row's fields, under the home's seal key.
  package func seal(_ sealed: Sealed) -> String {
    sealKey.seal([sealed.label] + sealed.fields)
  }

  /// Digits that are the same for the same fields for ever, whatever key the home is sealed with:
  /// they are taken under its first.
  package func derive(_ label: String, _ fields: [String?]) throws(Fault) -> String {
    let first = try first("SELECT seal_key FROM journal WHERE sequence = 1") { row throws(Fault) in
      row.text("seal_key")
    }
    guard let first else { throw .untrusted("the journal is empty") }
    return try sealKeys.key(first).seal([label] + fields)
  }
}

private enum SealKeyProblem: Error { case open, long }
