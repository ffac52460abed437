import Foundation
import Testing

/// What is shipped, looked at by hand with `SLUICE_RELEASE=1`: it takes minutes to build.
struct ReleaseTests {
  private static let isWanted = ProcessInfo.processInfo.environment["SLUICE_RELEASE"] != nil

  @Test(.enabled(if: isWanted))
  func `the release build has no switch for broken rules`() throws {
    let build = ["-c", "release", "--product", "sluice", "--scratch-path", ".build-release"]
    _ = try output(of: ["swift", "build"] + build)

    let debug = try symbols(of: ".build/debug/sluice")
    let release = try symbols(of: ".build-release/release/sluice")

    // The question whether a rule is broken is in both; what would say so is in one.
    #expect(debug.contains { $0.contains("6MutantO4isOn") })
    #expect(release.contains { $0.contains("6MutantO4isOn") })
    #expect(debug.contains { $0.contains("6MutantO6active") })
    #expect(!release.contains { $0.contains("6MutantO6active") || $0.contains("6MutantO7$active") })
  }

  /// The names in a program, its parts of Swift's as the compiler writes them.
  private func symbols(of program: String) throws -> [Substring] {
    let names = try output(of: ["nm", program]).split(separator: "\n")
    #expect(names.count > 10_000)
    return names
  }

  private func output(of words: [String]) throws -> String {
    let (process, pipe) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.currentDirectoryURL = URL(fileURLWithPath: Repository.root)
    process.standardOutput = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(words)")
    return String(decoding: output, as: UTF8.self)
  }
}
