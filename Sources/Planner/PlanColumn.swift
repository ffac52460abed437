import Domain

/// The columns a job is made of, by our names.
enum PlanColumn: String, CaseIterable {
  case account, amount
  case amountMinor = "amount_minor"
  case currency, reference, description
  case paymentMethod = "payment_method"
  case operation, reason

  static let metadataPrefix = "metadata."

  /// What billing systems call it.
  ///
  /// Amounts have no aliases: columns like `total` and `amount_due` hold cents here, whole units
  /// there.
  var aliases: [String] {
    switch self {
    case .account: ["customer", "customer_id"]
    case .reference: ["invoice", "invoice_id", "invoice_number"]
    case .paymentMethod: ["payment_method_id"]
    case .amount, .amountMinor, .currency, .description, .operation, .reason: []
    }
  }

  /// The name for comparing: without case, spaces as underscores ("Customer ID" is customer_id).
  static func normalised(_ name: String) -> String {
    name[...].trimmingSpaces.lowercased().replacing(" ", with: "_")
  }

  /// Checks a key of `columns` or `fields`: one of our names, or `metadata.` and a key.
  static func check(_ name: String) throws(FieldProblem) {
    if name.hasPrefix(metadataPrefix) {
      _ = try FieldRule.metadataKey(String(name.dropFirst(metadataPrefix.count)))
    } else if PlanColumn(rawValue: name) == nil {
      let names = allCases.map(\.rawValue)
      let advice =
        closest(to: name, among: names).map { "did you mean \"\($0)\"?" }
        ?? "known are \(names.joined(separator: ", ")) and metadata.*"
      throw FieldProblem(message: "unknown column, \(advice)")
    }
  }
}
