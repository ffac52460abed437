import Foundation

/// The built program, run as people and scripts run it: words, an environment, two streams.
package enum Sluice {
  /// The program next to the tests that were built with it.
  package static let path = folder + "/sluice"

  /// Where the program is.
  package static let folder: String = {
    #if os(macOS)
      let folder = Bundle(for: Anchor.self).bundleURL.deletingLastPathComponent()
    #else
      let words = CommandLine.arguments
      let bundle = words.first { $0.hasSuffix(".xctest") } ?? words[0]
      let folder = URL(fileURLWithPath: bundle).deletingLastPathComponent()
    #endif
    return folder.path
  }()

  #if os(macOS)
    private final class Anchor {}
  #endif

  /// What every process here is given, and nothing else.
  package static func environment(_ more: [String: String]) -> [String: String] {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return ["PATH": path].merging(more) { $1 }
  }

  /// The words before a command line that take root's power over file modes away.
  package static let withoutPowers: [String] =
    geteuid() == 0 ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] : []
}
