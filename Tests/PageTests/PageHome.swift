import Foundation
import Support

/// A sandbox home whose batches are told as pages; removed with this object.
final class PageHome {
  private let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/sluice-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try sluice(["init", "--quiet"])
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  // MARK: Batches

  /// Queues a plan, its lines "cus_1,1.00,in_1" under a header, approves and runs it.
  func run(
    _ lines: [String], header: String = "account,amount,reference", caps: [String: String],
    operation: String = "payment_intents.create", planner: String = "billing-agent",
    note: String = "agreed"
  ) throws -> String {
    let batch = try submit(
      lines, header: header, caps: caps, operation: operation, planner: planner)
    let digest = try member("digest", of: sluice(["preview", batch, "--json"]))
    try sluice(["approve", batch, "--digest", digest, "--note", note, "--quiet"])
    try sluice(["run", batch, "--quiet"], mayFail: true)
    return batch
  }

  /// Queues a plan, and no more.
  func submit(
    _ lines: [String], header: String = "account,amount,reference",
    caps: [String: String] = ["usd": "500.00"], operation: String = "payment_intents.create",
    planner: String = "billing-agent"
  ) throws -> String {
    let limits = caps.map { "{\"per\": \"batch\", \"amount\": \"\($1)\", \"currency\": \"\($0)\"}" }
    let reads = ["customers.retrieve", "payment_intents.retrieve"].map { "\"\($0)\"" }
    try write(
      """
      {"name": "fees", "operation": "\(operation)", "currency": "usd",
       "policy": {"allowed_operations": ["\(operation)", \(reads.joined(separator: ", "))],
         "caps": [\(limits.joined(separator: ", "))]}}
      """, to: "job.json")
    try write(([header] + lines).joined(separator: "\n") + "\n", to: "plan.csv")
    let words = ["submit", "plan.csv", "--job", "job.json", "--planner", planner, "--json"]
    return try member("batch", of: sluice(words))
  }

  // MARK: Reports

  /// Writes the page of a batch and returns its path.
  func page(of batch: String) throws -> String {
    let path = folder + "/\(batch).html"
    try sluice(["report", batch, "--format", "html", "--output", path])
    return path
  }

  /// Writes the page that an approver looks at and returns its path.
  func preview(of batch: String) throws -> String {
    let path = folder + "/preview-\(batch).html"
    try sluice(["preview", batch, "--format", "html", "--output", path])
    return path
  }

  /// The report as text.
  func text(of batch: String) throws -> String { try sluice(["report", batch]) }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
  }

  @discardableResult
  private func sluice(_ words: [String], mayFail: Bool = false) throws -> String {
    let outcome = try RunningProcess(
      [Sluice.path] + words, in: folder,
      environment: Sluice.environment(["HOME": folder, "SLUICE_HOME": folder + "/home"])
    ).wait()
    guard outcome.status == 0 || mayFail else {
      throw TestServerError(message: "\(words.joined(separator: " ")): \(outcome)")
    }
    return outcome.output
  }

  private func member(_ name: String, of document: String) throws -> String {
    let object = try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any]
    guard let text = object?[name] as? String else {
      throw TestServerError(message: "no \(name) in \(document)")
    }
    return text
  }
}

/// So many plain lines of one amount, each for an account of its own.
func plain(_ count: Int, _ amount: String = "1.99") -> [String] {
  (1...count).map { "cus_\($0),\(amount),in_\($0)" }
}
