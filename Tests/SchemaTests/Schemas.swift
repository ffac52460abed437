import Foundation
import Support

/// A document that a command printed, and the schema it has to fit.
struct Printed {
  let schema: String
  let document: String
}

/// The JSON Schemas of everything that `--json` prints.
enum Schemas {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  private static let folder = root + "/Tests/schemas"

  /// The names of all schemas but the one that only others refer to.
  static func names() throws -> Set<String> {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    return Set(files.map { $0.replacingOccurrences(of: ".schema.json", with: "") })
      .subtracting(["common"])
  }

  /// A schema as it stands.
  static func read(_ name: String) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/\(name).schema.json"))
    let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    guard let object else { throw TestServerError(message: "\(name) is no schema") }
    return object
  }

  /// Why documents are refused, a line each, by their place; empty when all are valid.
  ///
  /// Throws when no Python with jsonschema is known: nothing passes unlooked at.
  static func refusals(of printed: [Printed]) throws -> [String] {
    let python = ProcessInfo.processInfo.environment["SLUICE_JSONSCHEMA"] ?? ""
    guard !python.isEmpty else {
      throw TestServerError(
        message: "SLUICE_JSONSCHEMA names no Python that has jsonschema: run Tests/run")
    }
    let lines = try printed.map { one in
      let request = ["schema": one.schema, "document": one.document]
      return String(decoding: try JSONEncoder().encode(request), as: UTF8.self)
    }
    let outcome = try RunningProcess(
      [python, root + "/Tests/SchemaTests/validate.py", folder],
      in: FileManager.default.temporaryDirectory.path, environment: Sluice.environment([:]),
      input: lines.joined(separator: "\n") + "\n"
    ).wait()
    var answers = outcome.output.split(separator: "\n").map(String.init)
    guard outcome.status == 0, answers.popLast() == "done" else {
      throw TestServerError(message: "the schemas cannot be tried: \(outcome.error)")
    }
    return answers
  }
}
