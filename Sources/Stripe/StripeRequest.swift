package import Domain
internal import HTTP

/// How a job becomes a request that moves money.
package enum StripeRequest {
  /// Where the POST of a movement goes; an id in it is escaped.
  package static func path(of movement: Movement) -> String {
    switch movement.operation {
    case .paymentIntentsCreate: "/v1/payment_intents"
    case .chargesCreate: "/v1/charges"
    case .invoicesPay: "/v1/invoices/" + HTTPForm.escape(movement.payable) + "/pay"
    case .refundsCreate: "/v1/refunds"
    }
  }

  /// The exact form body of a job, the same bytes for the same job for ever.
  ///
  /// It is never empty. `paymentMethod` is the customer's default, for a job that names none.
  package static func body(
    of job: PlannedJob, batch: BatchID, paymentMethod: String?
  ) -> [UInt8] {
    let method = job.paymentMethod ?? paymentMethod
    let pairs =
      switch job.operation {
      case .paymentIntentsCreate:
        charge(job) + confirmation(method) + description(job) + metadata(of: job, batch: batch)
      case .chargesCreate: charge(job) + description(job) + metadata(of: job, batch: batch)
      case .invoicesPay: payment(method)
      case .refundsCreate: refund(job.movement) + metadata(of: job, batch: batch)
      }
    return Array(HTTPForm.encode(pairs).utf8)
  }

  private typealias Pair = (name: String, value: String)

  private static func charge(_ job: PlannedJob) -> [Pair] {
    [
      (name: "amount", value: String(job.amount.minorUnits)),
      (name: "currency", value: job.amount.currency.code),
      (name: "customer", value: job.account),
    ]
  }

  private static func description(_ job: PlannedJob) -> [Pair] {
    job.description.map { [(name: "description", value: $0)] } ?? []
  }

  /// Confirmed at once, without the customer, and refused rather than left waiting for them.
  private static func confirmation(_ paymentMethod: String?) -> [Pair] {
    (paymentMethod.map { [(name: "payment_method", value: $0)] } ?? []) + [
      (name: "confirm", value: "true"),
      (name: "off_session", value: "true"),
      (name: "error_on_requires_action", value: "true"),
      (name: "payment_method_types[]", value: "card"),
    ]
  }

  /// The invoice says the amount and the customer, and paying it takes no metadata.
  private static func payment(_ paymentMethod: String?) -> [Pair] {
    [(name: "off_session", value: "true")]
      + (paymentMethod.map { [(name: "payment_method", value: $0)] } ?? [])
  }

  private static func refund(_ movement: Movement) -> [Pair] {
    [
      (name: movement.refundable.name, value: movement.refundable.id),
      (name: "amount", value: String(movement.amount.minorUnits)),
    ]
  }

  /// The planner's own metadata, then ours, by which an object is found again.
  private static func metadata(of job: PlannedJob, batch: BatchID) -> [Pair] {
    let ours = [
      MetadataEntry(key: "sluice_batch", value: batch.text),
      MetadataEntry(key: "sluice_job", value: JobID(batch: batch, number: job.number).description),
    ]
    return (job.metadata + ours).map { (name: "metadata[\($0.key)]", value: $0.value) }
  }
}
