import Foundation
internal import HTTP

/// A localstripe on loopback, alive as long as this object.
///
/// It ignores idempotency keys, which makes it an honest counter of charges.
package final class LocalStripe {
  /// The base URL.
  package let url: String
  /// A key it takes: unrestricted ones of test mode only.
  package static let key = "sk_test_0123456789"

  private let process = Process()
  private let lifeline = Pipe()
  private let output = Pipe()
  private let client: HTTPClient

  /// A charge as it keeps it.
  package struct Charge: Decodable, Sendable {
    package let id: String
    package let amount: Int64
    package let customer: String
    package let status: String
    package let metadata: [String: String]
  }

  /// A refund as it keeps it; it gives back as much and as often as it is asked to.
  package struct Refund: Decodable, Sendable {
    package let id: String
    package let amount: Int64
    package let charge: String
    package let status: String
    package let metadata: [String: String]
  }

  /// Starts it; throws when the Python that has it is not known.
  package init() throws {
    let environment = ProcessInfo.processInfo.environment
    guard let python = environment["SLUICE_LOCALSTRIPE"], !python.isEmpty else {
      throw TestServerError(
        message: "SLUICE_LOCALSTRIPE names no Python that has localstripe: run Tests/run")
    }
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("localstripe_server.py").path
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = [script]
    process.standardInput = lifeline
    process.standardOutput = output
    try process.run()
    var line = ""
    while !line.contains("\n") {
      let bytes = output.fileHandleForReading.availableData
      guard !bytes.isEmpty else { throw TestServerError(message: "localstripe did not start") }
      line += String(decoding: bytes, as: UTF8.self)
    }
    url = "http://127.0.0.1:" + line.prefix { $0.isNumber }
    var options = HTTPOptions()
    options.allowsPlainHTTP = true
    client = HTTPClient(options)
  }

  deinit {
    try? lifeline.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// Makes a customer with this card as the default payment method, and returns its id.
  package func makeCustomer(card: String) throws -> String {
    struct Customer: Decodable {
      let id: String
    }
    let form = HTTPForm.encode([
      (name: "payment_method", value: card),
      (name: "invoice_settings[default_payment_method]", value: card),
    ])
    return try ask("/v1/customers", body: form, as: Customer.self).id
  }

  /// Every charge of a customer.
  package func charges(of customer: String) throws -> [Charge] {
    struct List: Decodable {
      let data: [Charge]
    }
    return try ask("/v1/charges?limit=100&customer=" + customer, as: List.self).data
  }

  /// Charges a customer behind Sluice's back, and returns the charge's id.
  package func charge(_ customer: String, usdCents amount: Int64) throws -> String {
    let form = HTTPForm.encode([
      (name: "amount", value: String(amount)), (name: "currency", value: "usd"),
      (name: "customer", value: customer),
    ])
    return try ask("/v1/charges", body: form, as: Charge.self).id
  }

  /// Every refund of a charge.
  package func refunds(of charge: String) throws -> [Refund] {
    struct List: Decodable {
      let data: [Refund]
    }
    return try ask("/v1/refunds?limit=100&charge=" + charge, as: List.self).data
  }

  private func ask<Value: Decodable>(
    _ path: String, body: String? = nil, as type: Value.Type
  ) throws -> Value {
    let request = HTTPRequest(
      method: body == nil ? .get : .post, url: url + path,
      headers: [(name: "Authorization", value: "Bearer " + Self.key)],
      body: body.map { Array($0.utf8) })
    let result = client.perform(request)
    guard case .response(let response) = result, response.status == 200 else {
      throw TestServerError(message: "localstripe does not answer \(path): \(result)")
    }
    return try JSONDecoder().decode(type, from: Data(response.body))
  }
}
