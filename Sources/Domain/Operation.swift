/// What can be asked of Stripe, by the name that job files and vault keys use.
package enum Operation: String, CaseIterable, Sendable {
  case paymentIntentsCreate = "payment_intents.create"
  case chargesCreate = "charges.create"
  case customersRetrieve = "customers.retrieve"

  /// Whether money moves, so that a job can be made of it.
  package var movesMoney: Bool {
    switch self {
    case .paymentIntentsCreate, .chargesCreate: true
    case .customersRetrieve: false
    }
  }

  /// The operations a job can have.
  package static var ofJobs: [Operation] { allCases.filter(\.movesMoney) }
}

/// The kinds of batch; a batch never mixes them, and a reference is held within one.
package enum Family: String, CaseIterable, Sendable {
  case collect
}
