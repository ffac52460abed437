/// What the sandbox does with an account, chosen by the account's id.
///
/// An id is `cus_`, a behaviour's name, and anything behind an underscore:
/// `cus_decline_insufficient_funds_02`. Every other id is charged.
package enum SandboxBehavior: Equatable, Sendable {
  case succeed
  /// The bank declines with this code.
  case decline(code: String)
  /// The bank wants the customer, who is not there: a 402 that names the intent.
  case authenticationRequired
  /// The intent is answered with 200 and waits for its customer.
  case requiresAction
  /// Taken and not finished; it succeeds when it is read again.
  case processing
  /// Taken and not finished; it fails when it is read again.
  case processingFails
  /// 429 once, nothing executed.
  case rateLimit
  /// 503 once, nothing executed.
  case unavailable
  /// 500, and nothing was charged.
  case serverError
  /// 500, and the charge was made all the same.
  case serverErrorCharged
  /// Charged, and the answer is lost on its way, once.
  case lostAnswer
  /// Not reached, once.
  case unreachable
  /// The customer has no default payment method.
  case noPaymentMethod
  /// There is no such customer.
  case missing

  /// The bank's reasons to decline that an id can name.
  package static let declineCodes = [
    "generic_decline", "insufficient_funds", "expired_card", "lost_card", "stolen_card",
    "do_not_honor", "incorrect_cvc", "processing_error", "card_velocity_exceeded", "fraudulent",
  ]

  /// The behaviours by the name that an account id has behind `cus_`.
  package static let byName: [(name: String, behavior: SandboxBehavior)] =
    declineCodes.map { ("decline_" + $0, .decline(code: $0)) } + [
      ("authentication_required", .authenticationRequired),
      ("requires_action", .requiresAction),
      ("processing_fails", .processingFails),
      ("processing", .processing),
      ("rate_limit", .rateLimit),
      ("unavailable", .unavailable),
      ("error_500_charged", .serverErrorCharged),
      ("error_500", .serverError),
      ("lost_answer", .lostAnswer),
      ("unreachable", .unreachable),
      ("no_payment_method", .noPaymentMethod),
      ("missing", .missing),
    ]

  /// The behaviour of an account; a name counts only as whole words.
  package init(account: String) {
    let name = account.dropFirst("cus_".count)
    let match = Self.byName.first { name == $0.name || name.hasPrefix($0.name + "_") }
    self = match?.behavior ?? .succeed
  }
}
