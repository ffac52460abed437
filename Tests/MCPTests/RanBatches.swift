import Foundation
import Support

extension AgentHome {
  /// Batches of every operation that a person approved and ran, with every kind of outcome: their
  /// lists came from a billing system, which knows what Stripe calls things, under the planner's
  /// name.
  func ranBatches(of planner: String) throws -> [String] {
    let fees = [
      "plain", "decline_insufficient_funds", "no_payment_method", "missing", "processing",
      "requires_action",
    ]
    return [
      try ran(
        fees.enumerated().map { "cus_\($1),1.00,first_\($0)," }, under: "fees", of: planner,
        status: 10),
      try ran(
        ["cus_error_500,1.00,second,", "cus_plain,1.00,third,"], under: "fees", of: planner,
        status: 13),
      try ran(
        [
          "cus_sandbox_01,19.00,,in_sandbox_01",
          "cus_decline_expired_card_13,29.00,,in_sandbox_13",
          "cus_processing_16,29.00,,in_sandbox_16",
          "cus_sandbox_paid_meanwhile,49.00,,in_sandbox_paid_meanwhile",
        ], under: "invoices", of: planner, status: 10),
      try ran(
        ["cus_plain,0.50,pi_sandbox_1,pi_sandbox_1"], under: "refunds", of: planner, status: 0),
    ]
  }

  private func ran(
    _ lines: [String], under jobFile: String, of planner: String, status: Int32
  ) throws -> String {
    let last = ["fees": "description", "invoices": "invoice", "refunds": "charge"]
    let header = "account,amount,reference,\(last[jobFile] ?? "")"
    try write(("plan.csv", ([header] + lines).joined(separator: "\n") + "\n"))
    let words = "submit plan.csv --job \(jobFile).json --planner \(planner) --quiet"
    let batch = try sluice(words).trimmingCharacters(in: .newlines)
    try approve(batch)
    _ = try sluice("run \(batch) --quiet", status: [status])
    return batch
  }

  /// What Stripe calls the objects of a batch, and what it said of them.
  func stripesWords(of batch: String) throws -> [String] {
    let text = try sluice("show \(batch) --jobs --json")
    let shown = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let keys = ["invoice", "charge", "object", "code", "decline_code", "message", "request_id"]
    return (shown?["jobs"] as? [[String: Any]] ?? []).flatMap { job in
      keys.compactMap { job[$0] as? String }
    }
  }
}
