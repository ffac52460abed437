/// How much one planner may put into the queue before a person has looked at it.
package struct Quota: Equatable, Sendable {
  /// Batches that are submitted and not over.
  package var openBatches = 20
  /// Jobs of one batch.
  package var jobsPerBatch = 10_000
  /// Jobs added to drafts, or handed in whole, within one hour of UTC.
  package var jobsPerHour = 20_000
  /// All that one batch may add up to, per currency; a currency without an entry has no limit.
  package var totalPerBatch: [Money] = []

  /// The quota of a planner that nobody has given one.
  package init() {}
}

/// Why a planner's request is not carried out, in words that it can act on.
package struct PlannerRefusal: Equatable, Sendable {
  /// What is wrong: one sentence without its full stop.
  package let message: String
  /// What to do next: one sentence without its full stop.
  package let advice: String
  /// When the same request may succeed; nil where waiting changes nothing.
  package let comeBackAt: Timestamp?

  /// A refusal of exactly these parts.
  package init(_ message: String, advice: String, comeBackAt: Timestamp? = nil) {
    self.message = message
    self.advice = advice
    self.comeBackAt = comeBackAt
  }
}

/// What a planner gets for a request.
package enum PlannerAnswer<Value> {
  case given(Value)
  case refused(PlannerRefusal)
}

extension PlannerAnswer: Sendable where Value: Sendable {}
extension PlannerAnswer: Equatable where Value: Equatable {}
