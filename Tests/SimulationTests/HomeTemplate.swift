import Domain
import Foundation
import Journal
import Support

/// Homes for seeds: made once, copied for each, in memory where the system has such a folder.
enum HomeTemplate {
  /// The files of a new home, the same for every seed and in every run of the tests.
  private static let files: Result<[String: Data], any Error> = Result {
    let home = Home(folder: prefix + "template")
    defer { try? FileManager.default.removeItem(atPath: home.folder) }
    var random = SeededRandom(seed: 1)
    try home.create(
      HomeFacts(id: "home_sim", mode: .test, stripeAccount: nil), clock: SimulatedClock(),
      actor: "ana", using: &random)
    var files: [String: Data] = [:]
    for name in ["sluice.db", "seal.key", "head"] {
      files[name] = try Data(contentsOf: URL(fileURLWithPath: "\(home.folder)/\(name)"))
    }
    return files
  }

  /// No folder is shared by seeds: one that ended could take it away under one that begins.
  private static let prefix: String = {
    let memory = "/dev/shm"
    let isThere = FileManager.default.isWritableFile(atPath: memory)
    let parent = isThere ? memory : FileManager.default.temporaryDirectory.path
    return parent + "/sluice-simulation-\(ProcessInfo.processInfo.processIdentifier)-"
  }()

  /// A new home; the name of its folder tells the seed, should the process trap.
  static func home(seed: UInt64, copy: Int) throws -> Home {
    let folder = "\(prefix)seed-\(seed)-\(copy)"
    try FileManager.default.createDirectory(
      atPath: folder + "/locks", withIntermediateDirectories: true)
    for (name, content) in try files.get() {
      _ = FileManager.default.createFile(
        atPath: "\(folder)/\(name)", contents: content, attributes: [.posixPermissions: 0o600])
    }
    return Home(folder: folder)
  }

  /// Takes the home away.
  static func remove(_ home: Home) {
    try? FileManager.default.removeItem(atPath: home.folder)
  }
}
