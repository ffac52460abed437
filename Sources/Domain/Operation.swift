/// What a job asks of Stripe: what moves money, by the name that job files and vault keys use.
package enum Operation: String, CaseIterable, Sendable {
  case paymentIntentsCreate = "payment_intents.create"
  case chargesCreate = "charges.create"
  case invoicesPay = "invoices.pay"
  case refundsCreate = "refunds.create"

  /// Which way the money goes.
  package var family: Family {
    switch self {
    case .paymentIntentsCreate, .chargesCreate, .invoicesPay: .collect
    case .refundsCreate: .refund
    }
  }
}

/// The kinds of batch; a batch never mixes them, and a reference is held within one.
package enum Family: String, CaseIterable, Sendable {
  /// Money comes in.
  case collect
  /// Money goes back.
  case refund
}

/// What a run may read at Stripe to prepare a job.
package enum ReadOperation: String, CaseIterable, Sendable {
  case customersRetrieve = "customers.retrieve"
  case invoicesRetrieve = "invoices.retrieve"
  case chargesRetrieve = "charges.retrieve"
  case paymentIntentsRetrieve = "payment_intents.retrieve"
}

/// One entry of `allowed_operations`: something that moves money, or a read.
package enum AllowedOperation: Hashable, Sendable {
  case job(Operation)
  case read(ReadOperation)

  /// The operation of this name; nil when there is none.
  package init?(_ name: String) {
    if let operation = Operation(rawValue: name) {
      self = .job(operation)
    } else if let read = ReadOperation(rawValue: name) {
      self = .read(read)
    } else {
      return nil
    }
  }

  /// The name that job files use.
  package var name: String {
    switch self {
    case .job(let operation): operation.rawValue
    case .read(let read): read.rawValue
    }
  }

  /// Every name there is.
  package static var names: [String] {
    Operation.allCases.map(\.rawValue) + ReadOperation.allCases.map(\.rawValue)
  }
}

/// The part of a job that decides whose money moves where; what permits and budgets are about.
package struct Movement: Equatable, Sendable {
  package let operation: Operation
  /// The customer whose money it is (`cus_...`).
  package let account: String
  package let amount: Money
  /// The invoice that is paid (`in_...`); for `invoices.pay` only.
  package let invoice: String?
  /// What is refunded (`ch_...` or `pi_...`); for `refunds.create` only.
  package let charge: String?

  /// A movement of exactly these parts.
  package init(
    operation: Operation, account: String, amount: Money, invoice: String? = nil,
    charge: String? = nil
  ) {
    self.operation = operation
    self.account = account
    self.amount = amount
    self.invoice = invoice
    self.charge = charge
  }
}
