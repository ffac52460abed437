import Foundation
import Support

/// A job file of the machine's that lists what is due.
struct DueList {
  let name: String
  var path: String { "/srv/sluice-test-jobs/\(name).json" }

  /// Lists lines of `customer_id,invoice_number,amount,currency`, in the job file that is installed
  /// under another name and with other members.
  init(_ name: String, _ lines: [String], more: [String: Any] = [:]) throws {
    self.name = name
    let shipped = try JSONSerialization.jsonObject(
      with: Data(try Repository.text("jobs/overdue.json").utf8))
    var jobFile = shipped as? [String: Any] ?? [:]
    jobFile["name"] = name
    jobFile["source"] = ["csv": "\(name).csv"]
    jobFile.merge(more) { $1 }
    try Data(Machine.plan(lines).utf8).write(to: URL(fileURLWithPath: list))
    try JSONSerialization.data(withJSONObject: jobFile).write(to: URL(fileURLWithPath: path))
  }

  /// The list itself.
  var list: String { "/srv/sluice-test-jobs/\(name).csv" }

  /// Approves beforehand what the job file plans.
  func cover() throws {
    let digest = try Machine.asRoot("sha256sum <\(path) | cut -c1-64").dropLast()
    try Machine.sluice(
      "standing approve \(path) --total usd=20.00 --per-job usd=10.00 --jobs 10 "
        + "--until 2999-12-31 --digest \(digest)")
  }

  /// The batch that was made of it, and its state.
  func batch() throws -> (id: String, state: String)? {
    let batches = try Machine.document("list")["batches"] as? [[String: Any]] ?? []
    for batch in batches {
      guard let id = batch["batch"] as? String, id.hasPrefix(name + "-") else { continue }
      return (id, batch["state"] as? String ?? "")
    }
    return nil
  }
}
