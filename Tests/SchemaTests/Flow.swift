import Foundation
import Journal
import Support

/// What is run so that every command prints what it prints in every state of a home.
extension SchemaHome {
  /// A home in which nothing has happened.
  func tellNothing() throws {
    try run("list", status: 78)
    try run("doctor", status: 78)
    try run("init --mode sandbox")
    for line in [
      "list", "keys list", "budget list", "run", "settle", "version", "journal head",
      "journal verify", "journal export",
      "approvers list", "standing list", "doctor", "doctor --restored",
    ] {
      try run(line)
    }
  }

  /// Batches that wait, are rejected, are cancelled, are stopped.
  func tellDecisions() throws {
    try write(Self.jobFile("payment_intents.create", cap: "5.00"), to: "fees.json")
    try write(
      """
      account,amount,reference,description,payment_method,reason,metadata.plan
      cus_1,1.00,in_1,A fee,pm_1,overdue,gold
      cus_1,1.50,in_2,,,,
      """, to: "plan.csv")
    try run("submit plan.csv --job fees.json --dry-run")
    let first = try submit("plan.csv", under: "fees.json")
    try look(at: first)
    try run("preview \(first) --except 2")
    try run("reject \(first) --reason old")
    try look(at: first)
    let second = try submit("plan.csv", under: "fees.json")
    try approve(second, "--except", "2", "--note", "one is enough")
    try look(at: second)
    try run("stop --reason look")
    try run("stop \(second)")
    try look(at: second)
    try run("run \(second)", status: 12)
    try look(at: second)
    try run("unstop")
    try run("unstop \(second)")
    try run("cancel \(second)")
    try look(at: second)
  }

  /// Approvers with tokens, and what is approved beforehand.
  func tellPeople() throws {
    try run("approvers add ben")
    try run("approvers list")
    try run("approvers remove ben")
    let fees = Self.jobFile("payment_intents.create", cap: "5.00")
    let digest = hex(SHA256.digest(Array(fees.utf8)))
    let standing = try run(
      "standing approve fees.json --total usd=9.00 --per-job usd=2.00 --jobs 9 "
        + "--until 2999-12-31 --digest \(digest)")
    try run("standing list")
    let name = standing["standing"] as? String ?? ""
    try run("standing withdraw \(name) --reason over")
    try run("standing list")
    try write(
      Self.jobFile("payment_intents.create", cap: "5.00", more: #", "approval": {"required": 2}"#),
      to: "two.json")
    let batch = try submit("plan.csv", under: "two.json")
    try run("preview \(batch)")
    try run("reject \(batch) --reason alone")
    try write(
      Self.jobFile(
        "payment_intents.create", cap: "5.00",
        more: #", "source": {"csv": "plan.csv"}, "schedule_every": "1s""#),
      to: "nightly.json")
    try run("doctor --job nightly.json")
    try run("cron nightly.json", status: 14)
    try waitUntil("the next billing run is late") {
      let findings = try run("doctor --job nightly.json")["findings"] as? [[String: Any]] ?? []
      return findings.contains { "\($0["check"] ?? "") \($0["level"] ?? "")" == "schedule warning" }
    }
    try run("cron nightly.json", status: 14)
    for waiting in try run("list --state submitted")["batches"] as? [[String: Any]] ?? [] {
      try run("reject \(try self.name(waiting)) --reason tried")
    }
  }

  /// A batch that its cap halts, that is amended, and that finishes with every heading there is.
  func tellRuns() throws {
    try run("budget set usd=100.00 --per day")
    try run("budget set usd=100.00 --per month")
    try run("budget list")
    let endings = [
      "1", "2", "decline_lost_card", "processing", "processing_fails", "no_payment_method",
      "missing", "error_500", "3",
    ]
    let lines = endings.enumerated().map { "cus_\($1),1.00,run_\($0)" }
    try write((["account,amount,reference"] + lines).joined(separator: "\n"), to: "runs.csv")
    let batch = try submit("runs.csv", under: "fees.json")
    try approve(batch)
    try run("run \(batch) --limit 1")
    try look(at: batch)
    try run("run", status: 13)
    try look(at: batch)
    try run("settle", status: 13)
    try run("resolve \(batch) 8 --not-charged --evidence logs", status: 77)
    try run("amend \(batch) --cap usd=20.00")
    try look(at: batch)
    try approve(batch)
    try run("run \(batch)", status: 13)
    try look(at: batch)
    try tellResolved()
    let keys = try run("keys list")["keys"] as? [[String: Any]] ?? []
    let key = keys.first?["key"] as? String ?? ""
    try run("keys show \(key)")
    try run("keys revoke \(key) --reason done")
    try run("keys issue --job fees.json")
    try run("keys list")
    try run("budget remove usd --per month")
    try run("journal rekey")
    try run("journal verify")
    try run("journal head --accept --reason kept")
    try run("list")
    try run("list --state finished --limit 1")
  }

  /// A job that Stripe has taken, settled by a person's word.
  private func tellResolved() throws {
    try write("account,amount,reference\ncus_processing,1.00,slow_1", to: "slow.csv")
    let batch = try submit("slow.csv", under: "fees.json")
    try approve(batch)
    let report = try run("run \(batch)", status: 10)
    let jobs = report["jobs"] as? [[String: Any]]
    let object = jobs?.first?["object"] as? String ?? ""
    try run("resolve \(batch) 1 --charged \(object)")
    try look(at: batch)
  }

  /// Money back, and an invoice that nobody knows.
  func tellRefunds() throws {
    try write(
      Self.jobFile("refunds.create", reads: ["payment_intents.retrieve"], cap: "5.00"),
      to: "refunds.json")
    try write(
      "account,amount,reference,charge\ncus_1,0.50,back_1,pi_sandbox_1", to: "refunds.csv")
    let refunds = try submit("refunds.csv", under: "refunds.json")
    try approve(refunds)
    try run("run \(refunds)")
    try look(at: refunds)
    try write(
      Self.jobFile("invoices.pay", reads: ["invoices.retrieve"], cap: "5.00"), to: "invoices.json")
    try write(
      "account,amount,invoice\ncus_1,0.50,in_nowhere", to: "invoices.csv")
    let invoices = try submit("invoices.csv", under: "invoices.json")
    try approve(invoices)
    try run("run \(invoices)", status: 10)
    try look(at: invoices)
  }

  /// Mistakes, each with an exit status of its own.
  func tellErrors() throws {
    try run("frobnicate", status: 64)
    try run("list --state halte", status: 64)
    try run("show nothing", status: 66)
    try write("account,amount,reference\ncus_1,1.000,a\ncus_2,1,b", to: "bad.csv")
    try run("submit bad.csv --job fees.json", status: 65)
    let batch = try submit("plan.csv", under: "fees.json")
    try run("run \(batch)", status: 77)
    try write(String(repeating: "0", count: 64) + "\n", to: "home/seal.key")
    try run("journal verify", status: 74)
  }

  private func submit(_ plan: String, under jobFile: String) throws -> String {
    try name(try run("submit \(plan) --job \(jobFile)"))
  }

  private func name(_ document: [String: Any]) throws -> String {
    guard let batch = document["batch"] as? String else {
      throw TestServerError(message: "no batch: \(document)")
    }
    return batch
  }

  private func approve(_ batch: String, _ more: String...) throws {
    let digest = try run("preview \(batch)")["digest"] as? String ?? ""
    var line = "approve \(batch) --digest \(digest)"
    let note = more.last ?? ""
    for word in more.dropLast() { line += " " + word }
    if more.isEmpty { try run(line) } else { try run(line, note) }
  }

  /// Everything that tells of a batch.
  private func look(at batch: String) throws {
    for line in [
      "show \(batch)", "show \(batch) --jobs", "report \(batch)", "preview \(batch)", "list",
    ] {
      try run(line)
    }
    try run("show \(batch) --outcome queued --outcome skipped --number 1-5 --limit 2")
  }

  private static func jobFile(
    _ operation: String, reads: [String] = ["customers.retrieve"], cap: String,
    more: String = ""
  ) -> String {
    let operations = ([operation] + reads).map { "\"\($0)\"" }.joined(separator: ",")
    return """
      {"name": "fees", "operation": "\(operation)", "currency": "usd",
       "policy": {"allowed_operations": [\(operations)],
         "caps": [{"per": "batch", "amount": "\(cap)", "currency": "usd"},
           {"per": "month", "amount": "500.00", "currency": "usd"}],
         "max_per_job": [{"amount": "50.00", "currency": "usd"}], "max_jobs": 1000},
       "notify": {"webhook_env": "SLUICE_WEBHOOK"}\(more)}
      """
  }
}
