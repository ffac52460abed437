internal import JSON

/// The two ways of the protocol: with a handshake at the start, or with everything in each request.
enum Era {
  case handshake
  case stateless

  /// Versions that begin with `initialize`, the newest last.
  static let handshakeVersions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]
  /// Versions whose requests each carry theirs.
  static let statelessVersions = ["2026-07-28"]

  private static let versionKey = "io.modelcontextprotocol/protocolVersion"

  /// The era that a request is of, by the version it carries, if any.
  init(_ parameters: JSONNode?) throws(RPCError) {
    guard let version = parameters?["_meta"]?[Self.versionKey] else {
      self = .handshake
      return
    }
    guard let text = version.string else {
      throw .parameters("the protocol version in _meta must be a string")
    }
    if Self.statelessVersions.contains(text) {
      self = .stateless
    } else if Self.handshakeVersions.contains(text) {
      self = .handshake
    } else {
      throw RPCError(
        code: -32022, message: "Unsupported protocol version",
        data: [
          "supported": .array(Self.statelessVersions.map(JSONValue.string)),
          "requested": .string(text),
        ])
    }
  }
}
