/// One validated line of a plan: what is to be asked of Stripe for one account.
package struct PlannedJob: Equatable, Sendable {
  /// Counted from 1 within the batch.
  package let number: Int
  /// The line of the input file it came from.
  package let line: Int
  package let movement: Movement
  /// The planner's own key of this charge: an invoice number, a period.
  package let reference: String
  package let description: String?
  /// A `pm_...` of the account, or nil for the customer's default.
  package let paymentMethod: String?
  /// Why the planner wants it; shown to the approver, never sent.
  package let reason: String?
  /// The planner's own metadata, sorted by key.
  package let metadata: [MetadataEntry]

  /// A job of exactly these fields.
  package init(
    number: Int, line: Int, movement: Movement, reference: String, description: String?,
    paymentMethod: String?, reason: String?, metadata: [MetadataEntry]
  ) {
    self.number = number
    self.line = line
    self.movement = movement
    self.reference = reference
    self.description = description
    self.paymentMethod = paymentMethod
    self.reason = reason
    self.metadata = metadata
  }

  package var operation: Operation { movement.operation }
  /// The customer who is charged, or whose charge is refunded (`cus_...`).
  package var account: String { movement.account }
  package var amount: Money { movement.amount }
}

/// One key and value of Stripe's metadata.
package struct MetadataEntry: Hashable, Sendable {
  package let key: String
  package let value: String

  /// The entry of this key.
  package init(key: String, value: String) {
    self.key = key
    self.value = value
  }
}
