import Domain
import JSON
import System

/// Reads the `source` of a job file: exactly one place where its jobs come from.
struct JobFileSource {
  private let source: JobFileObject
  /// The job file's folder with its slash; nothing for the current one.
  private let folder: String

  private static let kinds = ["csv", "jsonl", "command", "stripe"]

  /// The source of the job file at a path, when it has one; what is wrong goes to the list.
  static func read(
    _ file: JobFileObject, _ path: String, _ operation: Operation?,
    _ problems: inout ProblemList
  ) -> JobSource? {
    let node = file.node["source"]
    let object = JobFileObject(
      node, path: "source", keys: kinds + ["format"], problems: &problems)
    guard let object else { return nil }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    return Self(source: object, folder: folder).read(operation, &problems)
  }

  private func read(_ operation: Operation?, _ problems: inout ProblemList) -> JobSource? {
    let given = Self.kinds.filter { source.node[$0] != nil }
    guard let kind = given.first, given.count == 1 else {
      let found = given.isEmpty ? "none" : given.joined(separator: " and ")
      problems.add(
        source.node, "source",
        "needs exactly one of \(Self.kinds.joined(separator: ", ")), not \(found)")
      return nil
    }
    if let format = source.node["format"], kind != "command" {
      problems.add(format, "source.format", "goes with command only")
    }
    switch kind {
    case "csv": return path("csv", &problems).map(JobSource.csv)
    case "jsonl": return path("jsonl", &problems).map(JobSource.jsonLines)
    case "command": return command(&problems)
    default: return stripe(operation, &problems)
    }
  }

  private func path(_ key: String, _ problems: inout ProblemList) -> String? {
    source.value(key, &problems) { text throws(FieldProblem) in
      try FieldRule.anyText(text, "path")
      guard !text.isEmpty else { throw FieldProblem(message: "names no file") }
      return text
    }.map(resolved)
  }

  /// The path from here, without detours where they lead to the same file.
  ///
  /// Behind a link to a folder `..` is not the folder before it, so the system has the last word.
  private func resolved(_ path: String) -> String {
    let full = path.hasPrefix("/") ? path : folder + path
    let short = Self.withoutDetours(full)
    return Files.absolute(full) == Files.absolute(short) ? short : full
  }

  private static func withoutDetours(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else if part != ".." || !path.hasPrefix("/") {
        parts.append(part)
      }
    }
    return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }

  private func command(_ problems: inout ProblemList) -> JobSource? {
    let format = source.value("format", &problems, Self.format) ?? .csv
    guard let elements = source.elements("command", &problems) else { return nil }
    if elements.isEmpty, let node = source.node["command"] {
      problems.add(node, "source.command", "names no program")
    }
    let words = elements.compactMap { node, path in
      problems.string(node, path).flatMap { problems.value(node, path, $0, Self.word) }
    }
    guard words.count == elements.count else { return nil }
    let place = folder.count > 1 ? String(folder.dropLast()) : folder
    return .command(words, format: format, folder: place.isEmpty ? "." : place)
  }

  /// A word of a command line; it is given to the program as it stands.
  private static func word(_ text: String) throws(FieldProblem) -> String {
    if text.isEmpty { throw FieldProblem(message: "is empty") }
    if text.utf8.contains(0) { throw FieldProblem(message: "holds a NUL character") }
    if Secrets.holdsKey(text) {
      throw FieldProblem(message: "looks like it holds an API key, which must not be stored")
    }
    return text
  }

  private static func format(_ text: String) throws(FieldProblem) -> PlanFormat {
    if let format = PlanFormat(rawValue: text) { return format }
    throw FieldProblem(message: "\(quoted(text)) is no format: write csv or jsonl")
  }

  /// Open invoices at Stripe, which only paying them closes.
  private func stripe(_ operation: Operation?, _ problems: inout ProblemList) -> JobSource? {
    let node = source.node["stripe"]
    let object = JobFileObject(
      node, path: "source.stripe", keys: ["overdue_days"], problems: &problems)
    guard let node, let object else { return nil }
    if let operation, operation != .invoicesPay {
      problems.add(
        node, "source.stripe",
        "goes with invoices.pay only: after \(operation.rawValue) an invoice would stay open and "
          + "be collected twice")
    }
    _ = object.required("overdue_days", &problems)
    return object.count("overdue_days", in: 0...3650, &problems)
      .map { .stripe(overdueDays: $0) }
  }
}
