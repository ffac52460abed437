internal import Domain

extension Job {
  /// Why the job is under its heading: what skipped it, what Stripe said, why it was not reached.
  package func reason(in batch: Batch) -> String? {
    Self.reason(
      state, skipReason?.rawValue, details.declineCode ?? details.code, batch)
  }

  /// The same from the columns of its row.
  static func reason(
    _ state: JobState, _ skipReason: String?, _ code: String?, _ batch: Batch
  ) -> String? {
    switch state {
    case .queued: batch.halt?.reason.rawValue
    case .skipped: skipReason
    case .declined, .rejected: code ?? state.rawValue
    case .sending, .charged, .processing, .inDoubt, .unknown, .notCharged: code
    }
  }

  /// The same as SQL, for filters; `:halt` is the reason of the batch's halt.
  static let reasonSQL = """
    CASE state
      WHEN 'queued'   THEN :halt
      WHEN 'skipped'  THEN skip_reason
      WHEN 'declined' THEN coalesce(decline_code, code, state)
      WHEN 'rejected' THEN coalesce(decline_code, code, state)
      ELSE coalesce(decline_code, code)
    END
    """
}
