import Domain

/// Where each field of a job comes from, as the names in a plan and the job file together say.
///
/// The names are the header of a CSV file, or the keys of one JSON line.
struct PlanHeader {
  let account: FieldSource?
  let amount: FieldSource?
  let amountMinor: FieldSource?
  let currency: FieldSource?
  let reference: FieldSource?
  let description: FieldSource?
  let paymentMethod: FieldSource?
  let invoice: FieldSource?
  let charge: FieldSource?
  let operation: FieldSource?
  let reason: FieldSource?
  /// Sorted by key.
  let metadata: [(key: String, source: FieldSource)]

  /// Resolves every column; what is missing, doubled or ambiguous goes to the list.
  init(
    _ names: PlanRecord, _ format: PlanFormat, for jobFile: JobFile, _ problems: inout ProblemList
  ) {
    var resolver = HeaderResolver(names, format, for: jobFile, problems)
    account = resolver.source(of: .account)
    amount = resolver.source(of: .amount)
    amountMinor = resolver.source(of: .amountMinor)
    currency = resolver.source(of: .currency)
    reference = resolver.source(of: .reference)
    description = resolver.source(of: .description)
    paymentMethod = resolver.source(of: .paymentMethod)
    invoice = resolver.source(of: .invoice)
    charge = resolver.source(of: .charge)
    operation = resolver.source(of: .operation)
    reason = resolver.source(of: .reason)
    metadata = resolver.metadata()
    resolver.require(.account, account)
    resolver.require(.amount, amount ?? amountMinor)
    resolver.require(.invoice, invoice)
    resolver.require(.charge, charge)
    if jobFile.operation != .invoicesPay { resolver.require(.reference, reference) }
    if jobFile.currency == nil { resolver.require(.currency, currency) }
    resolver.requirePaymentMethod(paymentMethod)
    problems = resolver.problems
  }
}

/// Finds the column of each field among the names in a plan.
private struct HeaderResolver {
  private let record: PlanRecord
  private let jobFile: JobFile
  private let operation: Operation
  /// What the plan's names are called: columns in CSV, keys in JSON Lines.
  private let noun: String
  /// Where they stand.
  private let holder: String
  /// The names as they are written, for messages.
  private let written: [String]
  /// The column of each name, normalised; the first one when a name is doubled.
  private let columns: [String: Int]
  var problems: ProblemList
  /// Names already reported, so that one mistake is one problem.
  private var reported: Set<String> = []

  init(
    _ record: PlanRecord, _ format: PlanFormat, for jobFile: JobFile, _ problems: ProblemList
  ) {
    self.record = record
    self.jobFile = jobFile
    operation = jobFile.operation
    (noun, holder) = format == .csv ? ("column", "header") : ("key", "line")
    self.problems = problems
    written = (0..<record.count).map { record.trimmedText(of: $0) }
    var columns: [String: Int] = [:]
    for (index, name) in written.enumerated() where !name.isEmpty {
      let normalised = PlanColumn.normalised(name)
      if let first = columns[normalised] {
        let place = record.place(of: index)
        self.problems.add(
          line: place.line, column: place.column,
          "the \(noun) \(Secrets.quotedOrCut(name)) stands here twice: it is \(noun) "
            + "\(first + 1) already")
      } else {
        columns[normalised] = index
      }
    }
    self.columns = columns
  }

  /// Where a field comes from: a constant, the column the job file names, ours, or an alias.
  mutating func source(of column: PlanColumn) -> FieldSource? {
    guard column.isField(of: operation) else { return nil }
    if let given = given(column.rawValue) { return given }
    if jobFile.columns[column.rawValue] != nil { return nil }
    if let index = columns[column.rawValue] { return .column(index) }
    let found = column.names(for: operation).filter { columns[$0] != nil }
    if found.count > 1 {
      report(
        column.rawValue,
        "\(found.joined(separator: " and ")) could both be the \(column.rawValue): "
          + "say which in the job file's columns")
    }
    if found.isEmpty { checkSpelling(of: column) }
    return found.first.flatMap { columns[$0] }.map(FieldSource.column)
  }

  /// Every `metadata.` column and constant, by key.
  mutating func metadata() -> [(key: String, source: FieldSource)] {
    var sources: [String: FieldSource] = [:]
    let prefix = PlanColumn.metadataPrefix
    for (index, name) in written.enumerated() where name.lowercased().hasPrefix(prefix) {
      let key = String(name.dropFirst(prefix.count))
      check(metadataKey: key, at: record.place(of: index))
      if operation == .invoicesPay { continue }
      sources[key] = .column(index)
    }
    for name in Set(jobFile.columns.keys).union(jobFile.fields.keys).sorted()
    where name.hasPrefix(prefix) {
      sources[String(name.dropFirst(prefix.count))] = given(name)
    }
    if sources.count > FieldRule.mostMetadataKeys {
      report(
        "metadata", "\(sources.count) metadata keys, \(FieldRule.mostMetadataKeys) is the most")
    }
    return sources.map { (key: $0.key, source: $0.value) }.sorted { $0.key < $1.key }
  }

  private mutating func check(metadataKey key: String, at place: (line: Int, column: Int)) {
    do throws(FieldProblem) {
      if operation == .invoicesPay { throw PlanColumn.noMetadata }
      _ = try FieldRule.metadataKey(key)
    } catch {
      problems.add(line: place.line, column: place.column, error.message)
    }
  }

  /// What the job file's `fields` or `columns` say about one of our names.
  private mutating func given(_ name: String) -> FieldSource? {
    if let constant = jobFile.fields[name] { return .constant(pieces(of: constant, for: name)) }
    guard let theirs = jobFile.columns[name] else { return nil }
    if let index = columns[PlanColumn.normalised(theirs)] { return .column(index) }
    report(
      name,
      "no \(noun) \(quoted(theirs)), which the job file's columns give as \(printable(name))"
        + found(closestTo: [theirs]))
    return nil
  }

  private mutating func pieces(of constant: String, for name: String) -> [FieldSource.Piece] {
    guard let template = try? FieldTemplate(parsing: constant) else { return [] }
    return template.pieces.map { piece in
      switch piece {
      case .text(let text): return .text(text)
      case .column(let column):
        if let index = index(ofPlaceholder: column) { return .column(index) }
        report(
          "fields.\(name) {\(column)}",
          "no \(noun) for {\(printable(column))} in the job file's fields.\(printable(name))"
            + found(closestTo: [column]))
        return .text("")
      }
    }
  }

  /// The column of a name in braces: ours, by way of `columns` and aliases, or one of the file's.
  private func index(ofPlaceholder name: String) -> Int? {
    if let theirs = jobFile.columns[name] { return columns[PlanColumn.normalised(theirs)] }
    let column = PlanColumn(rawValue: name)
    let names = [PlanColumn.normalised(name)] + (column?.names(for: operation) ?? [])
    if let index = names.lazy.compactMap({ columns[$0] }).first { return index }
    // An invoice that is paid is its own reference.
    return column == .reference && operation == .invoicesPay
      ? index(ofPlaceholder: PlanColumn.invoice.rawValue) : nil
  }
}

// What a header must have.
extension HeaderResolver {
  /// Reports a field that nothing gives.
  mutating func require(_ column: PlanColumn, _ source: FieldSource?) {
    guard source == nil, column.isField(of: operation) else { return }
    var names = column.names(for: operation)
    if column == .amount { names.append(PlanColumn.amountMinor.rawValue) }
    let or = names.dropFirst().isEmpty ? "" : " (or \(names.dropFirst().joined(separator: ", ")))"
    report(column.rawValue, "no \(noun) \(names[0])\(or)" + found(closestTo: names))
  }

  /// Without leave to read customers, every line must name its payment method.
  mutating func requirePaymentMethod(_ source: FieldSource?) {
    guard source == nil, operation == .paymentIntentsCreate,
      !jobFile.policy.allows(.read(.customersRetrieve))
    else { return }
    report(
      PlanColumn.paymentMethod.rawValue,
      "no \(noun) payment_method, and the policy does not allow customers.retrieve, which finds "
        + "the default" + found(closestTo: [PlanColumn.paymentMethod.rawValue]))
  }

  /// Reports a column that is nearly one whose loss would charge the wrong way, unseen.
  ///
  /// Columns we do not know are no problem: a billing export has many.
  private mutating func checkSpelling(of column: PlanColumn) {
    guard column == .currency || column == .paymentMethod else { return }
    let near = closest(to: column.rawValue, among: unknownNames)
    guard let near, let index = columns[near] else { return }
    reported.insert(column.rawValue)
    let place = record.place(of: index)
    problems.add(
      line: place.line, column: place.column,
      "the \(noun) \(quoted(written[index])) is nearly \(column.rawValue): rename it, or say in "
        + "the job file's columns which \(noun) is the \(column.rawValue)")
  }

  /// The names in the header that mean nothing to us and so may be misspelt.
  private var unknownNames: [String] {
    let mapped = jobFile.columns.values.map(PlanColumn.normalised)
    let known = PlanColumn.allCases.flatMap { $0.names(for: operation) } + mapped
    return Set(columns.keys).subtracting(known).sorted()
  }

  private mutating func report(_ name: String, _ message: String) {
    guard reported.insert(name).inserted else { return }
    problems.add(line: record.line, column: 1, message)
  }

  /// What the header has instead, and which of it was probably meant.
  private func found(closestTo names: [String]) -> String {
    let shown = written.prefix(12).map(Secrets.quotedOrCut).joined(separator: ", ")
    let more = written.count > 12 ? ", ..." : ""
    let near = names.lazy.compactMap { closest(to: $0, among: unknownNames) }.first
    let index = near.flatMap { columns[$0] }
    let question = index.map { "; did you mean \(quoted(written[$0]))?" } ?? ""
    return ": the \(holder) has \(shown)\(more)\(question)"
  }
}
