import Foundation
internal import HTTP

/// The loopback Stripe of `stripe_server.py`, alive as long as this object or until `stop()`.
package final class StripeServer {
  package let port: Int
  private let process = Process()
  private let lifeline = Pipe()
  private let output = Pipe()
  private let certificate: TestCertificate?
  private let control: HTTPClient

  /// A request as it came in.
  package struct Request: Decodable, Equatable, Sendable {
    package let method: String
    package let path: String
    package let headers: [String: String]
    package let body: String
    /// The client's port: the same for every request of one connection.
    package let connection: Int
  }

  /// A server on a free port; with a certificate it speaks TLS, and deaf it lets nobody connect.
  package init(certificate: TestCertificate? = nil, deaf: Bool = false) throws {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("stripe_server.py").path
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["python3", script, "--until-eof"] + (deaf ? ["--deaf"] : [])
      + (certificate.map { ["--tls", $0.certificateFile, $0.keyFile] } ?? [])
    process.standardInput = lifeline
    process.standardOutput = output
    try process.run()
    var line = ""
    while !line.hasSuffix("\n") {
      let bytes = output.fileHandleForReading.availableData
      guard !bytes.isEmpty else { throw TestServerError(message: "the server did not start") }
      line += String(decoding: bytes, as: UTF8.self)
    }
    guard let port = Int(line.dropLast()) else { throw TestServerError(message: line) }
    self.port = port
    self.certificate = certificate
    var options = HTTPOptions()
    options.allowsPlainHTTP = true
    options.authorityFile = certificate?.certificateFile
    control = HTTPClient(options)
  }

  deinit { stop() }

  /// Ends the server; from then on its port refuses.
  package func stop() {
    try? lifeline.fileHandleForWriting.close()
    _ = try? output.fileHandleForReading.readToEnd()
  }

  /// The base URL, by address.
  package var url: String { "\(certificate == nil ? "http" : "https")://127.0.0.1:\(port)" }

  /// Scripts what happens to the next requests: a JSON list, as the server's own help describes it.
  package func script(_ faults: String) throws {
    _ = try ask("/_faults", body: faults)
  }

  /// Scripts one fault without parameters.
  package func script(fault: String) throws {
    try script(#"[{"fault": "\#(fault)"}]"#)
  }

  /// Makes invoices: a JSON list, as the server's own help describes it.
  package func add(invoices: String) throws {
    _ = try ask("/_invoices", body: invoices)
  }

  /// Everything that came in, in order.
  package func requests() throws -> [Request] {
    try ask("/_requests").split(separator: 0x0A).map {
      try JSONDecoder().decode(Request.self, from: Data($0))
    }
  }

  /// Asks the server itself; such requests are not counted.
  package func ask(_ path: String, body: String? = nil) throws -> [UInt8] {
    let request = HTTPRequest(
      method: body == nil ? .get : .post, url: url + path, headers: [],
      body: body.map { Array($0.utf8) })
    let result = control.perform(request)
    guard case .response(let response) = result else {
      throw TestServerError(message: "the server does not answer \(path): \(result)")
    }
    return response.body
  }
}

/// Why a test has no server.
package struct TestServerError: Error {
  package let message: String

  /// An error with this message.
  package init(message: String) { self.message = message }
}

/// A self-signed certificate in a folder of its own, removed with this object.
package final class TestCertificate {
  package let certificateFile: String
  package let keyFile: String
  private let folder: URL

  /// A certificate for a name such as "IP:127.0.0.1" or "DNS:other.example".
  package init(for name: String) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    certificateFile = folder.appendingPathComponent("certificate.pem").path
    keyFile = folder.appendingPathComponent("key.pem").path
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
      "-nodes", "-days", "2", "-subj", "/CN=test", "-addext", "subjectAltName=" + name,
      "-out", certificateFile, "-keyout", keyFile,
    ]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let said = try output.fileHandleForReading.readToEnd() ?? Data()
    guard FileManager.default.fileExists(atPath: certificateFile) else {
      throw TestServerError(message: "openssl: " + String(decoding: said, as: UTF8.self))
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }
}
