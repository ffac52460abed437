package import Domain
internal import System

/// The key that journal rows and policy rows are sealed with; it never leaves this room.
struct SealKey: Sendable {
  /// Names the key in every row sealed with it.
  let id: String
  private let mac: HMACSHA256

  /// Reads `seal.key`: the key's id, a colon and 64 hexadecimal digits.
  static func read(_ home: Home) throws(Fault) -> SealKey {
    let path = home.sealKeyPath
    do {
      if try Files.facts(of: path)?.isOpenToOthers == true {
        throw SealKeyProblem.open
      }
      guard let content = try Files.read(path, limit: 256) else { throw SealKeyProblem.malformed }
      return try SealKey(content: content)
    } catch let error as SystemError {
      throw error.isMissing
        ? .untrusted("\(path) is missing: the journal cannot be checked") : Fault(error, path: path)
    } catch SealKeyProblem.open {
      throw Fault(.notAllowed, "\(path) can be read by others", hint: "chmod 600 \(path)")
    } catch {
      throw .untrusted("\(path) is not a seal key")
    }
  }

  /// The content of a new `seal.key`.
  static func newContent(using random: inout some RandomNumberGenerator) -> [UInt8] {
    let secret = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    return Array("\(randomName(length: 6, using: &random)):\(hex(secret))\n".utf8)
  }

  private init(content: [UInt8]) throws(SealKeyProblem) {
    let parts = String(decoding: content, as: UTF8.self).split(whereSeparator: \.isNewline).first?
      .split(separator: ":")
    guard let parts, parts.count == 2, let secret = Journal.bytes(hex: String(parts[1])),
      secret.count == 32
    else { throw .malformed }
    id = String(parts[0])
    mac = HMACSHA256(key: secret)
  }

  /// The seal over these fields, in hexadecimal.
  func seal(_ fields: [String?]) -> String { hex(mac.authenticate(Netstrings(fields).bytes)) }
}

private enum SealKeyProblem: Error { case open, malformed }

extension Store {
  /// The seal over a batch's cap, which every claim checks.
  package func seal(ofCap cap: Money, of batch: BatchID) -> String {
    seal("sluice.budget/1", [batch.text, "batch", cap.currency.code, String(cap.minorUnits)])
  }
}
