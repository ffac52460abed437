package import Domain
internal import HTTP

/// How a job becomes a request that moves money.
package enum StripeRequest {
  /// Where the POST of an operation goes.
  package static func path(of operation: Operation) -> String {
    switch operation {
    case .paymentIntentsCreate: "/v1/payment_intents"
    case .chargesCreate: "/v1/charges"
    case .customersRetrieve: preconditionFailure("reading a customer is a question, not a job")
    }
  }

  /// The exact form body of a job, the same bytes for the same job for ever.
  ///
  /// `paymentMethod` is the customer's default, for a job that names none itself.
  package static func body(
    of job: PlannedJob, batch: BatchID, paymentMethod: String?
  ) -> [UInt8] {
    let paymentMethod = job.paymentMethod ?? paymentMethod
    var pairs = [
      (name: "amount", value: String(job.amount.minorUnits)),
      (name: "currency", value: job.amount.currency.code),
      (name: "customer", value: job.account),
    ]
    switch job.operation {
    case .paymentIntentsCreate: pairs += confirmation(paymentMethod)
    case .chargesCreate: pairs += paymentMethod.map { [(name: "source", value: $0)] } ?? []
    case .customersRetrieve: preconditionFailure("reading a customer is a question, not a job")
    }
    pairs += job.description.map { [(name: "description", value: $0)] } ?? []
    pairs += metadata(of: job, batch: batch)
    return Array(HTTPForm.encode(pairs).utf8)
  }

  /// Confirmed at once, without the customer, and refused rather than left waiting for them.
  private static func confirmation(_ paymentMethod: String?) -> [(name: String, value: String)] {
    (paymentMethod.map { [(name: "payment_method", value: $0)] } ?? []) + [
      (name: "confirm", value: "true"),
      (name: "off_session", value: "true"),
      (name: "error_on_requires_action", value: "true"),
      (name: "payment_method_types[]", value: "card"),
    ]
  }

  /// The planner's own metadata, then ours, by which a charge is found again.
  private static func metadata(
    of job: PlannedJob, batch: BatchID
  ) -> [(name: String, value: String)] {
    let ours = [
      MetadataEntry(key: "sluice_batch", value: batch.text),
      MetadataEntry(key: "sluice_job", value: JobID(batch: batch, number: job.number).description),
    ]
    return (job.metadata + ours).map { (name: "metadata[\($0.key)]", value: $0.value) }
  }
}
