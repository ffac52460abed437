import Domain

/// The columns a job is made of, by our names.
enum PlanColumn: String, CaseIterable {
  case account, amount
  case amountMinor = "amount_minor"
  case currency, reference, description
  case paymentMethod = "payment_method"
  case invoice, charge, operation, reason

  static let metadataPrefix = "metadata."

  /// The only operation whose jobs have this field; nil when all have.
  private var onlyOperation: Operation? {
    switch self {
    case .invoice: .invoicesPay
    case .charge: .refundsCreate
    case .account, .amount, .amountMinor, .currency, .reference, .description, .paymentMethod,
      .operation, .reason:
      nil
    }
  }

  /// Whether a job of this operation has the field.
  func isField(of operation: Operation) -> Bool {
    onlyOperation == nil || onlyOperation == operation
  }

  /// Our name, and what billing systems call it; nothing where it is no field of the operation.
  ///
  /// Amounts have no aliases: columns like `total` and `amount_due` hold cents here, whole units
  /// there.
  func names(for operation: Operation) -> [String] {
    guard isField(of: operation) else { return [] }
    return [rawValue] + aliases(for: operation)
  }

  private func aliases(for operation: Operation) -> [String] {
    switch self {
    case .account: ["customer", "customer_id"]
    case .reference where operation == .invoicesPay: []
    case .reference: ["invoice", "invoice_id", "invoice_number"]
    case .invoice: ["invoice_id"]
    case .charge: ["charge_id", "payment_intent"]
    case .paymentMethod: ["payment_method_id"]
    case .amount, .amountMinor, .currency, .description, .operation, .reason: []
    }
  }

  /// The name for comparing: without case, spaces as underscores ("Customer ID" is customer_id).
  static func normalised(_ name: String) -> String {
    name[...].trimmingSpaces.lowercased().replacing(" ", with: "_")
  }

  /// Checks a key of `columns` or `fields`: one of our names, or `metadata.` and a key.
  static func check(_ name: String, for operation: Operation?) throws(FieldProblem) {
    if name.hasPrefix(metadataPrefix) {
      if operation == .invoicesPay { throw noMetadata }
      _ = try FieldRule.metadataKey(String(name.dropFirst(metadataPrefix.count)))
      return
    }
    guard let column = PlanColumn(rawValue: name) else { throw unknown(name, for: operation) }
    guard let operation, let only = column.onlyOperation, only != operation else { return }
    throw FieldProblem(
      message: "is a field of \(only.rawValue), not of \(operation.rawValue)")
  }

  /// Why a job that pays an invoice has no metadata.
  static let noMetadata = FieldProblem(
    message: "invoices.pay takes no metadata at Stripe: leave it out")

  private static func unknown(_ name: String, for operation: Operation?) -> FieldProblem {
    let names = allCases.filter { column in operation.map { column.isField(of: $0) } ?? true }
      .map(\.rawValue)
    let metadata = operation == .invoicesPay ? "" : " and metadata.*"
    let advice =
      closest(to: name, among: names).map { "did you mean \"\($0)\"?" }
      ?? "known are \(names.joined(separator: ", "))\(metadata)"
    return FieldProblem(message: "unknown column, \(advice)")
  }
}
