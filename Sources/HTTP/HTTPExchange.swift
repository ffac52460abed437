internal import CCurl

/// One request on its way: the body that libcurl takes and the answer that it brings.
final class HTTPExchange {
  private let outgoing: [UInt8]
  private var taken = 0
  private let maximumHeaderBytes: Int
  private let maximumBodyBytes: Int
  private var headerBytes = 0

  private(set) var headers: [String: String] = [:]
  private(set) var body: [UInt8] = []
  /// Why the answer was cut off, when it was too large.
  private(set) var refusal: String?
  /// Whether libcurl has asked for the body: from then on it may have been sent.
  private(set) var bodyWasTaken = false

  init(outgoing: [UInt8], maximumHeaderBytes: Int, maximumBodyBytes: Int) {
    self.outgoing = outgoing
    self.maximumHeaderBytes = maximumHeaderBytes
    self.maximumBodyBytes = maximumBodyBytes
  }

  /// What a C callback is given, to find its exchange again.
  var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  /// Copies the next part of the outgoing body; 0 is its end.
  ///
  /// The body is given this way, and with no function to seek in it, so that libcurl cannot send it
  /// a second time: on a kept connection that closes without an answer it otherwise would.
  static let take: sluice_curl_callback = { bytes, size, count, context in
    guard let bytes, let exchange = HTTPExchange.of(context) else {
      return Int(CURL_READFUNC_ABORT)
    }
    return exchange.take(into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
  }

  /// Keeps one line of the answer's head.
  static let keepHeader: sluice_curl_callback = { bytes, size, count, context in
    guard let bytes, let exchange = HTTPExchange.of(context) else { return 0 }
    return exchange.keepHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
  }

  /// Keeps one part of the answer's body.
  static let keepBody: sluice_curl_callback = { bytes, size, count, context in
    guard let bytes, let exchange = HTTPExchange.of(context) else { return 0 }
    return exchange.keepBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> HTTPExchange? {
    context.map { Unmanaged<HTTPExchange>.fromOpaque($0).takeUnretainedValue() }
  }

  private func take(into space: UnsafeMutableRawBufferPointer) -> Int {
    bodyWasTaken = true
    let part = outgoing[taken...].prefix(space.count)
    space.copyBytes(from: part)
    taken += part.count
    return part.count
  }

  private func keepHeader(_ line: UnsafeRawBufferPointer) -> Int {
    headerBytes += line.count
    guard headerBytes <= maximumHeaderBytes else {
      refusal = "the answer's headers are larger than \(maximumHeaderBytes) bytes"
      return 0
    }
    if body.isEmpty, line.starts(with: "HTTP/".utf8) {
      headers.removeAll(keepingCapacity: true)
    } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
      let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
      let value = trimmed(line[(colon + 1)...])
      if headers[name] == nil { headers[name] = String(decoding: value, as: UTF8.self) }
    }
    return line.count
  }

  private func keepBody(_ part: UnsafeRawBufferPointer) -> Int {
    guard body.count + part.count <= maximumBodyBytes else {
      refusal = "the answer is larger than \(maximumBodyBytes) bytes"
      return 0
    }
    body.append(contentsOf: part)
    return part.count
  }

  private func trimmed(_ text: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }
    guard let first = text.firstIndex(where: { !isSpace($0) }),
      let last = text.lastIndex(where: { !isSpace($0) })
    else { return text[text.endIndex...] }
    return text[first...last]
  }
}
