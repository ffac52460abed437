internal import Domain
internal import JSON
internal import Journal
internal import Queue
internal import Report

/// Jobs for people: one a line, in columns that line up, however many there are.
struct JobListing {
  private let batch: Batch
  private let layout: TableLayout

  /// A listing whose columns fit jobs of this extent.
  init(_ extent: JobExtent, of batch: Batch) {
    self.batch = batch
    layout = TableLayout(
      [
        " JOB", " LINE", .text("ACCOUNT", least: 12), .text("REFERENCE", least: 10), " AMOUNT",
        "OUTCOME", .text("WHY", least: 10),
      ],
      needing: [
        "#\(extent.number)".count, "\(extent.line)".count, extent.account, extent.reference,
        extent.amounts.map { $0.description.count }.max() ?? 0,
        Heading.allCases.map { $0.word(batch.family).count }.max() ?? 0, extent.reason,
      ])
  }

  var header: String { layout.header }

  /// A job on one line; what does not fit ends in three dots.
  func line(_ job: Job) -> String {
    layout.line([
      "#\(job.planned.number)", "\(job.planned.line)", Layout.cell(job.planned.account),
      Layout.cell(job.planned.reference), job.planned.amount.description,
      Heading(job.state, in: batch.state).word(batch.family),
      Layout.cell(job.reason(in: batch) ?? job.details.object ?? ""),
    ])
  }
}

extension Job {
  /// Every field the digest covers, and what became of the job.
  var json: JSONValue {
    [
      "number": .integer(Int64(planned.number)), "line": .integer(Int64(planned.line)),
      "account": .string(planned.account), "amount": planned.amount.minorJSON,
      "currency": planned.amount.codeJSON, "operation": .string(planned.operation.rawValue),
      "invoice": .optional(planned.movement.invoice), "charge": .optional(planned.movement.charge),
      "reference": .string(planned.reference), "description": .optional(planned.description),
      "payment_method": .optional(planned.paymentMethod), "reason": .optional(planned.reason),
      "metadata": .object(
        planned.metadata.map { JSONMember(key: $0.key, value: .string($0.value)) }),
      "state": .string(state.rawValue), "skip_reason": .optional(skipReason?.rawValue),
      "duplicate_of": .optional(duplicateOf), "object": .optional(details.object),
      "code": .optional(details.code), "decline_code": .optional(details.declineCode),
      "message": .optional(details.message), "request_id": .optional(details.requestID),
      "settled_at": .optional(settledAt?.description),
    ]
  }
}
