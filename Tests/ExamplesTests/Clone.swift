import Foundation
import Support

/// A fresh copy of what a person would try out, without a build; removed with this object.
final class Clone {
  /// The top of the copy.
  let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/sluice clone-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for name in [".ci", "examples", "jobs"] {
      try FileManager.default.copyItem(
        atPath: Self.repository + "/" + name, toPath: folder + "/" + name)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// The checkout these tests were built from.
  static let repository = String(
    #filePath.dropLast("/Tests/ExamplesTests/Clone.swift".count))

  /// Runs a command in the copy, with the program that was built with these tests.
  func run(
    _ words: [String], environment: [String: String] = [:], input: String? = nil
  ) throws -> Outcome {
    try start(words, environment: environment, input: input).wait(seconds: 300)
  }

  /// Starts a command in the copy.
  func start(
    _ words: [String], environment: [String: String] = [:], input: String? = nil
  ) throws -> RunningProcess {
    let usual = ["HOME": folder, "SLUICE": Sluice.path]
    return try RunningProcess(
      words, in: folder, environment: Sluice.environment(usual.merging(environment) { $1 }),
      input: input)
  }

  /// The names of files in a folder of the copy, in order.
  func names(in name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder + "/" + name).sorted()
  }

  /// Changes a file of the copy.
  func change(_ name: String, _ edit: (String) -> String) throws {
    let url = URL(fileURLWithPath: folder + "/" + name)
    try Data(edit(try String(contentsOf: url, encoding: .utf8)).utf8).write(to: url)
  }

  /// Makes a program of the copy from a shell script, and returns its path.
  func makeProgram(_ name: String, _ script: String) throws -> String {
    let path = folder + "/" + name
    try Data(("#!/bin/sh\n" + script).utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }
}
