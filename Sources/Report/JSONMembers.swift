package import Domain
package import JSON
internal import Queue

/// What the JSON document says, part by part.
extension ReportFacts {
  /// All members before the jobs, in their order.
  var json: JSONValue {
    [
      "schema": "sluice.report/1", "batch": .string(batch.id.text),
      "family": .string(batch.family.rawValue),
      "job_file": .string(batch.jobFile), "mode": .string(mode.rawValue),
      "planner": .string(batch.planner), "submitted_by": .string(batch.submittedBy),
      "approved_by": .array(approvedBy.map(JSONValue.string)),
      "approvals": .array(approvals.map(\.json)),
      "approvals_required": .integer(Int64(given.required)),
      "state": .string(batch.state.rawValue), "halt": batch.halt?.json ?? .null,
      "budgets": .array(budgets.map(\.json)),
      "beyond_plan": .array(
        beyondPlan.map {
          ["currency": .string($0.currency.code), "amount": .integer($0.minorUnits)]
        }),
      "keys": .array(keys.map(JSONValue.string)),
      "counts": summary.counts, "totals": .array(summary.currencies.map(summary.totals)),
      "skipped": .array(summary.skipped), "reasons": .array(summary.reasons.map(\.json)),
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

extension ReportedApproval {
  /// The approval as a program reads it.
  package var json: JSONValue {
    [
      "approver": .string(approver), "approved_at": .string(approvedAt.description),
      "expires_at": .string(expiresAt.description), "jobs": .integer(Int64(jobs)),
      "excluded": .optional(excluded), "note": .optional(note), "digest": .string(digest),
      "standing": .optional(standing), "in_force": .bool(force == .inForce),
    ]
  }
}

extension Budget {
  /// The budget as a program reads it; amounts in minor units.
  package var json: JSONValue {
    [
      "scope": .string(scope.word), "per": .string(per.rawValue),
      "currency": .string(currency.code), "limit": .integer(limit.minorUnits),
      "spent": .integer(spent), "held": .integer(held),
    ]
  }
}

extension ReasonCount {
  fileprivate var json: JSONValue {
    [
      "heading": .string(heading.rawValue), "reason": .string(reason),
      "currency": .string(currency.code), "jobs": .integer(Int64(jobs)),
      "amount": .integer(amount),
    ]
  }
}

extension Summary {
  /// How many jobs were skipped for each reason, the most frequent first.
  fileprivate var skipped: [JSONValue] {
    var counts: [String: Int] = [:]
    for reason in reasons where reason.heading == .skipped {
      counts[reason.reason, default: 0] += reason.jobs
    }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { ["reason": .string($0.key), "jobs": .integer(Int64($0.value))] }
  }

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
      "invoice": .optional(planned.movement.invoice), "charge": .optional(planned.movement.charge),
      "amount": .integer(planned.amount.minorUnits),
      "currency": .string(planned.amount.currency.code), "outcome": .string(heading.rawValue),
      "reason": .optional(reason(in: batch)), "object": .optional(details.object),
      "at": .optional(settledAt?.description),
    ]
  }
}
