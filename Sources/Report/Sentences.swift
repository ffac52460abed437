internal import Domain
internal import Queue

/// What people are told of jobs that are not settled, or not wholly.
extension ReportFacts {
  /// How many jobs nobody knows the outcome of; nil when there is none.
  var needSentence: String? {
    let count = summary.needPerson
    guard count > 0 else { return nil }
    let need = "\(counted(count, "job")) \(count == 1 ? "needs" : "need") you"
    return need + ": nobody knows yet whether money moved, so it stays held."
  }

  /// How many jobs Stripe works on; nil when there is none.
  var processingSentence: String? {
    let count = summary.jobs(.processing)
    guard count > 0 else { return nil }
    let isOne = count == 1
    return "\(counted(count, "job")) \(isOne ? "is" : "are") processing: Stripe has taken "
      + "\(isOne ? "it" : "them") and has not finished."
  }

  /// How many invoices somebody paid, but nobody knows whether it was by this batch.
  var unprovenCount: Int {
    summary.reasons.filter { Self.isUnproven($0.heading, $0.reason) }.reduce(0) { $0 + $1.jobs }
  }

  /// The same in a sentence; nil when there is none.
  var unprovenSentence: String? {
    let count = unprovenCount
    guard count > 0 else { return nil }
    let isOne = count == 1
    return "\(counted(count, "invoice")) \(isOne ? "is" : "are") paid, but Stripe does not tell by "
      + "whom (payer not proven): \(isOne ? "its" : "their") money counts as spent."
  }

  static func isUnproven(_ heading: Heading, _ reason: String?) -> Bool {
    heading == .charged && reason == TextReport.payerNotProven
  }
}
