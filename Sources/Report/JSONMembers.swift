internal import Domain
internal import JSON
internal import Queue

/// What the JSON document says, part by part.
extension ReportFacts {
  /// All members before the jobs, in their order.
  var json: JSONValue {
    [
      "schema": "sluice.report/1", "batch": .string(batch.id.text),
      "job_file": .string(batch.jobFile), "mode": .string(mode.rawValue),
      "planner": .string(batch.planner), "submitted_by": .string(batch.submittedBy),
      "approved_by": .array(approvedBy.map(JSONValue.string)),
      "state": .string(batch.state.rawValue), "halt": batch.halt?.json ?? .null,
      "budgets": .array(budgets.map(\.json)), "keys": .array(keys.map(JSONValue.string)),
      "counts": summary.counts, "totals": .array(summary.currencies.map(summary.totals)),
      "skipped": .array(summary.reasons.filter { $0.heading == .skipped }.map(\.json)),
    ]
  }
}

extension Halt {
  fileprivate var json: JSONValue {
    [
      "reason": .string(reason.rawValue), "number": .optional(number.map(Int64.init)),
      "message": .string(message),
    ]
  }
}

extension BudgetLine {
  fileprivate var json: JSONValue {
    [
      "per": "batch", "currency": .string(currency.code), "limit": .integer(limit),
      "spent": .integer(spent), "held": .integer(held),
    ]
  }
}

extension ReasonCount {
  fileprivate var json: JSONValue {
    ["reason": .string(reason), "jobs": .integer(Int64(jobs))]
  }
}

extension Summary {
  fileprivate var counts: JSONValue {
    .object(
      [JSONMember(key: "submitted", value: .integer(Int64(batch.jobs)))]
        + Heading.allCases.map { heading in
          JSONMember(key: heading.rawValue, value: .integer(Int64(jobs(heading))))
        })
  }

  fileprivate func totals(_ currency: Currency) -> JSONValue {
    .object(
      [
        JSONMember(key: "currency", value: .string(currency.code)),
        JSONMember(key: "submitted", value: .integer(submitted[currency]?.amount ?? 0)),
      ]
        + Heading.allCases.map { heading in
          JSONMember(key: heading.rawValue, value: .integer(amount(heading, currency).minorUnits))
        })
  }
}

extension Job {
  /// The job as a member of `jobs`.
  func json(under heading: Heading, in batch: Batch) -> JSONValue {
    [
      "number": .integer(Int64(id.number)), "line": .integer(Int64(planned.line)),
      "account": .string(planned.account), "reference": .string(planned.reference),
      "operation": .string(planned.operation.rawValue),
      "amount": .integer(planned.amount.minorUnits),
      "currency": .string(planned.amount.currency.code), "outcome": .string(heading.rawValue),
      "reason": .optional(reason(under: heading, in: batch)), "object": .optional(details.object),
      "at": .optional(settledAt?.description),
    ]
  }

  /// Why the job is under its heading: what skipped it, what Stripe said, why it was not reached.
  private func reason(under heading: Heading, in batch: Batch) -> String? {
    switch heading {
    case .skipped: skipReason?.rawValue ?? batch.halt?.reason.rawValue
    case .declined, .rejected, .processing, .inDoubt, .unknown:
      details.declineCode ?? details.code
    case .charged, .notCharged, .queued: nil
    }
  }
}
