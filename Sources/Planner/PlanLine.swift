import Domain

/// Makes a job of one record; everything wrong with it goes to the list, not its first mistake
/// only.
struct PlanLine {
  let record: PlanRecord
  let header: PlanHeader
  let jobFile: JobFile

  /// The job of this number, or nil when the list has grown.
  func job(number: Int, _ problems: inout ProblemList) -> PlannedJob? {
    let before = problems.count
    let account = required(header.account, .account, &problems, FieldRule.account)
    let amount = amount(&problems)
    let invoice = invoice(&problems)
    let charge = charge(&problems)
    let reference = reference(orInvoice: invoice, &problems)
    let description = optional(header.description, .description, &problems) {
      text throws(FieldProblem) in
      try FieldRule.freeText(text, "description", most: FieldRule.mostDescription)
    }
    let reason = optional(header.reason, .reason, &problems) { text throws(FieldProblem) in
      try FieldRule.freeText(text, "reason", most: FieldRule.mostReason)
    }
    let paymentMethod = paymentMethod(&problems)
    let metadata = metadata(&problems)
    checkOperation(&problems)
    guard problems.count == before, let account, let amount, let reference else { return nil }
    return PlannedJob(
      number: number, line: record.line,
      movement: Movement(
        operation: jobFile.operation, account: account, amount: amount, invoice: invoice,
        charge: charge),
      reference: reference, description: description, paymentMethod: paymentMethod, reason: reason,
      metadata: metadata)
  }

  /// Reports what the queue found wrong with the reference: that it is taken.
  func report(reference problem: String, _ problems: inout ProblemList) {
    add(header.reference ?? header.invoice, problem, &problems)
  }

  /// The planner's key of the job; an invoice that is paid is its own key, and has no other.
  private func reference(
    orInvoice invoice: String?, _ problems: inout ProblemList
  ) -> String? {
    guard jobFile.operation == .invoicesPay else {
      return required(header.reference, .reference, &problems, FieldRule.reference)
    }
    let given = optional(header.reference, .reference, &problems, FieldRule.reference)
    if let given, let invoice, given != invoice {
      add(
        header.reference,
        "an invoice is its own reference, so that it is paid once: leave \(quoted(given)) out",
        &problems)
    }
    return invoice
  }

  private func invoice(_ problems: inout ProblemList) -> String? {
    guard jobFile.operation == .invoicesPay else { return nil }
    return required(header.invoice, .invoice, &problems, FieldRule.invoice)
  }

  /// What is refunded; the policy must allow reading it first.
  private func charge(_ problems: inout ProblemList) -> String? {
    guard jobFile.operation == .refundsCreate,
      let charge = required(header.charge, .charge, &problems, FieldRule.charge)
    else { return nil }
    let read: ReadOperation =
      charge.hasPrefix("pi_") ? .paymentIntentsRetrieve : .chargesRetrieve
    if !jobFile.policy.allows(.read(read)) {
      add(
        header.charge,
        "the policy does not allow \(read.rawValue), which reads what is refunded", &problems)
    }
    return charge
  }

  /// The line's currency, or the job file's; it must have a budget.
  private func currency(_ problems: inout ProblemList) -> Currency? {
    let before = problems.count
    let written = optional(header.currency, .currency, &problems, knownCurrency)
    guard problems.count == before else { return nil }
    guard let currency = written ?? jobFile.currency else {
      add(header.currency, "the currency is empty, and the job file names none", &problems)
      return nil
    }
    if jobFile.policy.hasBatchCap(in: currency) { return currency }
    let caps = jobFile.policy.batchCaps.map(\.currency.code).joined(separator: ", ")
    add(header.currency, "no batch cap in \(currency): the policy has one in \(caps)", &problems)
    return nil
  }

  private func knownCurrency(_ text: String) throws(FieldProblem) -> Currency {
    if let cap = jobFile.policy.caps.first(where: { $0.limit.currency.code == text }) {
      return cap.limit.currency
    }
    return try JobFileReader.currency(text)
  }

  /// The amount, from whichever of the two columns is filled.
  private func amount(_ problems: inout ProblemList) -> Money? {
    guard let currency = currency(&problems) else { return nil }
    let before = problems.count
    let decimal = optional(header.amount, .amount, &problems) { text throws(FieldProblem) in
      try Self.money { () throws(MoneyError) in try Money(decimal: text, currency: currency) }
    }
    let minor = optional(header.amountMinor, .amountMinor, &problems) { text throws(FieldProblem) in
      try Self.money { () throws(MoneyError) in try Money(minorText: text, currency: currency) }
    }
    guard problems.count == before else { return nil }
    if decimal != nil, minor != nil {
      add(header.amountMinor, "amount and amount_minor are both filled: keep one", &problems)
    } else if decimal == nil, minor == nil {
      add(header.amount ?? header.amountMinor, "the amount is empty", &problems)
    }
    return decimal ?? minor
  }

  private static func money(
    _ read: () throws(MoneyError) -> Money
  ) throws(FieldProblem) -> Money {
    do throws(MoneyError) {
      return try read()
    } catch {
      throw FieldProblem(message: error.message)
    }
  }

  private func paymentMethod(_ problems: inout ProblemList) -> String? {
    let before = problems.count
    let method = optional(header.paymentMethod, .paymentMethod, &problems, FieldRule.paymentMethod)
    switch jobFile.operation {
    case .chargesCreate where method != nil:
      add(
        header.paymentMethod,
        "charges.create charges the customer's default source; leave payment_method empty or use "
          + "payment_intents.create", &problems)
    case .paymentIntentsCreate
    where method == nil && problems.count == before
      && !jobFile.policy.allows(.read(.customersRetrieve)):
      add(
        header.paymentMethod,
        "the payment_method is empty, and the policy does not allow customers.retrieve, "
          + "which finds the default", &problems)
    case .refundsCreate where method != nil:
      add(
        header.paymentMethod,
        "refunds.create sends the money back to where it came from; leave payment_method empty",
        &problems)
    case .chargesCreate, .paymentIntentsCreate, .invoicesPay, .refundsCreate: break
    }
    return method
  }

  private func metadata(_ problems: inout ProblemList) -> [MetadataEntry] {
    var entries: [MetadataEntry] = []
    for (key, source) in header.metadata {
      let name = PlanColumn.metadataPrefix + key
      let value = optional(source, name, &problems) { text throws(FieldProblem) in
        try FieldRule.freeText(text, printable(name), most: FieldRule.mostMetadataValue)
      }
      if let value { entries.append(MetadataEntry(key: key, value: value)) }
    }
    return entries
  }

  /// A batch is of one operation, its job file's; a column may say which, and no other.
  private func checkOperation(_ problems: inout ProblemList) {
    let expected = jobFile.operation.rawValue
    _ = optional(header.operation, .operation, &problems) { text throws(FieldProblem) in
      if text != expected {
        throw FieldProblem(
          message: "the operation is \(quoted(text)), the job file's is \(expected)")
      }
    }
  }
}

// Fields.
extension PlanLine {
  /// What a rule makes of a field's text, or nil when it is empty or has been reported.
  private func optional<Value>(
    _ source: FieldSource?, _ name: String, _ problems: inout ProblemList,
    _ rule: (String) throws(FieldProblem) -> Value
  ) -> Value? {
    guard let source else { return nil }
    if let column = source.columnNotText(in: record),
      let message = kindProblem(of: column, name)
    {
      let place = record.place(of: column)
      problems.add(line: place.line, column: place.column, message)
      return nil
    }
    let text = source.text(in: record)
    guard !text.isEmpty else { return nil }
    do throws(FieldProblem) {
      try FieldRule.anyText(text, name)
      return try rule(text)
    } catch {
      let message = Secrets.holdsCardNumber(text) ? FieldRule.holdsCard(name) : error.message
      add(source, message, &problems)
      return nil
    }
  }

  /// Why a value of JSON that is not text cannot be taken; nil when it can.
  private func kindProblem(of column: Int, _ name: String) -> String? {
    let kind = record.kind(of: column)
    let isNumber = kind == .integer || kind == .number
    if isNumber, name == PlanColumn.amountMinor.rawValue { return nil }
    if isNumber, name == PlanColumn.amount.rawValue {
      return "the amount must be text: write \"19.99\", or give amount_minor"
    }
    return "the \(printable(name)) must be text, not \(kind.rawValue)"
  }

  private func optional<Value>(
    _ source: FieldSource?, _ column: PlanColumn, _ problems: inout ProblemList,
    _ rule: (String) throws(FieldProblem) -> Value
  ) -> Value? {
    optional(source, column.rawValue, &problems, rule)
  }

  /// The same, for a field that must be filled.
  private func required<Value>(
    _ source: FieldSource?, _ column: PlanColumn, _ problems: inout ProblemList,
    _ rule: (String) throws(FieldProblem) -> Value
  ) -> Value? {
    let before = problems.count
    let value = optional(source, column, &problems, rule)
    if value == nil, problems.count == before {
      add(source, "the \(column.rawValue) is empty", &problems)
    }
    return value
  }

  private func add(_ source: FieldSource?, _ message: String, _ problems: inout ProblemList) {
    let place = source?.place(in: record) ?? (line: record.line, column: 1)
    problems.add(line: place.line, column: place.column, message)
  }
}

extension Policy {
  /// Whether the batch may move money of this currency at all.
  func hasBatchCap(in currency: Currency) -> Bool {
    caps.contains { $0.per == .batch && $0.limit.currency == currency }
  }
}
