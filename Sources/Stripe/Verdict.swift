package import Domain
package import Vault

/// What a reply means for the job that was sent.
package enum Verdict: Equatable, Sendable {
  /// The money moved, or went back: the object that moved it, how much, and what is not proven.
  case charged(object: String, amountMinor: Int64, caveat: Reason? = nil)
  /// Stripe has taken it and has not finished.
  case processing(object: String)
  /// The bank refused; certain and final.
  case declined(Reason)
  /// Stripe refused the request itself; certain and final.
  case rejected(Reason)
  /// Certain that nothing was executed: the job may be claimed again.
  case notExecuted(Pause, Reason)
  /// Nobody knows; the hold stays.
  case inDoubt(Doubt, Reason)
}

/// What to wait for before anything is sent again after a request that was not executed.
package enum Pause: Equatable, Sendable {
  /// Stripe asks to slow down.
  case rateLimited(retryAfterSeconds: Int?)
  /// Stripe could not be reached; the batch halts after several in a row.
  case unreachable
  /// Stripe does not take the key: the batch halts.
  case credentials
}

extension Pause {
  /// The mistake of taking it, after a re-send, for an answer to the first send.
  fileprivate var believed: Mutant {
    switch self {
    case .rateLimited: .rateLimitBelieved
    case .unreachable: .neverSentBelieved
    case .credentials: .credentialsBelieved
    }
  }
}

/// What to do about a job of which nobody knows whether it was executed.
package enum Doubt: Equatable, Sendable {
  /// Send the same request under the same key, after a wait.
  case sendAgain
  /// Send the same request once more at most, then look it up: a saved 500 never changes.
  case serverError
  /// Cancel this intent: until then someone could still confirm it.
  case cancel(paymentIntent: String)
  /// Look it up; sending it again would tell nothing.
  case lookUp
  /// Look it up, and halt the batch whatever is found: something is wrong with the request itself.
  case lookUpAndHalt(HaltReason)
  /// Halt the batch; the next run asks again.
  case halt(HaltReason)
}

extension Verdict {
  /// The whole table of outcomes: every reply, to a first send and to a re-send.
  ///
  /// A first send (`sendNumber` 1) has no unresolved send before it. On a re-send, that this
  /// request was not executed says nothing about the earlier one.
  package static func of(_ reply: Reply, to attempt: Attempt, mode: Mode) -> Verdict {
    switch reply {
    case .neverSent(let why):
      unexecuted(.unreachable, Reason(why), attempt, otherwise: .sendAgain)
    case .lost(let why):
      Mutant.timeoutMeansFailed.isOn
        ? .declined(Reason(why)) : .inDoubt(.sendAgain, Reason(why))
    case .answer(let answer): of(answer, attempt, mode)
    }
  }

  private static func of(_ answer: Answer, _ attempt: Attempt, _ mode: Mode) -> Verdict {
    switch answer.status {
    case 200: return success(answer, attempt, mode)
    case 500 where Mutant.serverErrorMeansFailed.isOn: return .declined(Reason(of: answer))
    case 409 where Mutant.conflictMeansFailed.isOn: return .declined(Reason(of: answer))
    case 500, 424: return again(answer, .serverError)
    case 409, 502, 503, 504: return again(answer, .sendAgain)
    case 400, 401, 402, 403, 404, 429:
      guard let error = StripeError(answer) else { return unexpected(answer) }
      return refusal(answer, error, attempt)
    default: return unexpected(answer)
    }
  }

  /// A 200 counts only by a body that is complete and matches what was asked.
  private static func success(_ answer: Answer, _ attempt: Attempt, _ mode: Mode) -> Verdict {
    guard let json = answer.json else {
      return .inDoubt(
        .sendAgain,
        Reason("Stripe's answer was cut off or is not JSON", requestID: answer.requestID))
    }
    return Standing.of(json, attempt, mode).verdict(requestID: answer.requestID)
  }

  /// A request that Stripe, and not something in front of it, refused.
  private static func refusal(
    _ answer: Answer, _ error: StripeError, _ attempt: Attempt
  ) -> Verdict {
    let reason = error.reason
    switch (answer.status, error.type, error.code) {
    case (400, "idempotency_error", _):
      return .inDoubt(.lookUpAndHalt(.integrity), reason)
    case (400, _, _), (402, _, _):
      if attempt.operation.makesIntent, let intent = error.paymentIntent {
        return .inDoubt(.cancel(paymentIntent: intent), reason)
      }
      return withoutIntent(answer, error, attempt)
    case (404, _, _):
      return withoutIntent(answer, error, attempt)
    case (401, _, _), (403, _, _):
      return unexecuted(.credentials, reason, attempt, otherwise: .halt(.credentials))
    case (429, _, "rate_limit"), (429, _, "lock_timeout"):
      let pause = Pause.rateLimited(retryAfterSeconds: answer.retryAfterSeconds)
      return unexecuted(pause, reason, attempt, otherwise: .sendAgain)
    default: return unexpected(answer)
    }
  }

  /// A 400, 402 or 404 after which no intent is left that someone could confirm.
  private static func withoutIntent(
    _ answer: Answer, _ error: StripeError, _ attempt: Attempt
  ) -> Verdict {
    switch (answer.status, error.type, error.code) {
    case (402, "card_error", _), (402, _, "card_declined"),
      (402, _, "invoice_payment_intent_requires_action"):
      return .declined(error.reason)
    case (400, "invalid_request_error", _), (404, "invalid_request_error", _):
      return attempt.sendNumber == 1 || Mutant.badRequestBelieved.isOn
        ? .rejected(error.reason) : .inDoubt(.lookUp, error.reason)
    default: return unexpected(answer)
    }
  }

  private static func unexecuted(
    _ pause: Pause, _ reason: Reason, _ attempt: Attempt, otherwise doubt: Doubt
  ) -> Verdict {
    attempt.sendNumber == 1 || pause.believed.isOn
      ? .notExecuted(pause, reason) : .inDoubt(doubt, reason)
  }

  /// What may be asked again, unless Stripe itself advises against it.
  private static func again(_ answer: Answer, _ doubt: Doubt) -> Verdict {
    .inDoubt(answer.shouldRetry == false ? .lookUp : doubt, Reason(of: answer))
  }

  /// An answer that fits no row of the table.
  private static func unexpected(_ answer: Answer) -> Verdict {
    .inDoubt(.halt(.unexpectedAnswer), Reason(of: answer))
  }
}

extension Operation {
  /// Whether an intent that a refusal names is one that the request itself made.
  ///
  /// An invoice has an intent of its own, which Stripe does not let anybody cancel; a refund names
  /// the intent whose money it is about.
  fileprivate var makesIntent: Bool {
    switch self {
    case .paymentIntentsCreate, .chargesCreate: true
    case .invoicesPay, .refundsCreate: false
    }
  }
}

extension Reason {
  /// That an invoice was found paid: Stripe does not tell whether our request paid it.
  package static let payerNotProven = Reason(
    "the invoice is paid, but Stripe does not tell by whom", code: "payer_not_proven")
}
