package import Domain
import JSON
import System

/// A home's `planners.json`: how much each planner may put into the queue.
package struct QuotaFile: Sendable {
  private let standard: Quota
  private let named: [String: Quota]

  private static let mostBytes = 1_048_576

  /// Reads the file at a path; where there is none, every planner has the usual quota.
  ///
  /// Throws one fault with every problem at its line and column.
  package static func read(path: String) throws(Fault) -> QuotaFile {
    do {
      guard try Files.facts(of: path) != nil else {
        return QuotaFile(standard: Quota(), named: [:])
      }
    } catch {
      throw Fault(.notAllowed, "\(printable(path)): \(error.message)", hint: "check its mode")
    }
    let bytes = try InputFile.readAll(path: path, limit: mostBytes)
    var problems = ProblemList(file: path)
    let file = read(bytes, &problems)
    try problems.throwIfAny(
      hint: "correct it, or remove it: then every planner has the usual quota")
    return file
  }

  /// The quota of a planner: its own, or that of all others.
  package func quota(of planner: String) -> Quota { named[planner] ?? standard }

  private static func read(_ bytes: [UInt8], _ problems: inout ProblemList) -> QuotaFile {
    var standard = Quota()
    var named: [String: Quota] = [:]
    do throws(JSONError) {
      let node = try JSONReader.read(bytes)
      let file = JobFileObject(node, path: "", keys: ["default", "planners"], problems: &problems)
      if let value = file?.node["default"] {
        standard = quota(value, "default", standard, &problems)
      }
      let planners = JobFileObject(
        file?.node["planners"], path: "planners", keys: nil, problems: &problems)
      for member in planners?.node.members ?? [] {
        let path = "planners.\(printable(member.key))"
        named[member.key] = quota(member.value, path, standard, &problems)
      }
    } catch {
      problems.add(line: error.line, column: error.column, error.message)
    }
    return QuotaFile(standard: standard, named: named)
  }

  /// A quota whose members override those of another.
  private static func quota(
    _ node: JSONNode, _ path: String, _ other: Quota, _ problems: inout ProblemList
  ) -> Quota {
    let keys = ["open_batches", "jobs_per_batch", "jobs_per_hour", "total_per_batch"]
    var quota = other
    guard let object = JobFileObject(node, path: path, keys: keys, problems: &problems) else {
      return quota
    }
    quota.openBatches = object.count("open_batches", &problems) ?? quota.openBatches
    quota.jobsPerBatch = object.count("jobs_per_batch", &problems) ?? quota.jobsPerBatch
    quota.jobsPerHour = object.count("jobs_per_hour", &problems) ?? quota.jobsPerHour
    guard let elements = object.elements("total_per_batch", &problems) else { return quota }
    quota.totalPerBatch = []
    for (node, path) in elements {
      guard let limit = limit(node, path, &problems) else { continue }
      if quota.totalPerBatch.contains(where: { $0.currency == limit.currency }) {
        problems.add(node, path, "there is a total in \(limit.currency) already")
      }
      quota.totalPerBatch.append(limit)
    }
    return quota
  }

  private static func limit(
    _ node: JSONNode, _ path: String, _ problems: inout ProblemList
  ) -> Money? {
    guard
      let object = JobFileObject(
        node, path: path, keys: ["amount", "currency"], problems: &problems),
      object.required("amount", &problems) != nil,
      object.required("currency", &problems) != nil,
      let currency = object.value("currency", &problems, JobFileReader.currency)
    else { return nil }
    return object.value("amount", &problems) { text throws(FieldProblem) in
      do throws(MoneyError) {
        return try Money(limit: text, currency: currency)
      } catch {
        throw FieldProblem(message: error.message)
      }
    }
  }
}
