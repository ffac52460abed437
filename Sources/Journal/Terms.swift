package import Domain
package import JSON

/// What a batch runs under, as it is recorded, digested and approved.
package struct Terms: Equatable, Sendable {
  package var policy: Policy
  /// How many people must approve.
  package let approvalsRequired: Int
  /// Whether the approver must be another login than the submitter.
  package let fourEyes: Bool
  /// How long an approval counts.
  package let approvalExpiresIn: Milliseconds
  package let halt: HaltRule
  /// The variable of the environment that holds the address notices are posted to.
  package let webhookVariable: String?

  /// The terms of a job file, with what it leaves open decided by the home's mode: two logins in
  /// live mode.
  package init(_ jobFile: JobFile, mode: Mode) {
    policy = jobFile.policy
    approvalsRequired = jobFile.approval.required
    fourEyes = jobFile.approval.fourEyes ?? (mode == .live)
    approvalExpiresIn = jobFile.approval.expiresIn
    halt = jobFile.halt
    webhookVariable = jobFile.webhookVariable
  }

  /// The canonical form: always the same members in the same order, amounts in minor units.
  package var json: JSONValue {
    [
      "policy": policy.json,
      "approval": [
        "required": .integer(Int64(approvalsRequired)), "four_eyes": .bool(fourEyes),
        "expires_in_ms": .integer(approvalExpiresIn.count),
      ],
      "halt": [
        "declined_in_a_row": .integer(Int64(halt.declinedInARow)),
        "rejected_in_a_row": .integer(Int64(halt.rejectedInARow)),
        "unreachable_in_a_row": .integer(Int64(halt.unreachableInARow)),
      ],
      "notify": ["webhook_env": .optional(webhookVariable)],
    ]
  }

  /// Reads the canonical form back; throws `storage` when it is anything else.
  package init(text: String) throws(Fault) {
    guard let node = try? JSONReader.read(Array(text.utf8)), let terms = Terms(node) else {
      throw .untrusted("the terms of a batch cannot be read")
    }
    self = terms
  }

  private init?(_ node: JSONNode) {
    guard let policy = node["policy"].flatMap(Policy.init),
      let required = node["approval"]?["required"]?.integer, (1...2).contains(required),
      let fourEyes = node["approval"]?["four_eyes"]?.bool,
      let expiresIn = node["approval"]?["expires_in_ms"]?.integer,
      let declined = node["halt"]?["declined_in_a_row"]?.integer,
      let rejected = node["halt"]?["rejected_in_a_row"]?.integer,
      let unreachable = node["halt"]?["unreachable_in_a_row"]?.integer,
      let notify = node["notify"]
    else { return nil }
    self.policy = policy
    approvalsRequired = Int(required)
    self.fourEyes = fourEyes
    approvalExpiresIn = Milliseconds(expiresIn)
    halt = HaltRule(
      declinedInARow: Int(declined), rejectedInARow: Int(rejected),
      unreachableInARow: Int(unreachable))
    webhookVariable = notify["webhook_env"]?.string
  }
}

extension Policy {
  /// The canonical form: always the same members in the same order, amounts in minor units.
  package var json: JSONValue {
    [
      "name": .string(name), "vendor": "stripe",
      "allowed_operations": .array(allowedOperations.map { .string($0.name) }),
      "caps": .array(caps.map(\.json)),
      "max_per_job": .array(maxPerJob.map { ["amount": $0.minorJSON, "currency": $0.codeJSON] }),
      "max_jobs": maxJobs.map { .integer(Int64($0)) } ?? .null,
      "accounts": accounts.map { .array($0.map(JSONValue.string)) } ?? .null,
      "expires_in_ms": .integer(expiresIn.count),
    ]
  }

  /// Reads the canonical form back; throws `storage` when it is anything else.
  package init(text: String) throws(Fault) {
    guard let node = try? JSONReader.read(Array(text.utf8)), let policy = Policy(node) else {
      throw .untrusted("the policy of a vault key cannot be read")
    }
    self = policy
  }

  init?(_ node: JSONNode) {
    guard let name = node["name"]?.string,
      let operations = node["allowed_operations"]?.array, let caps = node["caps"]?.array,
      let maxPerJob = node["max_per_job"]?.array, let expiresIn = node["expires_in_ms"]?.integer
    else { return nil }
    self.init(
      name: name,
      allowedOperations: operations.compactMap { $0.string.flatMap(AllowedOperation.init) },
      caps: caps.compactMap(Cap.init), maxPerJob: maxPerJob.compactMap(Money.init),
      maxJobs: node["max_jobs"]?.integer.map(Int.init),
      accounts: node["accounts"]?.array?.compactMap(\.string),
      expiresIn: Milliseconds(expiresIn))
    guard allowedOperations.count == operations.count, self.caps.count == caps.count,
      self.maxPerJob.count == maxPerJob.count
    else { return nil }
  }
}

extension Cap {
  /// The cap as it is recorded, its limit in minor units.
  package var json: JSONValue {
    ["per": .string(per.rawValue), "amount": limit.minorJSON, "currency": limit.codeJSON]
  }

  init?(_ node: JSONNode) {
    guard let per = node["per"]?.string.flatMap(Window.init), let limit = Money(node) else {
      return nil
    }
    self.init(per: per, limit: limit)
  }
}

extension Money {
  /// The minor units as a JSON integer.
  package var minorJSON: JSONValue { .integer(minorUnits) }

  /// The currency's code as a JSON string.
  package var codeJSON: JSONValue { .string(currency.code) }

  /// Reads an amount and its currency back; nil when one of them is neither.
  package init?(_ node: JSONNode) {
    guard let amount = node["amount"]?.integer,
      let currency = node["currency"]?.string.flatMap(Currency.init)
    else { return nil }
    self.init(minorUnits: amount, currency: currency)
  }
}

extension JSONValue {
  /// One member of an object; null when it has none of that name.
  package func member(_ key: String) -> JSONValue {
    guard case .object(let members) = self else { return .null }
    return members.first { $0.key == key }?.value ?? .null
  }
}
