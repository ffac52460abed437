internal import Approval
internal import Domain
internal import JSON
internal import Journal
internal import Queue
internal import Report
internal import Service

/// Batches as one look at the home finds them, the newest first.
struct BatchListing {
  private let states: [BatchState]
  private let ids: [BatchID]
  private var batches: [ListedBatch] = []
  /// Nil where drafts are not asked for.
  private let drafts: DraftListing?
  /// What is wrong with batches that are left out, a sentence each.
  private(set) var problems: [String] = []

  /// Looks at the batches in these states, or at all, in one read transaction.
  init(
    _ store: Store, in states: [BatchState], _ limit: Int?, onlyNames: Bool
  ) throws(Fault) {
    self.states = states
    drafts = try states.contains(.draft) ? DraftListing(store, limit) : nil
    var listed: [ListedBatch] = []
    var problems: [String] = []
    ids = try store.snapshot { () throws(Fault) in
      let ids = try BatchDesk(store).list(in: states).map(\.id)
      let shown = limit.map { Array(ids.prefix($0)) } ?? ids
      for id in shown where !onlyNames {
        do throws(Fault) {
          let summary = try JobQueue(store).summary(of: id)
          listed.append(
            ListedBatch(
              summary: summary, given: try Approver(store).given(summary.batch),
              worker: store.home.worker(on: id)))
        } catch {
          problems.append("\(error.message): run `sluice journal verify`")
        }
      }
      return shown
    }
    batches = listed
    self.problems = problems
  }

  /// The names of the batches, each on a line, and those of the drafts.
  var names: String { ids.map { "\($0)\n" }.joined() + (drafts?.names ?? "") }

  /// For programs.
  var json: JSONValue {
    let batches = JSONMember(key: "batches", value: .array(batches.map(\.json)))
    return .object([batches] + (drafts.map { [JSONMember(key: "drafts", value: $0.json)] } ?? []))
  }

  /// For people.
  var text: String { withDrafts(batchText) }

  private func withDrafts(_ text: String) -> String {
    guard let drafts else { return text }
    return batches.isEmpty ? drafts.text : text + "\n\n" + drafts.text
  }

  private var batchText: String {
    var table = Table([
      .text("BATCH", least: 30), .text("STATE", least: 12), " JOBS", .text("TOTAL", least: 14),
      .text("MOVED", least: 10), "SUBMITTED", .text("PLANNER", least: 7),
    ])
    for batch in batches { table.add(batch.cells) }
    return batches.isEmpty ? nothing : table.text
  }

  /// For people who watch: how far each is, and who is at it.
  var progress: String {
    var table = Table([
      .text("BATCH", least: 30), .text("STATE", least: 12), " CHARGED",
      .text("MOVED", least: 20), "WORKER",
    ])
    for batch in batches { table.add(batch.progressCells) }
    return withDrafts(batches.isEmpty ? "No batch to watch now." : table.text)
  }

  private var nothing: String {
    states.isEmpty
      ? "No batch yet; queue one with `sluice submit FILE --job JOBFILE`."
      : "No batch is in that state."
  }
}

/// A batch as a line of a list.
private struct ListedBatch {
  let summary: Summary
  let given: GivenApprovals
  /// The process that works on it now; nil when none does.
  let worker: Int?

  private var batch: Batch { summary.batch }

  /// "submitted, 1 of 2" where two people have to approve it.
  private var stateText: String {
    guard batch.state == .submitted, given.required > 1 else { return batch.stateText }
    return "\(batch.stateText), \(given.givenBy.count) of \(given.required)"
  }

  var cells: [String] {
    [
      batch.id.text, stateText, groupedDigits(batch.jobs), Self.short(summary.totals),
      Self.short(
        summary.currencies.map { summary.amount(.charged, $0) }.filter { $0.minorUnits > 0 }),
      String(batch.submittedAt.description.prefix(10)), Layout.cell(batch.planner),
    ]
  }

  var progressCells: [String] {
    [
      batch.id.text, stateText,
      "\(groupedDigits(summary.jobs(.charged)))/\(groupedDigits(batch.jobs))",
      summary.cappedAmounts.map(\.words).joined(separator: " + "),
      worker.map { "process \($0)" } ?? "-",
    ]
  }

  /// "1,685.53 usd", and how many more currencies there are.
  private static func short(_ amounts: [Money]) -> String {
    guard let first = amounts.first else { return "-" }
    return amounts.count == 1 ? "\(first)" : "\(first) +\(amounts.count - 1)"
  }

  var json: JSONValue {
    [
      "batch": .string(batch.id.text), "family": .string(batch.family.rawValue),
      "state": .string(batch.state.rawValue), "halt": .optional(batch.halt?.reason.rawValue),
      "job_file": .string(batch.jobFile), "planner": .string(batch.planner),
      "submitted_by": .string(batch.submittedBy),
      "submitted_at": .string(batch.submittedAt.description), "jobs": .integer(Int64(batch.jobs)),
      "charged": .integer(Int64(summary.jobs(.charged))), "totals": summary.totalsJSON,
      "moved": .array(summary.cappedAmounts.map(\.json)),
      "worker": .optional(worker.map(Int64.init)), "approvals": given.json,
    ]
  }
}

extension CappedAmount {
  fileprivate var json: JSONValue {
    [
      "currency": .string(moved.currency.code), "amount": .integer(moved.minorUnits),
      "cap": .optional(cap),
    ]
  }
}
