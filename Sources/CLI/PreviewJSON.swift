internal import Approval
internal import Domain
internal import JSON
internal import Journal
internal import Queue
internal import Report
internal import System

extension Preview {
  /// The preview for a program; amounts in minor units.
  var json: JSONValue {
    [
      "batch": .string(batch.id.text), "family": .string(batch.family.rawValue),
      "state": .string(batch.state.rawValue), "digest": .string(batch.digest),
      "job_file": .string(batch.jobFile), "at": .string(at.description),
      "approvals": given.json,
      "excluded": .optional(excluded?.text), "excluded_jobs": .integer(Int64(excludedCount)),
      "totals": .array(
        totals.map {
          [
            "currency": $0.amount.codeJSON, "jobs": .integer(Int64($0.jobs)),
            "amount": $0.amount.minorJSON,
          ]
        }),
      "largest": .array(largest.map { .object($0.planned.previewMembers) }),
      "duplicates": .integer(Int64(duplicateCount)),
      "repeated_accounts": .array(
        repeated.map { ["account": .string($0.account), "jobs": .integer(Int64($0.jobs))] }),
      "flags": .array(flags.map { $0.json(Verb(batch.family)) }),
      "budgets": .array(budgets.map(\.json)),
      "window_ends": .array(windowEnds.map(\.json)), "forecast": forecast.json,
    ]
  }
}

extension GivenApprovals {
  /// The approvals for a program: how many are required, and who has given one.
  var json: JSONValue {
    [
      "required": .integer(Int64(required)),
      "given_by": .array(givenBy.map(JSONValue.string)),
    ]
  }
}

extension PlannedJob {
  fileprivate var previewMembers: [JSONMember] {
    [
      JSONMember(key: "number", value: .integer(Int64(number))),
      JSONMember(key: "line", value: .integer(Int64(line))),
      JSONMember(key: "account", value: .string(account)),
      JSONMember(key: "reference", value: .string(reference)),
      JSONMember(key: "invoice", value: .optional(movement.invoice)),
      JSONMember(key: "charge", value: .optional(movement.charge)),
      JSONMember(key: "amount", value: amount.minorJSON),
      JSONMember(key: "currency", value: amount.codeJSON),
    ]
  }
}

extension PreviewFlag {
  fileprivate func json(_ verb: Verb) -> JSONValue {
    [
      "flag": .string(kind.rawValue), "jobs": .integer(Int64(jobs)),
      "amounts": .array(amounts.map(\.json)), "rule": .optional(rule(verb)),
      "examples": .array(
        examples.map {
          .object($0.planned.previewMembers + [JSONMember(key: "fact", value: $0.fact.json(verb))])
        }),
    ]
  }
}

extension FlagFact {
  /// The fact in words, and its parts; those that its flag does not have are null.
  fileprivate func json(_ verb: Verb) -> JSONValue {
    var (times, amounts, job, code): (Int?, [Money], String?, String?) = (nil, [], nil, nil)
    var at: Timestamp?
    switch self {
    case .operation, .accountNotListed, .place, .noCharge: break
    case .limit(let limit): amounts = [limit]
    case .takenBy(let name): job = name
    case .charged(let count, let sums, let lastAt): (times, amounts, at) = (count, sums, lastAt)
    case .declined(let name, let reason, let when): (job, code, at) = (name, reason, when)
    case .usual(let median, let charges): (times, amounts) = (charges, [median])
    }
    return [
      "words": .string(words(verb)), "charges": .optional(times.map(Int64.init)),
      "amounts": .array(amounts.map(\.json)), "job": .optional(job), "code": .optional(code),
      "at": .optional(at?.description),
    ]
  }
}

extension WindowEnd {
  fileprivate var json: JSONValue {
    [
      "per": .string(per.rawValue), "at": .string(at.description),
      "local": .string(LocalTime(at).description),
    ]
  }
}

extension Forecast {
  fileprivate var json: JSONValue {
    [
      "charged": .integer(Int64(charged)), "last_charged": .optional(lastCharged.map(Int64.init)),
      "amounts": .array(amounts.map(\.json)),
      "stop": stop.map {
        ["number": .integer(Int64($0.number)), "reason": .string($0.reason.rawValue)]
      } ?? .null,
      "not_reached": .integer(Int64(notReached)),
    ]
  }
}

extension Money {
  fileprivate var json: JSONValue { ["currency": codeJSON, "amount": minorJSON] }
}
