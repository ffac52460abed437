package import Domain
internal import JSON
internal import Planner
internal import Queue
internal import System

/// One job as a planner proposes it: texts that nobody has checked.
package struct ProposedCharge: Equatable, Sendable {
  package var account: String?
  /// Decimal text: "19.99".
  package var amount: String?
  package var amountMinor: Int64?
  package var currency: String?
  package var reference: String?
  package var description: String?
  package var reason: String?
  package var invoice: String?
  package var charge: String?
  package var metadata: [MetadataEntry] = []

  /// A proposal that is still empty.
  package init() {}

  /// The proposal as a line of JSON Lines under our own names.
  var line: String {
    var members: [JSONMember] = []
    func add(_ key: String, _ value: JSONValue?) {
      if let value { members.append(JSONMember(key: key, value: value)) }
    }
    add("account", account.map(JSONValue.string))
    add("amount", amount.map(JSONValue.string))
    add("amount_minor", amountMinor.map(JSONValue.integer))
    add("currency", currency.map(JSONValue.string))
    add("reference", reference.map(JSONValue.string))
    add("description", description.map(JSONValue.string))
    add("reason", reason.map(JSONValue.string))
    add("invoice", invoice.map(JSONValue.string))
    add("charge", charge.map(JSONValue.string))
    if !metadata.isEmpty {
      let entries = metadata.map { JSONMember(key: $0.key, value: .string($0.value)) }
      members.append(JSONMember(key: "metadata", value: .object(entries)))
    }
    return JSONValue.object(members).text
  }

  /// The fields that are given, by our names.
  private var given: [String] {
    let fields: [(String, Bool)] = [
      ("account", account != nil), ("amount", amount != nil), ("amount_minor", amountMinor != nil),
      ("currency", currency != nil), ("reference", reference != nil),
      ("description", description != nil), ("reason", reason != nil),
    ]
    return fields.filter(\.1).map(\.0) + metadata.map { "metadata." + $0.key }
  }

  private func isCurrencyMissing(_ jobFile: JobFile) -> Bool {
    currency == nil && jobFile.currency == nil && jobFile.fields["currency"] == nil
  }

  /// What is missing, and what is given though the job file leaves no choice about it.
  func problems(under jobFile: JobFile) -> [String] {
    let isInvoice = jobFile.operation == .invoicesPay
    let isRefund = jobFile.operation == .refundsCreate
    func isMissing(_ name: String, _ value: String?) -> Bool {
      value == nil && jobFile.fields[name] == nil
    }
    let hasAmount = jobFile.fields["amount"] != nil || jobFile.fields["amount_minor"] != nil
    let fixed = given.filter { jobFile.fields[$0] != nil }
    let rules = [
      (isMissing("account", account), "account is missing"),
      (amount == nil && amountMinor == nil && !hasAmount, "give amount or amount_minor"),
      (!isInvoice && isMissing("reference", reference), "reference is missing"),
      (isInvoice && isMissing("invoice", invoice), "invoice is missing"),
      (isRefund && isMissing("charge", charge), "charge is missing"),
      (isCurrencyMissing(jobFile), "currency is missing: give it, like \(jobFile.likelyCurrency)"),
      (!isInvoice && invoice != nil, "invoice is for job files that pay invoices: leave it out"),
      (!isRefund && charge != nil, "charge is for job files that refund: leave it out"),
    ]
    return rules.filter(\.0).map(\.1)
      + fixed.map { "the \(printable($0)) is fixed by the job file: leave it out" }
  }
}

extension JobFile {
  /// A currency that has a cap.
  fileprivate var likelyCurrency: String { policy.batchCaps.first?.currency.code ?? "usd" }

  /// Why a run would certainly refuse a job, whatever is charged before it; nil where it would not.
  fileprivate func certainRefusal(of job: PlannedJob) -> String? {
    if let accounts = policy.accounts, !accounts.contains(job.account) {
      return "\(job.account) is not among the accounts of \(name): leave it out"
    }
    if let limit = policy.limitPerJob(exceededBy: job.amount) {
      return "\(limit) is the most per job, and this is \(job.amount): leave it out"
    }
    return nil
  }

  /// The job file as a planner fills it in: by our own names, whatever a billing system calls them.
  var forPlanner: JobFile {
    var fields = fields
    for (ours, theirs) in columns {
      for (field, text) in fields {
        fields[field] = text.split(separator: "{\(theirs)}", omittingEmptySubsequences: false)
          .joined(separator: "{\(ours)}")
      }
    }
    return JobFile(
      name: name, description: description, operation: operation, currency: currency,
      source: source, columns: [:], fields: fields, policy: policy, approval: approval, halt: halt,
      webhookVariable: webhookVariable, scheduleEvery: scheduleEvery,
      bytes: bytes)
  }
}

/// Reads proposals as a plan of so many lines, by the same rules as any plan.
enum ProposalReader {
  /// Every proposal as a checked line, or what is wrong with them.
  static func read(
    _ proposals: [ProposedCharge], under jobFile: JobFile
  ) throws(Fault) -> PlannerAnswer<[DraftLine]> {
    let texts = proposals.map(\.line)
    let problems = proposals.enumerated().flatMap { place, proposal in
      proposal.problems(under: jobFile).map { "job \(place + 1): \($0)" }
    }
    guard problems.isEmpty else { return .refused(.problems(problems)) }
    var lines: [DraftLine] = []
    do throws(Fault) {
      _ = try PlanReader.read(
        InputFile(bytes: Array(texts.joined(separator: "\n").utf8), name: "job"),
        format: .jsonLines, for: jobFile
      ) { job throws(Fault) in
        lines.append(DraftLine(job: job, text: texts[job.number - 1]))
        return jobFile.certainRefusal(of: job)
      }
    } catch {
      guard error.exit == .badData else { throw error }
      return .refused(.problems(error.details.map(Self.withoutColumn)))
    }
    return .given(lines)
  }

  /// "job:3:17: the amount is empty" as "job 3: the amount is empty".
  private static func withoutColumn(_ detail: String) -> String {
    let parts = detail.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "job" else { return detail }
    return "job \(parts[1]):\(parts[3])"
  }
}

extension PlannerRefusal {
  static func problems(_ problems: [String]) -> PlannerRefusal {
    let shown = problems.prefix(20).joined(separator: "; ")
    let more = problems.count - 20
    return PlannerRefusal(
      more > 0 ? "\(shown); and \(groupedDigits(more)) more" : shown,
      advice: "nothing was added; correct it and call again")
  }
}
