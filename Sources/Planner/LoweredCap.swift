package import Domain

extension JobFile {
  /// The job file with its batch cap in the limit's currency lowered to the limit.
  ///
  /// Throws `notAllowed` when that would raise it: the job file is what a person wrote down, and
  /// whoever submits may only ask for less.
  package func lowered(to limit: Money) throws(Fault) -> JobFile {
    let index = policy.caps.firstIndex {
      $0.per == .batch && $0.limit.currency == limit.currency
    }
    guard let index else {
      let caps = policy.batchCaps.map(\.currency.code).joined(separator: ", ")
      throw Fault(
        .usage, "the job file has no batch cap in \(limit.currency), so there is none to lower",
        hint: "--cap takes \(caps)")
    }
    let cap = policy.caps[index].limit
    guard limit.minorUnits <= cap.minorUnits else {
      throw Fault(
        .notAllowed, "the job file's cap is \(cap); --cap can only lower it",
        hint: "edit the job file, or raise the batch's cap with `sluice amend` once it is approved")
    }
    var policy = policy
    policy.caps[index].limit = limit
    return JobFile(
      name: name, description: description, operation: operation, currency: currency,
      source: source, columns: columns, fields: fields, policy: policy, approval: approval,
      halt: halt, webhookVariable: webhookVariable, scheduleEvery: scheduleEvery,
      bytes: bytes)
  }
}
