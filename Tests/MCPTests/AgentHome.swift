import Foundation
import Support

/// A folder with a home and three job files in it, for one test; removed with this object.
final class AgentHome {
  let folder: String

  init(cap: String = "500.00", more: String = "") throws {
    folder = FileManager.default.temporaryDirectory.path + "/sluice-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try write(Self.jobFile("fees", "payment_intents.create", "customers.retrieve", cap, more))
    try write(Self.jobFile("refunds", "refunds.create", "payment_intents.retrieve", cap, more))
    try write(Self.jobFile("invoices", "invoices.pay", "invoices.retrieve", cap, more))
    _ = try sluice("init --mode sandbox --quiet")
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var environment: [String: String] {
    Sluice.environment(["HOME": folder, "SLUICE_HOME": folder + "/home"])
  }

  /// The same, with the token of an approver where one is named.
  func environment(of approver: String?) -> [String: String] {
    let token = approver.map { ["SLUICE_APPROVER_TOKEN_FILE": "\(folder)/\($0).token"] } ?? [:]
    return environment.merging(token) { $1 }
  }

  /// Starts a command, as the holder of an approver's token where one is named.
  func start(
    _ line: String, input: String? = nil, as approver: String? = nil
  ) throws -> RunningProcess {
    try RunningProcess(
      [Sluice.path] + line.split(separator: " ").map(String.init), in: folder,
      environment: environment(of: approver), input: input)
  }

  /// Runs a command to its end.
  func outcome(_ line: String, input: String? = nil, as approver: String? = nil) throws -> Outcome {
    try start(line, input: input, as: approver).wait()
  }

  /// Runs a command as a person does, which has to end with one of these statuses.
  func sluice(
    _ line: String, status: Set<Int32> = [0], as approver: String? = nil
  ) throws -> String {
    let outcome = try outcome(line, as: approver)
    guard status.contains(outcome.status) else {
      throw TestServerError(message: "\(line): \(outcome)")
    }
    return outcome.output
  }

  /// What a server says to lines that are all there from the start, line by line.
  func answers(to lines: [String], _ options: String = "--job fees.json") throws -> [String] {
    let outcome = try RunningProcess(
      [Sluice.path, "mcp"] + options.split(separator: " ").map(String.init), in: folder,
      environment: environment, input: lines.joined(separator: "\n")
    ).wait()
    guard outcome.status == 0, outcome.error.isEmpty else {
      throw TestServerError(message: "\(outcome)")
    }
    return outcome.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      .map(String.init)
  }

  /// A person approves a batch.
  func approve(_ batch: String, as approver: String? = nil) throws {
    _ = try sluice("approve \(batch) --digest \(digest(batch))", as: approver)
  }

  /// The digest of a batch's plan as it stands.
  func digest(_ batch: String) throws -> String {
    let preview = try sluice("preview \(batch) --json")
    let document = try JSONSerialization.jsonObject(with: Data(preview.utf8)) as? [String: Any]
    return document?["digest"] as? String ?? ""
  }

  /// Makes an approver, who is known by a token.
  func addApprover(_ name: String) throws {
    let token = try sluice("approvers add \(name) --quiet")
    try write(("\(name).token", token))
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o600], ofItemAtPath: "\(folder)/\(name).token")
  }

  /// The states of all batches.
  func states() throws -> [String: String] {
    let text = try sluice("list --json")
    let list = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let batches = list?["batches"] as? [[String: Any]] ?? []
    return Dictionary(
      uniqueKeysWithValues: batches.map {
        ($0["batch"] as? String ?? "", $0["state"] as? String ?? "")
      })
  }

  func write(_ file: (name: String, text: String)) throws {
    try Data(file.text.utf8).write(to: URL(fileURLWithPath: folder + "/" + file.name))
  }

  private static func jobFile(
    _ name: String, _ operation: String, _ read: String, _ cap: String, _ more: String
  ) -> (name: String, text: String) {
    (
      "\(name).json",
      """
      {"name": "\(name)", "operation": "\(operation)", "currency": "usd",
       "policy": {"allowed_operations": ["\(operation)", "\(read)"],
         "caps": [{"per": "batch", "amount": "\(cap)", "currency": "usd"}]}\(more)}
      """
    )
  }
}
