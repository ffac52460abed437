internal import Domain
internal import JSON
internal import Journal
internal import Queue
internal import Report
internal import Service

/// Drafts as one look at the home finds them, the oldest first.
struct DraftListing {
  private let drafts: [DraftStanding]

  /// Looks at every draft, or at the first so many.
  init(_ store: Store, _ limit: Int?) throws(Fault) {
    let all = try BatchDesk(store).drafts()
    drafts = limit.map { Array(all.prefix($0)) } ?? all
  }

  /// The names of the drafts, each on a line.
  var names: String { drafts.map { "\($0.draft.id)\n" }.joined() }

  /// For programs.
  var json: JSONValue { .array(drafts.map(\.json)) }

  /// For people.
  var text: String {
    var table = Table([
      "DRAFT", " JOBS", .text("TOTAL", least: 8), .text("JOB FILE", least: 8),
      .text("PLANNER", least: 7),
    ])
    for draft in drafts { table.add(draft.cells) }
    return drafts.isEmpty ? "No draft: no planner is putting anything together." : table.text
  }
}

extension DraftStanding {
  fileprivate var cells: [String] {
    [
      draft.id.text, groupedDigits(draft.jobs),
      totals.map(\.description).joined(separator: " + "), Layout.cell(draft.jobFile),
      Layout.cell(draft.planner),
    ]
  }

  fileprivate var json: JSONValue {
    [
      "draft": .string(draft.id.text), "planner": .string(draft.planner),
      "job_file": .string(draft.jobFile), "jobs": .integer(Int64(draft.jobs)),
      "totals": .array(
        totals.map {
          ["currency": .string($0.currency.code), "amount": .integer($0.minorUnits)]
        }),
    ]
  }
}
