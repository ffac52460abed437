/// Where a job stands; nothing but `applying(_:)` leads from one state to another.
package enum JobState: String, CaseIterable, Sendable {
  /// Not sent. Leaves to sending (claimed) or skipped.
  case queued
  /// A request may be on its way. Leaves to any outcome, or to queued if certainly not executed.
  case sending
  /// The money moved. Final.
  case charged
  /// The bank refused. Final, never retried.
  case declined
  /// Stripe refused the request itself. Final.
  case rejected
  /// Stripe has taken it and has not finished. Leaves to charged, declined or not_charged.
  case processing
  /// Nobody knows yet. Leaves to sending (asked again) or to whatever proof turns up.
  case inDoubt = "in_doubt"
  /// Every question is asked and none answered. Leaves to charged, declined or not_charged.
  case unknown
  /// A person showed that no money moved. Final.
  case notCharged = "not_charged"
  /// Never sent, for a reason that is kept. Final.
  case skipped

  /// Whether money is held for the job: exactly while its charge may exist and is not settled.
  package var isHeld: Bool {
    switch self {
    case .sending, .processing, .inDoubt, .unknown: true
    case .queued, .charged, .declined, .rejected, .notCharged, .skipped: false
    }
  }

  /// Whether the job holds its reference, so that no other batch may charge it.
  package var takesReference: Bool {
    switch self {
    case .queued, .sending, .charged, .processing, .inDoubt, .unknown: true
    case .declined, .rejected, .notCharged, .skipped: false
    }
  }
}

/// How an answer settles a job.
package enum JobOutcome: String, CaseIterable, Sendable {
  case charged, declined, rejected, processing
  case inDoubt = "in_doubt"
  case unknown
  case notCharged = "not_charged"
  /// Certainly not executed: the job may be claimed again, with the same key and body.
  case notExecuted = "not_executed"

  /// The state the outcome leads to.
  package var state: JobState {
    switch self {
    case .charged: .charged
    case .declined: .declined
    case .rejected: .rejected
    case .processing: .processing
    case .inDoubt: .inDoubt
    case .unknown: .unknown
    case .notCharged: .notCharged
    case .notExecuted: .queued
    }
  }

  /// Whether it is known what happened.
  package var isSettled: Bool {
    switch self {
    case .charged, .declined, .rejected, .notCharged, .notExecuted: true
    case .processing, .inDoubt, .unknown: false
    }
  }

  /// What becomes of the hold.
  package var holdEvent: HoldEvent? {
    switch self {
    case .charged: .post
    case .declined, .rejected, .notCharged, .notExecuted: .void
    case .processing, .inDoubt, .unknown: Mutant.voidInDoubt.isOn ? .void : nil
    }
  }
}

/// What can happen to a job.
package enum JobEvent: Hashable, Sendable {
  /// Claimed: the hold and the attempt are written, the request may go.
  case reserve
  /// An answer, a look-up or a person settles it.
  case settle(JobOutcome)
  /// A worker died between claim and answer.
  case lose
  /// The same request under the same idempotency key goes again.
  case resend
  /// It will not be sent.
  case skip
}

extension JobEvent: CustomStringConvertible {
  /// The event in words: "settle not_charged".
  package var description: String {
    switch self {
    case .reserve: "reserve"
    case .settle(let outcome): "settle \(outcome.rawValue)"
    case .lose: "lose"
    case .resend: "resend"
    case .skip: "skip"
    }
  }
}

extension JobState {
  /// The state after `event`; throws when no arrow leads there.
  package func applying(_ event: JobEvent) throws(Fault) -> JobState {
    switch (self, event) {
    case (.queued, .reserve): return .sending
    case (.queued, .skip): return .skipped
    case (.sending, .lose): return .inDoubt
    case (.inDoubt, .resend): return .sending
    case (.sending, .settle(let outcome)):
      switch outcome {
      case .charged, .declined, .rejected, .processing, .inDoubt, .notExecuted: return outcome.state
      case .unknown, .notCharged: throw .illegal(self, event)
      }
    case (.inDoubt, .settle(let outcome)):
      switch outcome {
      case .charged, .declined, .processing, .notCharged, .unknown: return outcome.state
      case .rejected, .inDoubt, .notExecuted: throw .illegal(self, event)
      }
    case (.processing, .settle(let outcome)), (.unknown, .settle(let outcome)):
      switch outcome {
      case .charged, .declined, .notCharged: return outcome.state
      case .rejected, .processing, .inDoubt, .unknown, .notExecuted: throw .illegal(self, event)
      }
    case (.queued, _), (.sending, _), (.inDoubt, _), (.processing, _), (.unknown, _),
      (.charged, _), (.declined, _), (.rejected, _), (.notCharged, _), (.skipped, _):
      throw .illegal(self, event)
    }
  }
}

/// Where reserved money stands; elapsed time never moves it.
package enum HoldState: String, CaseIterable, Sendable {
  /// Reserved in every budget it counts against. Leaves to posted or voided.
  case held
  /// Spent. Final.
  case posted
  /// Given back. Final.
  case voided
}

/// What can happen to a hold.
package enum HoldEvent: CaseIterable, Sendable {
  case post, void
}

extension HoldState {
  /// The state after `event`; throws when the hold is settled already.
  package func applying(_ event: HoldEvent) throws(Fault) -> HoldState {
    switch (self, event) {
    case (.held, .post): .posted
    case (.held, .void): .voided
    case (.posted, _), (.voided, _): throw .illegal(self, event)
    }
  }
}

/// Why a job was never sent.
package enum SkipReason: String, CaseIterable, Sendable {
  /// Its reference is taken by another batch.
  case duplicate
  /// Its batch was cancelled.
  case cancelled
  /// Its batch was rejected by the approver.
  case batchRejected = "batch_rejected"
  /// No payment method in the file, and the customer has no default one.
  case noPaymentMethod = "no_payment_method"
  /// Stripe knows no such customer.
  case noSuchCustomer = "no_such_customer"
  /// The approver left it out.
  case excluded
  /// Stripe knows no such invoice.
  case noSuchInvoice = "no_such_invoice"
  /// The invoice was paid before its turn came.
  case invoicePaid = "invoice_paid"
  /// The invoice is void, uncollectible or still a draft: there is nothing to pay.
  case invoiceNotOpen = "invoice_not_open"
  /// The invoice has another amount, currency or customer than the plan.
  case invoiceChanged = "invoice_changed"
  /// Stripe knows no such charge.
  case noSuchCharge = "no_such_charge"
  /// The charge has another currency or customer than the plan, or did not go through.
  case chargeMismatch = "charge_mismatch"
  /// Less is left of the charge than is to be refunded.
  case chargeRefunded = "charge_refunded"

  /// Whether Stripe does not know what the job is about, which is what a key of the wrong account
  /// finds everywhere.
  package var isMissing: Bool {
    switch self {
    case .noSuchCustomer, .noSuchInvoice, .noSuchCharge: true
    case .duplicate, .cancelled, .batchRejected, .noPaymentMethod, .excluded, .invoicePaid,
      .invoiceNotOpen, .invoiceChanged, .chargeMismatch, .chargeRefunded:
      false
    }
  }
}
