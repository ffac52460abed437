import Foundation
import HTTP
import Support

/// A way to ask a server on loopback directly, as `curl` would; one thread uses it.
final class Wire {
  private let url: String
  private let headers: [(name: String, value: String)]
  private let client: HTTPClient

  /// A way to `url`, with a key where the server wants one.
  init(_ url: String, key: String? = nil) {
    var options = HTTPOptions()
    options.allowsPlainHTTP = true
    client = HTTPClient(options)
    self.url = url
    headers = key.map { [(name: "Authorization", value: "Bearer " + $0)] } ?? []
  }

  /// The JSON document at a path.
  func get<Value: Decodable>(_ path: String, as type: Value.Type = Value.self) throws -> Value {
    try decode(answer(.get, path, nil), path)
  }

  /// Posts a form and decodes what it makes.
  func post<Value: Decodable>(
    _ path: String, _ form: KeyValuePairs<String, String>, as type: Value.Type = Value.self
  ) throws -> Value {
    try decode(send(form, to: path), path)
  }

  /// Posts a form, under an idempotency key when there is one, and returns whatever comes back.
  func send(
    _ form: KeyValuePairs<String, String>, to path: String, under key: String? = nil
  ) throws -> HTTPResponse {
    let pairs = form.map { (name: $0.key, value: $0.value) }
    return try answer(.post, path, Array(HTTPForm.encode(pairs).utf8), key)
  }

  /// Posts a JSON document.
  func post(_ path: String, json: some Encodable) throws {
    _ = try answer(.post, path, Array(JSONEncoder().encode(json)))
  }

  private func answer(
    _ method: HTTPMethod, _ path: String, _ body: [UInt8]?, _ key: String? = nil
  ) throws -> HTTPResponse {
    let more = key.map { [(name: "Idempotency-Key", value: $0)] } ?? []
    let request = HTTPRequest(method: method, url: url + path, headers: headers + more, body: body)
    let result = client.perform(request)
    guard case .response(let response) = result else {
      throw TestServerError(message: "no answer to \(path): \(result)")
    }
    return response
  }

  private func decode<Value: Decodable>(_ answer: HTTPResponse, _ path: String) throws -> Value {
    guard answer.status == 200 else {
      let text = String(decoding: answer.body, as: UTF8.self)
      throw TestServerError(message: "\(path): \(answer.status) \(text)")
    }
    return try JSONDecoder().decode(Value.self, from: Data(answer.body))
  }
}
