import Foundation
import Support

/// What `doctor --json` prints.
struct DoctorDocument: Decodable {
  struct Finding: Decodable {
    let check: String
    let level: String
    let message: String
    let hint: String?
  }

  let findings: [Finding]
  let exit: Int32

  /// The messages of a level.
  func messages(_ level: String) -> [String] {
    findings.filter { $0.level == level }.map { "\($0.check): \($0.message)" }
  }

  /// What one check found.
  func of(_ check: String) -> [Finding] { findings.filter { $0.check == check } }
}

extension CommandHome {
  /// Runs the doctor, whose exit status has to be the one it prints.
  func doctor(
    _ words: String..., environment: [String: String] = [:], under wrapper: [String] = []
  ) throws -> DoctorDocument {
    let outcome = try sluice(
      ["doctor", "--json"] + words, environment: environment, under: wrapper)
    let document = try? JSONDecoder().decode(DoctorDocument.self, from: Data(outcome.output.utf8))
    guard let document, document.exit == outcome.status else {
      throw TestServerError(message: "doctor: \(outcome)")
    }
    return document
  }
}
