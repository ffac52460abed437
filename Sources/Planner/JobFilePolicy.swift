import Domain
import JSON

/// Reads the `policy` of a job file: what its vault keys may do, and how much may move.
struct JobFilePolicy {
  private let policy: JobFileObject

  private static let keys = [
    "name", "vendor", "allowed_operations", "caps", "max_per_job", "max_jobs", "accounts",
    "expires_in",
  ]

  /// The policy of a job file whose jobs are of `operation`; nil when something in it is wrong.
  static func read(
    _ file: JobFileObject, _ name: String?, _ operation: Operation?,
    _ problems: inout ProblemList
  ) -> Policy? {
    let node = file.required("policy", &problems)
    let policy = JobFileObject(node, path: "policy", keys: keys, problems: &problems)
    return policy.flatMap { Self(policy: $0).read(name, operation, &problems) }
  }

  private func read(
    _ jobFileName: String?, _ operation: Operation?, _ problems: inout ProblemList
  ) -> Policy? {
    let name = policy.value("name", &problems, JobFileReader.name) ?? jobFileName
    checkVendor(&problems)
    let operations = allowedOperations(operation, &problems)
    let caps = caps(&problems)
    let maxPerJob = maxPerJob(&problems)
    let maxJobs = policy.count("max_jobs", &problems)
    let accounts = accounts(&problems)
    let expiresIn = policy.duration("expires_in", &problems) ?? .hours(1)
    guard let name, let operations, let caps else { return nil }
    return Policy(
      name: name, allowedOperations: operations, caps: caps, maxPerJob: maxPerJob,
      maxJobs: maxJobs, accounts: accounts, expiresIn: expiresIn)
  }

  private func checkVendor(_ problems: inout ProblemList) {
    _ = policy.value("vendor", &problems) { text throws(FieldProblem) in
      if text != "stripe" {
        throw FieldProblem(message: "\(quoted(text)) is no vendor we know: only \"stripe\" is")
      }
    }
  }

  private func allowedOperations(
    _ operation: Operation?, _ problems: inout ProblemList
  ) -> [AllowedOperation]? {
    guard let list = policy.required("allowed_operations", &problems),
      let elements = policy.elements("allowed_operations", &problems)
    else { return nil }
    var operations: [AllowedOperation] = []
    var isComplete = true
    for (node, path) in elements {
      guard let text = problems.string(node, path),
        let allowed = problems.value(node, path, text, JobFileReader.allowedOperation)
      else {
        isComplete = false
        continue
      }
      if operations.contains(allowed) { problems.add(node, path, "stands here twice") }
      if let operation { checkFamily(of: allowed, operation, node, path, &problems) }
      operations.append(allowed)
    }
    if isComplete, let operation { checkNeeds(of: operation, operations, list, &problems) }
    return operations
  }

  /// A key never both takes money and gives it back.
  private func checkFamily(
    of allowed: AllowedOperation, _ operation: Operation, _ node: JSONNode, _ path: String,
    _ problems: inout ProblemList
  ) {
    guard case .job(let other) = allowed, other.family != operation.family else { return }
    problems.add(
      node, path,
      "\(other.rawValue) and \(operation.rawValue) never share a key: one takes money, the other "
        + "gives it back; write a job file for each")
  }

  private func checkNeeds(
    of operation: Operation, _ operations: [AllowedOperation], _ list: JSONNode,
    _ problems: inout ProblemList
  ) {
    let path = policy.name("allowed_operations")
    if !operations.contains(.job(operation)) {
      problems.add(list, path, "must hold the operation, \(operation.rawValue)")
    } else if operation == .invoicesPay, !operations.contains(.read(.invoicesRetrieve)) {
      problems.add(
        list, path, "must hold invoices.retrieve: an invoice is read afresh before it is paid")
    }
  }

  /// The caps: one at most for each window and currency, and one for the batch wherever there is
  /// any.
  private func caps(_ problems: inout ProblemList) -> [Cap]? {
    guard let list = policy.required("caps", &problems),
      let elements = policy.elements("caps", &problems)
    else { return nil }
    var caps: [(cap: Cap, node: JSONNode, path: String)] = []
    var isComplete = true
    for (node, path) in elements {
      guard let cap = cap(node, path, &problems) else {
        isComplete = false
        continue
      }
      if caps.contains(where: { $0.cap.per == cap.per && $0.cap.currency == cap.currency }) {
        problems.add(
          node, path, "there is a cap per \(cap.per.rawValue) in \(cap.currency) already")
      }
      caps.append((cap, node, path))
    }
    let batch = Set(caps.filter { $0.cap.per == .batch }.map(\.cap.currency))
    if isComplete, batch.isEmpty {
      problems.add(list, policy.name("caps"), "needs a cap with per: \"batch\"")
    } else if isComplete {
      for (cap, node, path) in caps where !batch.contains(cap.currency) {
        problems.add(node, path, "needs a cap with per: \"batch\" in \(cap.currency) beside it")
      }
    }
    return caps.map(\.cap)
  }

  private func cap(_ node: JSONNode, _ path: String, _ problems: inout ProblemList) -> Cap? {
    let keys = ["per", "amount", "currency"]
    guard let object = JobFileObject(node, path: path, keys: keys, problems: &problems) else {
      return nil
    }
    let per = object.required("per", &problems).flatMap { _ in
      object.value("per", &problems, Self.window)
    }
    let limit = limit(object, &problems)
    guard let per, let limit else { return nil }
    return Cap(per: per, limit: limit)
  }

  private static func window(_ text: String) throws(FieldProblem) -> Window {
    if let window = Window(rawValue: text) { return window }
    throw FieldProblem(message: "\(quoted(text)) is no window: write batch, day or month")
  }

  private func maxPerJob(_ problems: inout ProblemList) -> [Money] {
    var limits: [Money] = []
    for (node, path) in policy.elements("max_per_job", &problems) ?? [] {
      let keys = ["amount", "currency"]
      guard let object = JobFileObject(node, path: path, keys: keys, problems: &problems),
        let limit = limit(object, &problems)
      else { continue }
      if limits.contains(where: { $0.currency == limit.currency }) {
        problems.add(node, path, "there is a limit in \(limit.currency) already")
      }
      limits.append(limit)
    }
    return limits
  }

  private func limit(_ object: JobFileObject, _ problems: inout ProblemList) -> Money? {
    let amount = object.required("amount", &problems)
    guard object.required("currency", &problems) != nil,
      let currency = object.value("currency", &problems, JobFileReader.currency), let amount
    else { return nil }
    guard let text = amount.string else {
      problems.add(
        amount, object.name("amount"), "must be text like \"500.00\", not \(amount.kind)")
      return nil
    }
    return problems.value(amount, object.name("amount"), text) { text throws(FieldProblem) in
      do throws(MoneyError) {
        return try Money(limit: text, currency: currency)
      } catch {
        throw FieldProblem(message: error.message)
      }
    }
  }

  private func accounts(_ problems: inout ProblemList) -> [String]? {
    guard let elements = policy.elements("accounts", &problems) else { return nil }
    var accounts: [String] = []
    for (node, path) in elements {
      guard let text = problems.string(node, path) else { continue }
      if let account = problems.value(node, path, text, FieldRule.account) {
        accounts.append(account)
      }
    }
    if elements.isEmpty, let node = policy.node["accounts"] {
      problems.add(node, policy.name("accounts"), "names no account, so nobody could be charged")
    }
    return accounts
  }
}

extension Cap {
  fileprivate var currency: Currency { limit.currency }
}
