import Foundation
import Support

/// What an operator types to set separate users up: the commands of the README, with the rules that
/// are in `jobs/`, everything renamed.
struct Installation {
  /// The commands, one a line.
  let commands: [String]
  private let folder = FileManager.default.temporaryDirectory.path + "/sluice-" + UUID().uuidString

  init() throws {
    let readme = try Repository.text("README.md")
    let section = readme.split(separator: "\n## Separate users\n").dropFirst().first ?? ""
    let block = section.split(separator: "\n```\n").dropFirst().first ?? ""
    commands = Self.renamed(String(block)).replacing("--mode live", with: "--mode sandbox")
      .split(separator: "\n").map(String.init)
  }

  /// Types every command, in a folder with the files it needs.
  func carryOut() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(
      atPath: folder + "/.build/release", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/.build/release/sluice", withDestinationPath: Sluice.path)
    try FileManager.default.copyItem(
      atPath: Repository.root + "/jobs", toPath: folder + "/jobs")
    try Data(Self.rules().utf8).write(to: URL(fileURLWithPath: folder + "/jobs/sluice.sudoers"))
    for approver in [User.ana, .ben] {
      try Machine.asRoot("useradd --create-home \(approver.name)")
      try Machine.asRoot("chpasswd", input: "\(approver.name):\(approver.password)\n")
    }
    for command in commands {
      let isAddress = command.contains("/etc/sluice-test.env")
      try Machine.asRoot(
        command, in: folder, input: (isAddress ? Machine.webhook : Machine.key) + "\n")
    }
  }

  /// The rules of sudo that people copy, for this machine.
  static func rules() throws -> String { renamed(try Repository.text("jobs/sluice.sudoers")) }

  /// A text with the names that this machine has for what it speaks of.
  static func renamed(_ text: String) -> String {
    text.replacing(#/\b(agent|billing|ana|ben)\b/#) { "sluice-test-\($0.1)" }
      .replacing("/etc/sluice.env", with: Machine.environmentFile)
      .replacing(#/(/usr/local/bin|/etc/sudoers.d)/sluice\b/#) { "\($0.1)/sluice-test" }
      .replacing("/etc/sluice.key", with: Machine.keyFile)
      .replacing("/srv/jobs", with: "/srv/sluice-test-jobs")
  }
}

/// The checkout these tests were built from.
enum Repository {
  static let root = String(#filePath.dropLast("/Tests/MachineTests/Installation.swift".count))

  static func text(_ path: String) throws -> String {
    try String(contentsOfFile: root + "/" + path, encoding: .utf8)
  }
}
