import Foundation
import SQLite
import Support

/// A folder with a home in it, for one test; removed with this object.
final class CommandHome {
  /// Where the programs run, and where plans and job files are.
  let folder: String
  /// The state directory.
  let path: String
  /// More variables for every command.
  var environment: [String: String] = [:]

  /// A home of a mode; none when `mode` is nil.
  init(mode: String? = "sandbox") throws {
    folder = FileManager.default.temporaryDirectory.path + "/sluice-" + UUID().uuidString
    path = folder + "/home"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    if let mode { try succeed(["init", "--mode", mode, "--quiet"]) }
  }

  deinit {
    try? setMode(0o700, of: "")
    try? FileManager.default.removeItem(atPath: folder)
  }

  // MARK: Commands

  /// Runs `sluice` with these words to its end.
  @discardableResult
  func sluice(
    _ words: [String], environment: [String: String] = [:], input: String? = nil,
    under wrapper: [String] = []
  ) throws -> Outcome {
    try start(words, environment: environment, input: input, under: wrapper).wait()
  }

  /// Starts `sluice` with these words.
  func start(
    _ words: [String], environment: [String: String] = [:], input: String? = nil,
    under wrapper: [String] = []
  ) throws -> RunningProcess {
    let bare = Sluice.environment(["HOME": folder, "SLUICE_HOME": path])
    return try RunningProcess(
      wrapper + [Sluice.path] + words, in: folder,
      environment: bare.merging(self.environment) { $1 }.merging(environment) { $1 }, input: input)
  }

  /// Runs a command that must end with 0, and returns its output.
  @discardableResult
  func succeed(_ words: [String], environment: [String: String] = [:]) throws -> String {
    let outcome = try sluice(words, environment: environment)
    guard outcome.status == 0 else {
      throw TestServerError(message: "\(words.joined(separator: " ")): \(outcome)")
    }
    return outcome.output
  }

  /// Runs a command that must end with 0, and decodes the JSON document it prints.
  func document<Value: Decodable>(_ words: [String], as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: Data(try succeed(words + ["--json"]).utf8))
  }

  // MARK: The flow

  /// Writes a file into the folder and returns its name.
  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
    return name
  }

  /// Takes a file out of the folder.
  func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: folder + "/" + name)
  }

  /// Reads a file of the folder.
  func read(_ name: String) throws -> String {
    try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
  }

  /// Queues a plan under a job file.
  func submit(_ plan: String, under jobFile: String = JobFileText().text) throws -> Plan {
    try write(plan, to: "plan.csv")
    try write(jobFile, to: "job.json")
    return try document(["submit", "plan.csv", "--job", "job.json"], as: Plan.self)
  }

  /// Approves a batch as its preview shows it.
  func approve(_ batch: String) throws {
    let plan = try document(["preview", batch], as: Plan.self)
    try succeed(["approve", batch, "--digest", plan.digest])
  }

  /// Queues and approves a plan; returns the batch.
  func plan(_ plan: String, under jobFile: String = JobFileText().text) throws -> String {
    let batch = try submit(plan, under: jobFile).batch
    try approve(batch)
    return batch
  }

  // MARK: Looking

  /// The report as a program reads it.
  func report(_ batch: String) throws -> ReportDocument {
    try document(["report", batch], as: ReportDocument.self)
  }

  /// The states of all batches, by name.
  func states() throws -> [String: String] {
    let list = try document(["list"], as: BatchList.self)
    return Dictionary(uniqueKeysWithValues: list.batches.map { ($0.batch, $0.state) })
  }

  /// Changes the file behind Sluice's back, as somebody with the sqlite3 shell would.
  func tamper(_ sql: String) throws {
    let database = try Database(
      path: path + "/sluice.db", .existing, busyTimeoutMilliseconds: 1000)
    try database.execute(sql)
  }

  /// Changes who may do what with a file of the home, or with the home itself.
  func setMode(_ mode: Int, of name: String) throws {
    try FileManager.default.setAttributes(
      [.posixPermissions: mode], ofItemAtPath: path + "/" + name)
  }

  /// All bytes of the home's files whose names begin with a name.
  func bytes(of name: String) throws -> [UInt8] {
    try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasPrefix(name) }
      .flatMap { Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + $0))) }
  }
}

/// What `submit` and `preview` say of a batch.
struct Plan: Decodable {
  let batch: String
  let digest: String
}

/// What `list` says.
struct BatchList: Decodable {
  struct Entry: Decodable {
    let batch: String
    let state: String
  }

  let batches: [Entry]
}
