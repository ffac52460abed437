import Domain
import JSON

/// Reads the `policy` of a job file: what its vault keys may do, and how much may move.
struct JobFilePolicy {
  private let policy: JobFileObject

  private static let keys = [
    "allowed_operations", "caps", "max_per_job", "max_jobs", "accounts", "expires_in",
  ]

  /// The policy of a job file whose jobs are of `operation`; nil when something in it is wrong.
  static func read(
    _ file: JobFileObject, _ operation: Operation?, _ problems: inout ProblemList
  ) -> Policy? {
    let node = file.required("policy", &problems)
    let policy = JobFileObject(node, path: "policy", keys: keys, problems: &problems)
    return policy.flatMap { Self(policy: $0).read(operation, &problems) }
  }

  private func read(_ operation: Operation?, _ problems: inout ProblemList) -> Policy? {
    let operations = allowedOperations(operation, &problems)
    let caps = caps(&problems)
    let maxPerJob = maxPerJob(&problems)
    let maxJobs = policy.count("max_jobs", &problems)
    let accounts = accounts(&problems)
    let expiresIn = policy.duration("expires_in", &problems) ?? .hours(1)
    guard let operations, let caps else { return nil }
    return Policy(
      allowedOperations: operations, caps: caps, maxPerJob: maxPerJob, maxJobs: maxJobs,
      accounts: accounts, expiresIn: expiresIn)
  }

  private func allowedOperations(
    _ operation: Operation?, _ problems: inout ProblemList
  ) -> [Operation]? {
    guard let list = policy.required("allowed_operations", &problems),
      let elements = policy.elements("allowed_operations", &problems)
    else { return nil }
    var operations: [Operation] = []
    var isComplete = true
    for (node, path) in elements {
      guard let text = problems.string(node, path),
        let allowed = problems.value(node, path, text, JobFileReader.operation)
      else {
        isComplete = false
        continue
      }
      if operations.contains(allowed) { problems.add(node, path, "stands here twice") }
      operations.append(allowed)
    }
    if isComplete, let operation, !operations.contains(operation) {
      problems.add(
        list, policy.name("allowed_operations"), "must hold the operation, \(operation.rawValue)")
    }
    return operations
  }

  /// The caps; there must be one at least, and one only for each currency.
  private func caps(_ problems: inout ProblemList) -> [Money]? {
    guard let list = policy.required("caps", &problems),
      let elements = policy.elements("caps", &problems)
    else { return nil }
    if elements.isEmpty {
      problems.add(list, policy.name("caps"), "needs a cap with per: \"batch\"")
    }
    return limits(elements, keys: ["per", "amount", "currency"], &problems)
  }

  private func maxPerJob(_ problems: inout ProblemList) -> [Money] {
    let elements = policy.elements("max_per_job", &problems) ?? []
    return limits(elements, keys: ["amount", "currency"], &problems)
  }

  private func limits(
    _ elements: [(node: JSONNode, path: String)], keys: [String], _ problems: inout ProblemList
  ) -> [Money] {
    var limits: [Money] = []
    for (node, path) in elements {
      guard let object = JobFileObject(node, path: path, keys: keys, problems: &problems)
      else { continue }
      if keys.contains("per") { checkPer(object, &problems) }
      guard let limit = limit(object, &problems) else { continue }
      if limits.contains(where: { $0.currency == limit.currency }) {
        problems.add(node, path, "there is a limit in \(limit.currency) already")
      }
      limits.append(limit)
    }
    return limits
  }

  private func checkPer(_ cap: JobFileObject, _ problems: inout ProblemList) {
    guard let node = cap.required("per", &problems),
      let per = problems.string(node, cap.name("per")), per != "batch"
    else { return }
    problems.add(node, cap.name("per"), "\(quoted(per)) is not in this version: only \"batch\" is")
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
