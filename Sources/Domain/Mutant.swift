/// A rule about money broken on purpose, so that the simulation can show that it would notice.
///
/// Only a debug build has switches for them, and only a test can reach one, for its own task alone;
/// in a release build every one is off for ever.
package enum Mutant: CaseIterable, Sendable {
  /// Each re-send goes under a key of its own.
  case newKeyPerResend
  /// Money is held once the answer is there.
  case reserveAfterAnswer
  /// A job is marked as sending once the answer is there.
  case markAfterSend
  /// A job whose worker died is claimed again.
  case requeueOnCrash
  /// No answer is a refusal.
  case timeoutMeansFailed
  /// What is in doubt holds no money.
  case voidInDoubt
  /// A 409 is a refusal.
  case conflictMeansFailed
  /// A 500 is a refusal.
  case serverErrorMeansFailed
  /// An attempt is sent again however old it is.
  case resendAfterADay
  /// Every amount fits.
  case noCapCheck
  /// What Stripe does not show has not happened.
  case absentMeansNotCharged
  /// A 429 to a re-send is an answer to the first send.
  case rateLimitBelieved
  /// A 401 or 403 to a re-send is an answer to the first send.
  case credentialsBelieved
  /// A 400 or 404 to a re-send is an answer to the first send.
  case badRequestBelieved
  /// That a re-send did not go out says that the first did not either.
  case neverSentBelieved
  /// Held money is free again on the next day.
  case holdExpires
  /// Each new key brings the batch's cap anew.
  case capRefilledByNewKey
  /// A stop keeps back claims only.
  case resendIgnoresStop
  /// Whatever a list shows has moved money.
  case failedChargeBelieved
  /// The clock of this machine is Stripe's.
  case localClockBelieved

  /// Whether what a re-send was refused for is taken for an answer to the first send.
  package static var isResendBelieved: Bool {
    rateLimitBelieved.isOn || credentialsBelieved.isOn || badRequestBelieved.isOn
      || neverSentBelieved.isOn
  }

  #if MUTANTS
    /// The one that is switched on, if any.
    @TaskLocal package static var active: Mutant?

    /// Whether this one is switched on.
    package var isOn: Bool { Self.active == self }
  #else
    /// Whether this one is switched on: never.
    @inlinable package var isOn: Bool { false }
  #endif
}
