import Domain
import JSON
import Journal
import Planner

/// What must hold of a job file that was read, or refused, and of the JSON it is written in.
struct JobFileFindings {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func add(to findings: inout Findings) {
    do throws(Fault) {
      check(try JobFileReader.read(bytes, path: "job.json"), &findings)
    } catch {
      FaultFindings(error, of: bytes).add(to: &findings)
    }
    guard let node = try? JSONReader.read(bytes) else { return }
    let value = JSONValue(node)
    let text = value.text
    findings.expect(!text.unicodeScalars.contains(where: isUnprintable), "\(printable(text))")
    findings.expect(
      (try? JSONReader.read(Array(text.utf8))).map(JSONValue.init) == value,
      "what is written reads back as something else: \(text)")
  }

  private func check(_ jobFile: JobFile, _ findings: inout Findings) {
    let policy = jobFile.policy
    for money in policy.caps.map(\.limit) + policy.maxPerJob {
      findings.expect(
        (1...Money.maximumLimitMinorUnits).contains(money.minorUnits), "a limit of \(money)")
    }
    findings.expect(!policy.batchCaps.isEmpty, "no cap of the batch")
    findings.expect(policy.expiresIn > Milliseconds(0), "keys expire at once")
    findings.expect(
      policy.allows(.job(jobFile.operation)), "its own operation is not allowed: \(policy)")
    for text in [jobFile.name, jobFile.description ?? ""] {
      let hasControl = text.unicodeScalars.contains { $0.properties.generalCategory == .control }
      findings.expect(!hasControl, "\(quoted(text))")
    }
    let terms = Terms(jobFile, mode: .live)
    findings.expect(
      (try? Terms(text: terms.json.text)) == terms, "its terms read back as others: \(terms)")
  }
}

extension JSONValue {
  /// What was read, to be written again; a number that is no integer as text.
  init(_ node: JSONNode) {
    switch node.content {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .integer(value)
    case .number(let text): self = .string(text)
    case .string(let text): self = .string(text)
    case .array(let elements): self = .array(elements.map { JSONValue($0) })
    case .object(let members):
      self = .object(members.map { JSONMember(key: $0.key, value: JSONValue($0.value)) })
    }
  }
}
