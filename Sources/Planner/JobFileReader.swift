package import Domain
import JSON
import System

/// Reads job files: unknown keys, wrong types and limits that make no sense are all named at once.
package struct JobFileReader {
  private let path: String
  private var problems: ProblemList

  /// A job file is written by hand; a larger one is something else.
  package static let mostBytes = 1_048_576

  /// Reads the job file at a path.
  package static func read(path: String) throws(Fault) -> JobFile {
    try read(try InputFile.readAll(path: path, limit: mostBytes), path: path)
  }

  /// Reads a job file's bytes; `path` names it in messages and is what its source is relative to.
  ///
  /// Throws one fault with every problem at its line and column.
  package static func read(_ bytes: [UInt8], path: String) throws(Fault) -> JobFile {
    var reader = JobFileReader(path: path)
    let jobFile = reader.jobFile(bytes)
    try reader.problems.throwIfAny(hint: "correct the job file and try again")
    guard let jobFile else {
      throw Fault(.internalError, "\(printable(path)): refused without a reason")
    }
    return jobFile
  }

  private init(path: String) {
    self.path = path
    self.problems = ProblemList(file: path)
  }

  private static let keys = [
    "name", "description", "operation", "currency", "source", "columns", "fields", "policy",
    "approval", "halt", "notify", "schedule_every",
  ]

  private mutating func jobFile(_ bytes: [UInt8]) -> JobFile? {
    guard let file = object(bytes) else { return nil }
    let name = file.required("name", &problems).flatMap { _ in
      file.value("name", &problems, Self.name)
    }
    let description = file.value("description", &problems, Self.description)
    let operation = file.required("operation", &problems).flatMap { _ in
      file.value("operation", &problems, Self.operation)
    }
    let currency = file.value("currency", &problems, Self.currency)
    let source = JobFileSource.read(file, path, operation, &problems)
    let (columns, fields) = columnsAndFields(file, operation)
    let policy = JobFilePolicy.read(file, name, operation, &problems)
    checkBudget(of: currency, policy, file)
    let approval = approval(file)
    let halt = halt(file)
    let webhookVariable = webhookVariable(file)
    let scheduleEvery = file.duration("schedule_every", &problems)
    guard let name, let operation, let policy else { return nil }
    return JobFile(
      name: name, description: description, operation: operation, currency: currency,
      source: source, columns: columns, fields: fields, policy: policy,
      approval: approval, halt: halt, webhookVariable: webhookVariable,
      scheduleEvery: scheduleEvery, bytes: bytes)
  }

  private mutating func object(_ bytes: [UInt8]) -> JobFileObject? {
    do throws(JSONError) {
      let node = try JSONReader.read(bytes)
      return JobFileObject(node, path: "", keys: Self.keys, problems: &problems)
    } catch {
      problems.add(line: error.line, column: error.column, error.message)
      return nil
    }
  }

  /// A line that names no currency must find a budget.
  private mutating func checkBudget(
    of currency: Currency?, _ policy: Policy?, _ file: JobFileObject
  ) {
    guard let currency, let policy, let node = file.node["currency"] else { return }
    if policy.hasBatchCap(in: currency) { return }
    problems.add(node, "currency", "policy.caps has no cap in \(currency)")
  }

  private mutating func approval(_ file: JobFileObject) -> ApprovalRule {
    let approval = JobFileObject(
      file.node["approval"], path: "approval", keys: ["required", "four_eyes", "expires_in"],
      problems: &problems)
    var required: Int64 = 1
    if let approval, let node = approval.node["required"] {
      required = node.integer ?? 0
      if !(1...2).contains(required) { problems.add(node, "approval.required", "must be 1 or 2") }
    }
    return ApprovalRule(
      required: Int(required),
      fourEyes: approval?.bool("four_eyes", &problems),
      expiresIn: approval?.duration("expires_in", &problems) ?? .hours(24))
  }

  private mutating func webhookVariable(_ file: JobFileObject) -> String? {
    let notify = JobFileObject(
      file.node["notify"], path: "notify", keys: ["webhook_env"], problems: &problems)
    return notify?.value("webhook_env", &problems, Self.variable)
  }

  private static func variable(_ text: String) throws(FieldProblem) -> String {
    let isVariable = text.utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "_") }
    guard isVariable, text.utf8.first?.isDigit == false, text.utf8.count <= 100 else {
      throw FieldProblem(
        message: "names the variable of the environment that holds the address, such as "
          + "SLUICE_WEBHOOK; the address itself stays out of the file")
    }
    return text
  }

  private mutating func halt(_ file: JobFileObject) -> HaltRule {
    let halt = JobFileObject(
      file.node["halt"], path: "halt",
      keys: ["declined_in_a_row", "rejected_in_a_row", "unreachable_in_a_row"], problems: &problems)
    return HaltRule(
      declinedInARow: halt?.count("declined_in_a_row", &problems) ?? 10,
      rejectedInARow: halt?.count("rejected_in_a_row", &problems) ?? 3,
      unreachableInARow: halt?.count("unreachable_in_a_row", &problems) ?? 5)
  }
}

// Columns and constant fields.
extension JobFileReader {
  private mutating func columnsAndFields(
    _ file: JobFileObject, _ operation: Operation?
  ) -> ([String: String], [String: String]) {
    let columns = texts(file, "columns", operation) { theirs throws(FieldProblem) in
      if theirs[...].trimmingSpaces.isEmpty { throw FieldProblem(message: "names no column") }
    }
    let fields = texts(file, "fields", operation) { text throws(FieldProblem) in
      _ = try FieldTemplate(parsing: text)
    }
    for member in file.node["fields"]?.members ?? [] where columns[member.key] != nil {
      problems.add(
        member.value, "fields.\(printable(member.key))", "is given by columns as well: keep one")
    }
    return (columns, fields)
  }

  /// An object of our column names to texts that a rule accepts.
  private mutating func texts(
    _ file: JobFileObject, _ key: String, _ operation: Operation?,
    _ rule: (String) throws(FieldProblem) -> Void
  ) -> [String: String] {
    let object = JobFileObject(file.node[key], path: key, keys: nil, problems: &problems)
    var texts: [String: String] = [:]
    for member in object?.node.members ?? [] {
      let path = "\(key).\(printable(member.key))"
      let isKnown: Void? = problems.value(member.value, path, member.key) {
        name throws(FieldProblem) in
        try PlanColumn.check(name, for: operation)
      }
      guard let text = problems.string(member.value, path) else { continue }
      let isGood: Void? = problems.value(member.value, path, text, rule)
      if isKnown != nil, isGood != nil { texts[member.key] = text }
    }
    return texts
  }
}

// Rules for single texts.
extension JobFileReader {
  static func name(_ text: String) throws(FieldProblem) -> String {
    let isName = text.utf8.allSatisfy {
      $0.isLetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
    }
    guard isName, !text.isEmpty, text.utf8.count <= 40 else {
      throw FieldProblem(
        message: "\(quoted(text)) is no name: use up to 40 letters, digits, dashes and underscores")
    }
    return text
  }

  private static func description(_ text: String) throws(FieldProblem) -> String {
    try FieldRule.anyText(text, "description")
    return try FieldRule.freeText(text, "description", most: FieldRule.mostDescription)
  }

  static func currency(_ text: String) throws(FieldProblem) -> Currency {
    guard let currency = Currency(text) else {
      throw FieldProblem(message: "unknown currency \(quoted(text))")
    }
    return currency
  }

  static func allowedOperation(_ text: String) throws(FieldProblem) -> AllowedOperation {
    if let operation = AllowedOperation(text) { return operation }
    throw unknownOperation(text, among: AllowedOperation.names)
  }

  private static func operation(_ text: String) throws(FieldProblem) -> Operation {
    if let operation = Operation(rawValue: text) { return operation }
    throw unknownOperation(text, among: Operation.allCases.map(\.rawValue))
  }

  private static func unknownOperation(_ text: String, among names: [String]) -> FieldProblem {
    let advice =
      closest(to: text, among: names).map { "did you mean \"\($0)\"?" }
      ?? "known are " + names.joined(separator: ", ")
    return FieldProblem(message: "unknown operation \(quoted(text)), \(advice)")
  }
}
